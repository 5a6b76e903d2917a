import { describe, expect, it } from 'vitest';
import { ALERTS_OF_A_SERVER } from '../../k8s/proof/config-forms.ts';
import { compare, type Row } from '../../k8s/proof/compare.ts';
import { LEDGER, ONLY_IN_COMPOSE } from '../../k8s/proof/ledger.ts';
import { reportText } from '../../k8s/proof/report.ts';
import { buildCatalog } from '../../installer/src/catalog/catalog.ts';
import { configWith } from '../fakes/builders.ts';
import { bothSides, type BothSides } from '../fakes/both-sides.ts';
import { mutations } from '../fakes/mutate.ts';
import { COMBINATIONS } from '../fakes/proof-combinations.ts';

/** Entries some combination could not do without. */
const needed = new Set<string>();
const isDifferent = ({ relation }: Row): boolean => relation === 'DIFFERENT';

describe('what Compose runs and what Kubernetes would run are the same but for what is declared', () => {
  it.each(COMBINATIONS.map(({ name, settings, override }) => [name, settings, override] as const))(
    '%s',
    async (_, settings, override) => {
      const { compose, kubernetes } = await bothSides(settings, override);
      const rows = compare(compose, kubernetes);
      const components = buildCatalog(configWith(settings)).workloads.map(
        ({ component }) => component,
      );

      expect(rows.some(isDifferent), reportText(rows)).toBe(false);
      expect(Object.keys(compose.components).sort()).toEqual(components.sort());
      for (const { entry } of rows) if (entry !== undefined) needed.add(entry);
    },
  );

  it('and every entry of the ledger is needed by one of them', () => {
    const entries = [...LEDGER, ...ONLY_IN_COMPOSE].map(({ id }) => id);
    expect(entries.filter((id) => !needed.has(id))).toEqual([]);
    expect(new Set(entries).size).toBe(entries.length);
  });
});

/** Changes that cannot be noticed, because the thing as a whole is declared to be on one side only. */
const LEFT_OUT = {
  ...Object.fromEntries(
    ONLY_IN_COMPOSE.map(({ id, component }) => [
      id,
      ({ what }: Change) => what.startsWith(`${component} ›`),
    ]),
  ),
  // In a group of alerts that is left out whole: its lines have no counterpart.
  'alerts-of-a-server': ({ what, side }: Change, { compose }: BothSides) =>
    side === 'compose' &&
    what.includes('/rules/alerts.yml › text line') &&
    isInLeftGroup(what, compose),
  // updates.directory of the customer's, in whose place a cluster has a volume: any other would do as well.
  'directory-of-the-customer': ({ what, side }: Change, { compose }: BothSides) =>
    side === 'compose' &&
    what === `updates › hostPaths › ${UPDATES}` &&
    compose.components['updates']?.hostPaths[UPDATES]?.startsWith('/') === true,
};
const UPDATES = '/var/lib/factsway-updates';
type Change = { readonly what: string; readonly side: 'compose' | 'kubernetes' };

function isInLeftGroup(what: string, compose: BothSides['compose']): boolean {
  const files = compose.components['prometheus']?.files ?? {};
  const text = files['/etc/prometheus/rules/alerts.yml']?.text ?? '';
  const before = text.split('\n').slice(0, Number(/\d+$/.exec(what)?.[0]));
  const group = before
    .findLast((line) => line.startsWith('  - name: '))
    ?.slice('  - name: '.length);
  return Object.hasOwn(ALERTS_OF_A_SERVER, group ?? '');
}

const plain = COMBINATIONS[0]?.settings ?? {};
const rich =
  COMBINATIONS.find(({ name }) => name.includes('acme') && name.includes('proxied'))?.settings ??
  {};

const kept =
  COMBINATIONS.find(({ name }) => name.includes('bundled') && name.includes('everywhere'))
    ?.settings ?? {};

/** All of the first; of the second, whose services are alike and those of the first, one service with everything else. */
const everything = (): boolean => true;
const oneService = (what: string): boolean => !/^(?!records)[a-z]+-service ›/.test(what);
/** Of the third, what is different with backups: the keeper, and what the database has of it. */
const ofTheKeeper = (what: string): boolean =>
  /^backup ›|^postgres › (beside|volumes|tmpfs|reaches|leaves|entered|names|stop)|^(?!node)\S+ › reaches › backup/.test(
    what,
  );

it.each([
  ['a plain configuration', plain, everything, 5000],
  ['one with an authority, a proxy and receivers', rich, oneService, 5000],
  ['one that keeps backups', kept, ofTheKeeper, 500],
])(
  'the comparison itself notices every single change of a fact of %s',
  async (_, settings, isAsked, least) => {
    const both = await bothSides(settings);
    const missed: string[] = [];
    const left = new Map<string, number>();
    let count = 0;
    for (const side of ['compose', 'kubernetes'] as const)
      for (const { what, facts } of mutations(both[side])) {
        if (!isAsked(what)) continue;
        count += 1;
        const rows = compare(
          side === 'compose' ? facts : both.compose,
          side === 'kubernetes' ? facts : both.kubernetes,
        );
        if (rows.some(isDifferent)) continue;
        const reason = Object.entries(LEFT_OUT).find(([, isLeft]) =>
          isLeft({ what, side }, both),
        )?.[0];
        if (reason === undefined) missed.push(`${side}: ${what}`);
        else left.set(reason, (left.get(reason) ?? 0) + 1);
      }
    process.stdout.write(
      `${count} changes, ${missed.length} missed; left out: ${JSON.stringify(Object.fromEntries(left))}\n`,
    );
    expect(count).toBeGreaterThan(least);
    expect(missed).toEqual([]);
  },
);
