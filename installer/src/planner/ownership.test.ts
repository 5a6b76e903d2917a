import { expect, it } from 'vitest';
import { deriveNotOurs, type TreeEntry } from './ownership.ts';

const RENDERED = new Set(['compose.yaml', 'config/edge/Caddyfile']);
const file = (path: string): TreeEntry => ({ path, kind: 'file' });
const directory = (path: string): TreeEntry => ({ path, kind: 'directory' });

it('an instance directory holds what was rendered, what a person edits, secrets, state and releases', () => {
  const entries = [
    file('compose.yaml'),
    file('compose.override.yaml'),
    file('factsway.yaml'),
    directory('config'),
    directory('config/edge'),
    file('config/edge/Caddyfile'),
    directory('secrets'),
    file('secrets/postgres-app-password'),
    directory('state'),
    file('state/journal.jsonl'),
    directory('releases'),
    directory('releases/1.0.0'),
    file('releases/1.0.0/release.json'),
    file('compose.yaml.factsway-new'),
  ];
  expect(deriveNotOurs(entries, RENDERED)).toEqual([]);
});

it('whatever else is there is somebody else’s, a directory of their own as one', () => {
  const entries = [
    file('notes.txt'),
    directory('config'),
    file('config/mine.conf'),
    directory('config/edge'),
    file('config/edge/Caddyfile.bak'),
    directory('secrets'),
    file('secrets/tls.key'),
    directory('dumps'),
    file('dumps/a.dump'),
    directory('dumps/old'),
    file('dumps/old/b.dump'),
    file('statement.pdf'),
  ];
  expect(deriveNotOurs(entries, RENDERED)).toEqual([
    'config/edge/Caddyfile.bak',
    'config/mine.conf',
    'dumps/',
    'notes.txt',
    'secrets/tls.key',
    'statement.pdf',
  ]);
});

it('a link in the place of a directory of ours is not ours, nor is what it leads to', () => {
  expect(deriveNotOurs([file('config')], RENDERED)).toEqual(['config']);
});

it('what a component left empty is nobody’s; the same with a file in it, or elsewhere, is somebody’s', () => {
  const left = ['config', 'config/grafana', 'config/grafana/provisioning'].map(directory);
  const ours = [...left, directory('config/edge'), file('config/edge/Caddyfile')];
  expect(deriveNotOurs([...ours, directory('dumps')], RENDERED)).toEqual(['dumps/']);
  expect(deriveNotOurs([...ours, file('config/grafana/my.ini')], RENDERED)).toEqual([
    'config/grafana/',
  ]);
});
