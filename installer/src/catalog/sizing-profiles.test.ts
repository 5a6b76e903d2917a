import { describe, expect, it } from 'vitest';
import { catalogWith, configWith, desiredWith, fileOf } from '../../../test/fakes/builders.ts';
import { PROFILES, profileIssue } from './sizing-profiles.ts';

const with_ = (host: object, more: object = {}) => ({
  host: { memory: '64GiB', cores: 16, ...host },
  images: { source: 'debian' },
  ...more,
});

describe('a sizing profile', () => {
  it('auto takes all that the server gives', () => {
    const { sizing } = catalogWith(with_({})).context;
    expect(sizing).toEqual(catalogWith(with_({ profile: 'auto' })).context.sizing);
    expect(sizing.postgres.cpus.value).toBe(16);
  });

  it.each(Object.keys(PROFILES))(
    '%s gives the same limits on every server, and says so',
    (name) => {
      const here = desiredWith(with_({ profile: name }));
      const there = desiredWith(with_({ profile: name, memory: '128GiB', cores: 32 }));
      expect(fileOf(here, 'compose.yaml')).toBe(fileOf(there, 'compose.yaml'));
      expect(fileOf(here, 'compose.app-a.yaml')).toContain(`(profile ${name})`);
      expect(here.catalog.context.sizing.twoSlots.value).toBe(true);
    },
  );

  it('that takes more than there is is refused, with those that fit', () => {
    const [issue] = profileIssue(
      configWith({ host: { memory: '15.5GiB', cores: 4, profile: 'large' } }),
    );
    expect(issue?.message).toContain('takes 31GiB and 8 cores; host.memory is 15.5GiB');
    expect(issue?.hint).toContain('auto or small or medium');
    for (const profile of ['auto', 'small', 'medium'])
      expect(profileIssue(configWith({ host: { memory: '15.5GiB', cores: 4, profile } }))).toEqual(
        [],
      );
  });
});
