import { shellWord } from '../../../model/shell.ts';
import type { DiskPlace } from '../../facts-preflight.ts';
import { defineCheck, doubt, fine, readableSize, refusal } from './check.ts';
import { neededSpace, type Need } from './needed-space.ts';

type Tally = { readonly place: DiskPlace; readonly needs: readonly Need[] };

export const diskSpace = defineCheck({
  name: 'disk-space',
  proves:
    'There is room for the images, the data and the metrics where Docker keeps them, and for the files of the instance.',
  warns: 'less than all of it will need as it grows',
  fails: 'less than the operation needs at once',
  codes: ['FW-DISK-SPACE'],
  remedy: 'df -h; docker system df; factsway-install install --dir DIR on a larger disk',
  purposes: ['install', 'upgrade'],
  needs: ['disks', 'images', 'databaseSize'],
  analyse({ disks, images, databaseSize }, wanted) {
    const needs = neededSpace(wanted, images, databaseSize);
    const tallies = byDisk(disks.places, needs);
    const judged = tallies.map(({ place, needs: list }) => {
      const at = (when: readonly Need['when'][]): number =>
        list.filter((need) => when.includes(need.when)).reduce((sum, { bytes }) => sum + bytes, 0);
      const [now, whole] = [at(['now']), at(['now', 'later'])];
      const status =
        place.freeBytes < now ? 'fail' : place.freeBytes < whole ? 'warn' : ('pass' as const);
      const line = `${place.path}: ${readableSize(place.freeBytes)} free of ${readableSize(place.totalBytes)}; ${readableSize(now)} needed now, ${readableSize(whole)} in all`;
      return { place, status, line, parts: list.map(shownNeed) };
    });
    const worst =
      judged.find(({ status }) => status === 'fail') ??
      judged.find(({ status }) => status === 'warn');
    if (!worst)
      return fine(
        judged.map(({ line }) => line).join(' | '),
        judged.flatMap(({ parts }) => parts),
      );
    const remedy = `Make room: df -h ${shellWord(worst.place.path)}   docker system df   or give the instance another disk: --dir DIR`;
    return worst.status === 'fail'
      ? refusal('FW-DISK-SPACE', worst.line, remedy, worst.parts)
      : doubt(worst.line, remedy, worst.parts);
  },
});

const shownNeed = ({ what, bytes, when }: Need): string =>
  `${readableSize(bytes)} ${when === 'now' ? 'now' : 'as it grows'}: ${what}`;

/** Places on the same device share what is free there. */
function byDisk(places: readonly DiskPlace[], needs: readonly Need[]): Tally[] {
  const of = (place: DiskPlace): Need[] => needs.filter(({ use }) => use === place.use);
  return places
    .filter((place, index) => places.findIndex(({ device }) => device === place.device) === index)
    .map((place) => ({
      place,
      needs: places.filter(({ device }) => device === place.device).flatMap(of),
    }));
}
