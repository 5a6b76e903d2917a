import { describe, expect, it } from 'vitest';
import {
  desiredWith,
  observedFresh,
  observedRunning,
  withContainers,
  without,
} from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { FactswayError } from '../model/errors.ts';
import type { Observed } from '../model/observed.ts';
import type { Desired } from './desired.ts';
import { planDown } from './plan-down.ts';
import { planUp } from './plan-up.ts';
import { formatPlan } from '../model/plan-text.ts';

const desired = desiredWith();
const fresh = observedFresh(desired);
const running = observedRunning(desired);

const refusal = (observed: Observed, wanted: Desired = desired): FactswayError =>
  errorOf(() => planUp(wanted, observed, { title: 'Up', overwrite: false, renderOnly: false }));
const withoutSecret = (observed: Observed, name: string): Observed => ({
  ...observed,
  instance: {
    ...observed.instance,
    secrets: observed.instance.secrets.filter((secret) => secret !== name),
  },
});

describe('nothing is planned', () => {
  it('over a directory that holds files of something else', () => {
    const digests = { 'compose.yaml': 'foreign' };
    const error = refusal({ ...fresh, instance: { ...fresh.instance, digests } });
    expect(error.code).toBe('FW-DIR-FOREIGN');
    expect(error.message).toContain('compose.yaml');
    expect(error.hint).toContain('--dir');
  });

  it('over a project of the same name that runs from another directory', () => {
    const observed = withContainers(running, () => ({ workingDirectory: '/srv/other' }));
    const error = refusal(observed);
    expect(error.code).toBe('FW-PROJECT-FOREIGN');
    expect(error.message).toBe('Compose project "factsway" already runs from /srv/other.');
    expect(error.hint).toContain('--set project=NAME');
  });

  it.each(['superuser', 'owner', 'app', 'monitor'])(
    'without the %s password of a database that still holds data',
    (role) => {
      const name = `postgres-${role}-password`;
      const error = refusal(withoutSecret(running, name));
      expect(error.code).toBe('FW-SECRET-LOST');
      expect(error.message).toContain(`secrets/${name} is missing`);
      expect(error.hint).toContain('docker volume rm factsway_postgres-data');
    },
  );

  it('with a secret that is empty, which no password may be', () => {
    const emptySecrets = ['postgres-app-password'];
    const error = refusal({ ...running, instance: { ...running.instance, emptySecrets } });
    expect([error.code, error.exitCode]).toEqual(['FW-SECRET-INVALID', 3]);
    expect(error.message).toBe('secrets/postgres-app-password is empty.');
    expect(error.hint).toContain('rm /opt/factsway/secrets/postgres-app-password');
  });

  it('with an image that is missing where none can be pulled', () => {
    const images = without(fresh.images, 'factsway/edge:debian-13');
    const error = refusal({ ...fresh, images });
    expect(error.code).toBe('FW-IMAGE-MISSING');
    expect(error.message).toBe('1 image is not on this host: factsway/edge:debian-13.');
    expect(error.hint).toContain('./scripts/images ensure');
  });

  it.each([
    ['1.1.0', 'factsway/facts-service:1.0.0 is 1.1.0'],
    ['', 'factsway/facts-service:1.0.0 does not say its version'],
  ])('with a service of version %j among those of 1.0.0', (version, finding) => {
    const reference = 'factsway/facts-service:1.0.0';
    const images = { ...fresh.images, [reference]: { reference, id: 'x', version } };
    const error = refusal({ ...fresh, images });
    expect(error.code).toBe('FW-IMAGE-VERSION');
    expect(error.message).toBe(`Not all images are of release 1.0.0: ${finding}.`);
  });

  it.each([
    [80, '0.0.0.0', 'edge.httpPort'],
    [443, '0.0.0.0', 'edge.httpsPort'],
    [9090, '127.0.0.1', 'monitoring.prometheusPort'],
    [9093, '127.0.0.1', 'monitoring.alertmanagerPort'],
  ])('while port %i is taken, and the hint names its key', (port, bind, key) => {
    const error = refusal({ ...fresh, busyPorts: [{ port, bind }] });
    expect(error.code).toBe('FW-PORT-IN-USE');
    expect(error.message).toContain(`Port ${port} on ${bind}`);
    expect(error.hint).toContain(`--set ${key}=PORT`);
  });

  it('on an address of another server', () => {
    const error = refusal({ ...fresh, absentAddresses: ['10.1.2.3'] });
    expect(error.code).toBe('FW-ADDRESS-ABSENT');
    expect(error.message).toBe('edge.bind is 10.1.2.3, which is no address of this server.');
    expect(error.hint).toContain('--set edge.bind=0.0.0.0');
  });
});

describe('what is no reason to refuse', () => {
  it('a secret that unlocks nothing is simply made anew', () => {
    const upstream = desiredWith({});
    const observed = withoutSecret(observedRunning(upstream), 'grafana-admin-password');
    const { plan } = planUp(upstream, observed, {
      title: 'Up',
      overwrite: false,
      renderOnly: false,
    });
    expect(formatPlan(plan)).toBe(
      'Up:\n  [1] CreateSecrets grafana-admin-password because the instance has no such secret yet',
    );
  });

  it('containers made where the directory used to be, once the directory was moved', () => {
    const moved = withContainers(running, () => ({
      workingDirectory: '/opt/before',
      mountsBy: 'gone',
    }));
    const { plan } = planUp(desired, moved, { title: 'Up', overwrite: false, renderOnly: false });
    expect(formatPlan(plan)).toContain(
      'because their files are mounted by a path that is not that of the directory',
    );
    // Compose would keep those that mount secrets only: it does not compare where these are.
    for (const { action } of plan.steps)
      if (action.kind === 'CreateContainers') expect(action.anew).toEqual(action.services);
    const { instance } = observedFresh(desired);
    const stranger = errorOf(() =>
      planUp(desired, { ...moved, instance }, { title: 'Up', overwrite: false, renderOnly: false }),
    );
    expect(stranger.code).toBe('FW-PROJECT-FOREIGN');
    expect(stranger.message).toContain('/opt/before, which is not there any more');
  });

  it('a missing secret of a database that does not exist yet', () => {
    expect(() =>
      planUp(desired, fresh, { title: 'Up', overwrite: false, renderOnly: false }),
    ).not.toThrow();
  });

  it('anything about Docker when only files are to be rendered', () => {
    const busy = { ...fresh, images: {}, busyPorts: [{ port: 80, bind: '0.0.0.0' }] };
    expect(() =>
      planUp(desired, busy, { title: 'Render', overwrite: false, renderOnly: true }),
    ).not.toThrow();
  });
});

describe('down', () => {
  it('stops every container of the project and names none of its data', () => {
    expect(formatPlan(planDown('factsway', running.containers, running.networks))).toBe(
      'Stop the platform:\n  [1] StopProject factsway (16 containers, 6 networks) because the platform is to stop; its data stays',
    );
  });

  it('takes away networks that nothing uses any more', () => {
    expect(formatPlan(planDown('factsway', [], ['edge']))).toContain(
      'StopProject factsway (0 containers, 1 network)',
    );
  });

  it('has nothing to do where nothing runs', () => {
    expect(formatPlan(planDown('factsway', [], []))).toBe('Stop the platform: nothing to do');
  });
});
