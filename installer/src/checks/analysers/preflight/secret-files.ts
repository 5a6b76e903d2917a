import { count } from '../../../model/units.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';

export const secretFiles = defineCheck({
  name: 'secret-files',
  proves:
    'The secrets that are there can be read, by their containers too, and hold something; none is lost that data needs.',
  warns: 'the container that needs it cannot read it',
  fails: 'empty, unreadable, or missing while its data exists',
  codes: ['FW-SECRET-INVALID', 'FW-SECRET-LOST'],
  remedy:
    'Put the file back from a backup; rm secrets/NAME where there is no data yet; factsway-install up sets owner and mode right',
  purposes: ['install', 'upgrade'],
  needs: ['secrets'],
  analyse({ secrets: { files: all } }, { catalog }) {
    // What only a person can put there is the business of whoever reads it: the check database.
    const given = catalog.secrets.flatMap((one) => (one.given ? [one.name as string] : []));
    const files = all.filter(({ name }) => !given.includes(name));
    if (files.length === 0) return fine('none is made here');
    const names = (state: string): string[] =>
      files.filter((file) => file.state === state).map(({ name }) => `secrets/${name}`);
    const [empty, unreadable] = [names('empty'), names('unreadable')];
    if (unreadable.length > 0)
      return refusal(
        'FW-SECRET-INVALID',
        `${unreadable.join(', ')} cannot be read by this user`,
        `Run the command as the user who may: ls -l ${unreadable[0] ?? ''}`,
      );
    if (empty.length > 0)
      return refusal(
        'FW-SECRET-INVALID',
        `${empty.join(', ')} ${empty.length === 1 ? 'is' : 'are'} empty`,
        `Write the secret into it, or remove the file if there is no data yet: rm ${empty.join(' ')}`,
      );
    const lost = files.filter(({ state, unlocks }) => state === 'absent' && unlocks !== undefined);
    const [first] = lost;
    if (first)
      return refusal(
        'FW-SECRET-LOST',
        `secrets/${first.name} is missing, but the volume ${first.unlocks ?? ''} it belongs to still holds data`,
        `Put the file back from your backup, or remove the data knowingly: docker volume rm ${catalog.context.config.project}_${first.unlocks ?? ''}`,
        lost.slice(1).map(({ name }) => `secrets/${name} is missing too`),
      );
    const closed = names('closed');
    if (closed.length > 0)
      return doubt(
        `${closed.join(', ')} cannot be read by the ${closed.length === 1 ? 'container that needs it' : 'containers that need them'}`,
        'Set owner and mode right: factsway-install up',
      );
    const there = files.filter(({ state }) => state === 'fine').length;
    if (there === files.length) return fine(`all are there`);
    return fine(
      there === 0
        ? `${count(files.length, 'secret', 'secrets')} will be made`
        : `${there} of ${files.length} are there; the others will be made`,
    );
  },
});
