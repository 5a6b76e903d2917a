import { describe, expect, it } from 'vitest';
import { desiredWith, observedFresh } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { formatPlan } from '../model/plan-text.ts';
import { planUp } from './plan-up.ts';

const SETTINGS = {
  postgres: { mode: 'external', external: { host: 'db.example.com' } },
  images: { source: 'debian' },
};
const PASSWORDS = ['owner', 'app', 'monitor'].map((role) => `postgres-${role}-password`);
const OPTIONS = { title: 'Install', overwrite: false, renderOnly: false };

const desired = desiredWith(SETTINGS);
const fresh = observedFresh(desired);
const given = { ...fresh, instance: { ...fresh.instance, secrets: PASSWORDS } };

describe('a platform on a PostgreSQL of the customer', () => {
  it('makes no secret and starts no database; the migrations wait for nobody', () => {
    const text = formatPlan(planUp(desired, given, OPTIONS).plan);
    expect(text).not.toContain('CreateSecrets');
    expect(text).not.toMatch(/StartComponents postgres |CreateContainers postgres,/);
    expect(text).toContain('RunMigrations');
  });

  it.each([true, false])(
    'is not rendered without its passwords (render only: %s)',
    (renderOnly) => {
      const some = { ...given, instance: { ...given.instance, secrets: PASSWORDS.slice(0, 1) } };
      const error = errorOf(() => planUp(desired, some, { ...OPTIONS, renderOnly }));
      expect(error.code).toBe('FW-SECRET-NEEDED');
      expect(error.message).toBe(
        'secrets/postgres-app-password, secrets/postgres-monitor-password are missing or empty, and only you can know what belongs there.',
      );
      expect(error.hint).toContain('/opt/factsway/secrets/postgres-app-password');
    },
  );

  it('does not leave a database behind that the platform made', () => {
    const error = errorOf(() => planUp(desired, { ...given, volumes: ['postgres-data'] }, OPTIONS));
    expect(error.code).toBe('FW-DB-DATA-BEHIND');
    expect(error.hint).toContain('docker volume rm factsway_postgres-data');
  });

  describe('back to the bundled one', () => {
    const bundled = desiredWith({ images: { source: 'debian' } });
    const served = {
      ...observedFresh(bundled).instance,
      release: { version: '1.0.0', slot: 'a' as const },
      formerDatabase: 'db.example.com',
    };
    const plan = (observed: object, options = OPTIONS) =>
      planUp(bundled, { ...observedFresh(bundled), instance: served, ...observed }, options);

    it('does not leave the data of the server behind', () => {
      const error = errorOf(() => plan({}));
      expect([error.code, error.exitCode]).toEqual(['FW-DB-DATA-BEHIND', 3]);
      expect(error.message).toContain('db.example.com');
      expect(error.hint).toContain('factsway-install render --set postgres.mode=bundled');
    });

    it.each([
      ['a volume is there to take the data', { volumes: ['postgres-data'] }],
      ['nothing ever served', { instance: { ...served, release: undefined } }],
      ['it was the bundled one before', { instance: { ...served, formerDatabase: undefined } }],
    ])('is no question where %s', (_, observed) => {
      expect(() => plan(observed)).not.toThrow(/FW-DB-DATA-BEHIND|would be empty/);
    });

    it('may be rendered: that is how the move begins', () => {
      expect(() => plan({}, { ...OPTIONS, renderOnly: true })).not.toThrow();
    });
  });
});
