import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { checkCoverage, checkRunbook, type KnownCommand } from '../../monitoring/runbooks/check.ts';
import { ALERTS } from '../../monitoring/alerts/index.ts';
import { knownToRunbooks, readRunbooks, runbookPages } from './runbooks.ts';

const RUNBOOKS = await readRunbooks();
const KNOWN = await knownToRunbooks(RUNBOOKS);

const flags = (...names: readonly string[]): KnownCommand['flags'] =>
  new Map(names.map((name) => [name, { takesValue: true }]));
/** Commands that runbooks name before this registry has them; one that has come is checked like any other. */
const AWAITED: readonly KnownCommand[] = [
  { name: 'maintenance', flags: flags('--for'), argument: { values: ['start'] } },
  {
    name: 'backup',
    flags: flags('--type'),
    argument: { values: ['list', 'check', 'create', 'drill'] },
  },
  { name: 'restore', flags: flags('--to', '--place', '--force-lose') },
].filter(({ name }) => !KNOWN.commands.some((known) => known.name === name));

/** Containers that come with what is awaited. */
const withAwaited = (command: KnownCommand): KnownCommand =>
  command.name === 'logs' && command.argument?.values
    ? { ...command, argument: { values: [...command.argument.values, 'backup'] } }
    : command;

const commands = [...KNOWN.commands.map(withAwaited), ...AWAITED];

describe('the runbooks', () => {
  it.each(RUNBOOKS.map((runbook) => [runbook.name, runbook] as const))(
    '%s has its headings, and names only commands, containers and runbooks that exist',
    (_name, runbook) => {
      expect(checkRunbook(runbook, { ...KNOWN, commands })).toEqual([]);
    },
  );

  it('are one for each alert', () => {
    expect(
      checkCoverage(
        RUNBOOKS.map(({ name }) => name),
        ALERTS.map(({ name }) => name),
      ),
    ).toEqual([]);
  });

  it('ask Prometheus what it understands', () => {
    const queries = RUNBOOKS.flatMap(({ name, queries: asked }) =>
      asked.map((query) => ({ name, query })),
    );
    expect(queries.length).toBeGreaterThan(RUNBOOKS.length / 2);
    for (const { name, query } of queries) {
      let sound = true;
      parser.parse(query).iterate({ enter: ({ type }) => void (sound &&= !type.isError) });
      expect([name, query, sound]).toEqual([name, query, true]);
    }
  });

  it('are nobody’s copy with a name replaced', () => {
    const sentences = RUNBOOKS.flatMap(({ name, sections }) =>
      sections
        .slice(0, 2)
        .map(({ tokens }) => tokens.map(({ raw }) => raw.replaceAll(name, '')).join(' ')),
    );
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});

describe('their pages', async () => {
  const pages = await runbookPages();
  const html = Object.entries(pages).filter(([path]) => path.endsWith('.html'));

  it('are one for each alert the platform can have, and an index with a link to each', () => {
    const names = ALERTS.map(({ name }) => name);
    expect(html.map(([path]) => path).sort()).toEqual(
      [...names, 'index'].map((name) => `config-templates/runbooks/${name}.html`).sort(),
    );
    const index = pages['config-templates/runbooks/index.html'] ?? '';
    for (const name of names) expect(index).toContain(`<a href="${name}.html">${name}</a>`);
  });

  it.each(html)('%s fetches nothing, runs nothing and leads nowhere else', (path, text) => {
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(| style=| on[a-z]+=/);
    const served = new Set(html.map(([one]) => one.split('/').at(-1)));
    for (const [, target = ''] of text.matchAll(/href="([^"]*)"/g))
      expect([path, target === './' || target.startsWith('#') || served.has(target)]).toEqual([
        path,
        true,
      ]);
  });
});
