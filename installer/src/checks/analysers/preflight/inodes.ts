import { shellWord } from '../../../model/shell.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';

/** Seventeen images of ten thousand files each at the very most. */
const WARN_BELOW = 200_000;
const FAIL_BELOW = 20_000;

export const inodes = defineCheck({
  name: 'inodes',
  proves: 'The file system of Docker can hold as many files as the images bring.',
  warns: `fewer than ${WARN_BELOW} free inodes`,
  fails: `fewer than ${FAIL_BELOW} free inodes`,
  codes: ['FW-INODES'],
  remedy: 'df -i; docker image prune',
  purposes: ['install', 'upgrade'],
  needs: ['disks'],
  analyse({ disks }) {
    const place = disks.places.find(({ use }) => use === 'docker');
    if (!place) return fine('the disk of Docker is not here to be looked at');
    if (place.inodes === 0) return fine(`${place.path}: ${place.type} makes them as needed`);
    const found = `${place.path}: ${place.freeInodes} free of ${place.inodes}`;
    const remedy = `Look: df -i ${shellWord(place.path)}   and remove what nobody needs: docker image prune`;
    if (place.freeInodes < FAIL_BELOW) return refusal('FW-INODES', found, remedy);
    return place.freeInodes < WARN_BELOW ? doubt(found, remedy) : fine(found);
  },
});
