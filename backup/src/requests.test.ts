import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, dueNamed } from './ask.ts';
import { newHistory, ofPlace, type History, type PlaceHistory } from './history.ts';
import { dueRequests } from './requests.ts';
import { parseSettings, type Settings } from './settings.ts';

const settings: Settings = parseSettings(`
stanza: factsway
database: factsway
timeZone: UTC
schedule: { time: '02:30', fullOn: sunday, drillOn: 1, by: request }
places:
  - { name: local, type: posix, path: /somewhere, keepDays: 30 }
  - { name: other, type: posix, path: /elsewhere, keepDays: 30 }
processes: 1
`);
const placeOf = (args: readonly string[]): string => args.at(-1) ?? '';
let history: History;
const note = (place: string, more: Partial<PlaceHistory>): void => {
  const lastAttemptAt = new Date().toISOString();
  history.places[place] = { ...ofPlace(history, place), lastAttemptAt, ...more };
};
const succeed = (place: string): void => {
  const at = new Date().toISOString();
  note(place, { failedInARow: 0, successes: { diff: { at, seconds: 1 } } });
};

let server: Server;
let url = '';
const commands: string[] = [];
let work: (args: readonly string[]) => Promise<{ ok: boolean }>;
const lines: string[] = [];
const asking = (what: 'backup' | 'drill') => ask(what, url, (line) => lines.push(line));

beforeEach(async () => {
  commands.length = 0;
  lines.length = 0;
  history = newHistory(new Date('2026-01-01T00:00:00Z'), 'one');
  work = (args) => {
    succeed(placeOf(args));
    return Promise.resolve({ ok: true });
  };
  const answer = dueRequests(
    settings,
    (args) => {
      commands.push(args.join(' '));
      return work(args);
    },
    new AbortController().signal,
    () => history,
  );
  server = createServer((request, response) => {
    if (!answer(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const CREATE = 'create --type auto --reason schedule --place';

describe('a request for the backup that is due', () => {
  it('makes one in each place, and says what was made', async () => {
    expect(await asking('backup')).toBe(true);
    expect(commands).toEqual([`${CREATE} local`, `${CREATE} other`]);
    expect(lines.at(-1)).toBe('{"event":"result","result":{"made":["local","other"]}}');
  });

  it('makes none where one is there, whoever asks and however often', async () => {
    succeed('local');
    succeed('other');
    expect(await asking('backup')).toBe(true);
    expect(commands).toEqual([]);
  });

  it('fails where a place has none and its tries are used up, and leaves the others theirs', async () => {
    work = (args) => {
      if (placeOf(args) === 'local') note('local', { failedInARow: 4 });
      else succeed('other');
      return Promise.resolve({ ok: placeOf(args) !== 'local' });
    };
    expect(await asking('backup')).toBe(false);
    expect(commands).toEqual([`${CREATE} local`, `${CREATE} other`]);
    expect(lines.at(-1)).toContain('the backup that was due is not in local');
  });

  it('does not try for ever what fails without being noted', async () => {
    work = () => Promise.resolve({ ok: false });
    expect(await asking('backup')).toBe(false);
    expect(commands).toEqual([`${CREATE} local`]);
  });

  it('joins the one that is being made', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    work = async (args) => {
      await held;
      succeed(placeOf(args));
      return { ok: true };
    };
    const both = Promise.all([asking('backup'), asking('backup')]);
    await vi.waitFor(() => {
      expect(lines.filter((line) => line.includes('looking'))).toHaveLength(2);
    });
    release();
    expect(await both).toEqual([true, true]);
    expect(commands).toEqual([`${CREATE} local`, `${CREATE} other`]);
  });
});

describe('a request for the drill that is due', () => {
  it('is made of the backup of that night, which is made first', async () => {
    expect(await asking('drill')).toBe(false);
    expect(commands).toEqual([`${CREATE} local`, `${CREATE} other`, 'drill']);
  });

  it('makes none before there is a backup, nor twice', async () => {
    work = (args) => {
      note(placeOf(args), { failedInARow: 4 });
      return Promise.resolve({ ok: false });
    };
    expect(await asking('drill')).toBe(true);
    expect(commands).not.toContain('drill');
    succeed('local');
    const measured = { rpoSeconds: 0, rtoSeconds: 0, report: {} };
    const lastAttemptAt = new Date().toISOString();
    history.drill = { lastAttemptAt, lastSuccessAt: null, ok: true, ...measured };
    expect(await asking('drill')).toBe(true);
    expect(commands).not.toContain('drill');
  });

  it.each([
    [true, true],
    [false, false],
  ])('tells how it went: %s', async (ok, expected) => {
    succeed('local');
    succeed('other');
    work = () => {
      const lastAttemptAt = new Date().toISOString();
      const measured = { rpoSeconds: 0, rtoSeconds: 0, report: {} };
      history.drill = { lastAttemptAt, lastSuccessAt: null, ok, ...measured };
      return Promise.resolve({ ok: true });
    };
    expect(await asking('drill')).toBe(expected);
    expect(commands).toEqual(['drill']);
  });
});

describe('whoever asks', () => {
  it('can ask for nothing else, and in no other way', async () => {
    expect((await fetch(`${url}/due/restore`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/due/backup`)).status).toBe(405);
    expect(commands).toEqual([]);
    expect(() => dueNamed('restore')).toThrow('ask is for backup or drill');
  });

  it('asks again for a while where nobody answers, and then says so', async () => {
    const nowhere = ask('backup', 'http://127.0.0.1:9', () => undefined, {
      patienceMs: 30,
      againMs: 10,
    });
    await expect(nowhere).rejects.toMatchObject({ code: 'FW-BACKUP-KEEPER' });
  });

  it('does not take an answer that breaks off for a success', async () => {
    work = () => new Promise(() => undefined);
    const answer = asking('backup');
    answer.catch(() => undefined);
    await vi.waitFor(() => {
      expect(lines).not.toEqual([]);
    });
    server.closeAllConnections();
    await expect(answer).rejects.toMatchObject({ code: 'FW-BACKUP-KEEPER' });
  });
});
