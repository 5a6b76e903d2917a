import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { readReleaseHistory } from './release-history.ts';

const IMAGE = 'factsway/migrations:1.1.0';
const SOUND = {
  version: '1.1.0',
  history: [{ version: '1.0.0' }, { version: '1.1.0', requiredStop: true, notes: 'New.' }],
  migrations: [{ name: '0005_x', release: '1.1.0', kind: 'expand', down: true }],
};
const read = (value: unknown) => readReleaseHistory(JSON.stringify(value), IMAGE);

describe('what a release says of itself', () => {
  it('is read, and a release is no required stop unless it says so', () => {
    expect(read(SOUND)).toEqual({
      ...SOUND,
      history: [{ version: '1.0.0', requiredStop: false }, SOUND.history[1]],
    });
  });

  it('may say more than is known here', () => {
    const more = {
      ...SOUND,
      channel: 'stable',
      history: SOUND.history.map((entry) => ({ ...entry, date: '2027-01-01' })),
      migrations: SOUND.migrations.map((entry) => ({ ...entry, seconds: 3 })),
    };
    expect(read(more)).toEqual(read(SOUND));
  });

  it('is not known of an image without the label', () => {
    expect(readReleaseHistory(undefined, IMAGE)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{version: 1.1.0}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['too much', ' '.repeat(1024 * 1024 + 1)],
  ])('is refused where the label is %s', (_, label) => {
    const error = errorOf(() => readReleaseHistory(label, IMAGE));
    expect(error.code).toBe('FW-RELEASE-HISTORY');
    expect(error.message).toContain(`io.factsway.release of ${IMAGE}`);
    expect(error.hint).toContain(`docker pull ${IMAGE}`);
  });

  it.each([
    ['version', { ...SOUND, version: '1.1' }],
    ['history.1.version', { ...SOUND, history: [{ version: '1.1.0' }, { version: 'next' }] }],
    ['history.0.requiredStop', { ...SOUND, history: [{ version: '1.1.0', requiredStop: 'yes' }] }],
    ['history.0.notes', { ...SOUND, history: [{ version: '1.1.0', notes: 'a\u001b[2J' }] }],
    ['history', { ...SOUND, history: [{ version: '1.1.0' }, { version: '1.1.0' }] }],
    ['migrations.0.kind', { ...SOUND, migrations: [{ ...SOUND.migrations[0], kind: 'other' }] }],
    ['migrations.0.down', { ...SOUND, migrations: [{ ...SOUND.migrations[0], down: 1 }] }],
    ['leaves out 1.1.0', { ...SOUND, history: [{ version: '1.0.0' }] }],
  ])('is refused for nonsense, and the message says where: %s', (place, value) => {
    const error = errorOf(() => read(value));
    expect(error.code).toBe('FW-RELEASE-HISTORY');
    expect(error.message).toContain(place);
  });
});
