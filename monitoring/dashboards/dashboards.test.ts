import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATASOURCE_UID } from '../../installer/src/model/monitoring.ts';
import { METRICS } from '../metrics/index.ts';
import { DASHBOARD_UIDS } from '../model.ts';
import { DASHBOARDS } from './index.ts';
import { EXCLUSIONS } from './lint/exclusions.ts';
import { houseRules } from './lint/house-rules.ts';
import { LINTER_RULES } from './lint/linter-rules.ts';
import { lint } from './lint/rule.ts';
import { panelsOf } from './shape.ts';

const ALL = Object.values(DASHBOARDS);
const RULES = [...LINTER_RULES, ...houseRules(METRICS)];
const expressions = ALL.flatMap((dashboard) =>
  panelsOf(dashboard).flatMap(({ targets = [] }) => targets.map(({ expr = '' }) => expr)),
);

it('there is one for each uid that alerts link to, and no other', () => {
  expect(ALL.map(({ uid }) => uid)).toEqual([...DASHBOARD_UIDS]);
});

it('config-templates holds the files of these and of no others', () => {
  const directory = join(import.meta.dirname, '../../config-templates/grafana/dashboards');
  const names = Object.keys(DASHBOARDS).map((name) => `${name}.json`);
  expect(readdirSync(directory).sort()).toEqual(names.sort());
});

describe('the seventeen rules of the dashboard linter, and ours', () => {
  const { breaches, idle } = lint(ALL, RULES, EXCLUSIONS);

  it.each(RULES.map(({ name, asks }) => [name, asks]))('%s: %s', (name) => {
    expect(breaches.filter(({ rule }) => rule === name)).toEqual([]);
  });

  it('are excluded only where a reason is written and something would break', () => {
    expect(LINTER_RULES).toHaveLength(17);
    expect(idle).toEqual([]);
    for (const { rule, reason } of EXCLUSIONS) {
      expect(RULES.map(({ name }) => name)).toContain(rule);
      expect(reason.length).toBeGreaterThan(40);
    }
  });

  it('looked at every panel', () => {
    expect(ALL.flatMap(panelsOf).length).toBeGreaterThan(100);
    expect(expressions.length).toBeGreaterThan(120);
  });
});

it('the file is plain data: written and read again it is the same', () => {
  for (const dashboard of ALL) expect(JSON.parse(JSON.stringify(dashboard))).toEqual(dashboard);
  expect(JSON.stringify(ALL)).not.toContain('${DS_');
  expect(JSON.stringify(ALL).split(DATASOURCE_UID).length).toBeGreaterThan(200);
});
