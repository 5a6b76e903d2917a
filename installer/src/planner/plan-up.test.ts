import { describe, expect, it } from 'vitest';
import {
  desiredWith,
  fileOf,
  observedFresh,
  observedRunning,
  TEMPLATES,
  withContainers,
  withFile,
  without,
} from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { Observed } from '../model/observed.ts';
import { formatPlan } from '../model/plan-text.ts';
import { sha256 } from '../render/digest.ts';
import { renderBundle } from '../render/render-bundle.ts';
import { TemplateEngine } from '../render/template-engine.ts';
import type { Desired } from './desired.ts';
import { planUp, type UpOptions } from './plan-up.ts';

const OPTIONS: UpOptions = { title: 'Install', overwrite: false, renderOnly: false };
const EIGHT =
  'records-service-a, ingestion-service-a, export-service-a, caseblock-service-a, signature-service-a, facts-service-a, exhibits-service-a, caselaw-service-a';

/** The plan as lines, without its title; the shape of every plan is checked on the way. */
function steps(desired: Desired, observed: Observed, options: Partial<UpOptions> = {}): string[] {
  const { plan } = planUp(desired, observed, { ...OPTIONS, ...options });
  for (const { id, dependsOn, cause } of plan.steps) {
    for (const dependency of dependsOn) expect(dependency).toBeLessThan(id);
    expect(cause).not.toBe('');
  }
  return formatPlan(plan)
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

const desired = desiredWith();
/** With factsway.yaml, which is the person's and not in the bundle. */
const FILES = desired.bundle.files.length + 1;
const running = observedRunning(desired);

it('what the containers cannot read is opened, and what stopped over it started again', () => {
  const closed = {
    ...running,
    instance: { ...running.instance, modes: { 'config/edge': 0o700 } },
  };
  expect(
    steps(
      desired,
      withContainers(closed, ({ service }) => (service === 'edge' ? { state: 'exited' } : {})),
    ),
  ).toEqual([
    expect.stringMatching(
      /^\[1\] WriteBundle 1 file because the containers cannot read 1 as they are/,
    ),
    expect.stringMatching(/^\[2\] StartComponents edge because .*, after 1/),
  ]);
});

it('a changed runbook is written, and nobody is reloaded or made anew for it', async () => {
  const engine = new TemplateEngine({
    ...(await TEMPLATES.load()),
    'config-templates/runbooks/ServiceDown.html': '<!doctype html>',
  });
  const changed = { ...desired, bundle: renderBundle(desired.catalog, engine) };
  expect(fileOf(changed, 'config/runbooks/ServiceDown.html')).toBe('<!doctype html>');
  expect(steps(changed, running)).toEqual([
    expect.stringMatching(/^\[1\] WriteBundle 1 file because /),
  ]);
});

it('a secret no container can read gets its owner and mode back, and what stopped over it started again', () => {
  const secretAccess = {
    asRoot: true,
    directory: { mode: 0o755, uid: 0, gid: 0 },
    files: { 'postgres-monitor-password': { mode: 0, uid: 0, gid: 0 } },
  };
  const closed = { ...running, instance: { ...running.instance, secretAccess } };
  const looping = withContainers(closed, ({ service }) =>
    service === 'postgres-exporter' ? { state: 'restarting' } : {},
  );
  expect(steps(desired, looping)).toEqual([
    '[1] WriteBundle 2 files because owner or mode of secrets/, secrets/postgres-monitor-password is not right (undo: RestoreBundle 2 files)',
    expect.stringMatching(/^\[2\] StartComponents postgres-exporter because .*, after 1/),
  ]);
});

describe('on an empty server', () => {
  it('the plan writes, creates, starts in order and records', () => {
    const fresh = { ...desired, configUnchanged: false };
    expect(steps(fresh, observedFresh(fresh))).toEqual([
      '[1] CreateSecrets postgres-superuser-password, postgres-owner-password, postgres-app-password, postgres-monitor-password because the instance has no such secret yet',
      `[2] WriteBundle ${FILES} files because the instance directory is new, after 1`,
      '[3] CreateContainers postgres, edge, prometheus, alertmanager and 12 more because they do not exist, after 2 (undo: RemoveContainers postgres, edge, prometheus, alertmanager and 12 more, 6 networks)',
      '[4] StartComponents postgres because not running, after 3 (undo: StopComponents postgres)',
      '[5] StartComponents monitoring (prometheus, alertmanager, node-exporter, postgres-exporter, blackbox-exporter) because not running, after 3 (undo: StopComponents monitoring (prometheus, alertmanager, node-exporter, postgres-exporter, blackbox-exporter))',
      '[6] StartComponents edge because not running, after 3 (undo: StopComponents edge)',
      '[7] RunMigrations up to 1.0.0 because the schema is not proven to be that of 1.0.0, after 3, 4',
      `[8] StartComponents slot a (${EIGHT}) because not running, after 3, 7 (undo: StopComponents slot a (${EIGHT}))`,
      '[9] SaveRootCertificate edge because browsers of the firm need it, after 6',
      `[10] RecordOverride ${sha256(fileOf(desired, 'compose.override.yaml')).slice(0, 12)} because compose.override.yaml is taken into account, after 3, 4, 5, 6, 7, 8, 9`,
      '[11] RecordRelease 1.0.0 in slot a because release 1.0.0 serves, after 3, 4, 5, 6, 7, 8, 9',
    ]);
  });

  it('no root certificate is saved where TLS ends elsewhere', () => {
    const off = desiredWith({ images: { source: 'debian' }, edge: { tls: { mode: 'off' } } });
    expect(steps(off, observedFresh(off)).join()).not.toContain('SaveRootCertificate');
  });

  it('of rendering alone nothing but files and secrets comes', () => {
    const fresh = { ...desired, configUnchanged: false };
    const empty: Observed = { ...observedFresh(fresh), images: {} };
    expect(steps(fresh, empty, { renderOnly: true })).toEqual([
      '[1] CreateSecrets postgres-superuser-password, postgres-owner-password, postgres-app-password, postgres-monitor-password because the instance has no such secret yet',
      `[2] WriteBundle ${FILES} files because the instance directory is new, after 1`,
    ]);
  });

  it('images that are missing are pulled and their versions checked before anything is created', () => {
    const upstream = desiredWith({});
    const { images } = observedFresh(upstream);
    const missing = ['edge', 'records-service', 'migrations'].map(
      (name) => upstream.catalog.workloads.find(({ component }) => component === name)!.image,
    );
    const left = Object.fromEntries(
      Object.entries(images).filter(([reference]) => !missing.includes(reference)),
    );
    expect(steps(upstream, { ...observedFresh(upstream), images: left }).slice(2, 7)).toEqual([
      '[3] PullImage docker.io/library/caddy:2.10.2 because it is not on this host',
      '[4] PullImage registry.factsway.com/onprem/migrations:1.0.0 because it is not on this host',
      '[5] PullImage registry.factsway.com/onprem/records-service:1.0.0 because it is not on this host',
      '[6] CheckImageVersions 2 images = 1.0.0 because all services of a release are of one version, after 3, 4, 5',
      '[7] CreateContainers postgres, edge, prometheus, alertmanager and 13 more because they do not exist, after 2, 6 (undo: RemoveContainers postgres, edge, prometheus, alertmanager and 13 more, 6 networks)',
    ]);
  });

  it('a component image alone is pulled without asking for its version', () => {
    const upstream = desiredWith({});
    const caddy = 'docker.io/library/caddy:2.10.2';
    const left = without(observedFresh(upstream).images, caddy);
    const text = steps(upstream, { ...observedFresh(upstream), images: left });
    expect(text[2]).toBe(`[3] PullImage ${caddy} because it is not on this host`);
    expect(text[3]).toMatch(/^\[4\] CreateContainers .* after 2, 3 /);
    expect(text.join()).not.toContain('CheckImageVersions');
  });
});

describe('on a running instance', () => {
  it('that is as it should be there is nothing to do', () => {
    expect(formatPlan(planUp(desired, running, OPTIONS).plan)).toBe('Install: nothing to do');
  });

  it('one stopped service is started, on a schema that is checked again', () => {
    const observed = withContainers(running, ({ service }) =>
      service === 'facts-service-a' ? { state: 'exited', health: 'none' } : {},
    );
    expect(steps(desired, observed)).toEqual([
      '[1] RunMigrations up to 1.0.0 because services are about to start on this schema',
      '[2] StartComponents facts-service-a because not running, after 1 (undo: StopComponents facts-service-a)',
    ]);
  });

  it('an unhealthy component is waited for and not stopped afterwards', () => {
    const observed = withContainers(running, ({ service }) =>
      service === 'prometheus' ? { health: 'unhealthy' } : {},
    );
    expect(steps(desired, observed)).toEqual([
      '[1] StartComponents prometheus because its containers are replaced or not healthy',
    ]);
  });

  it('a container that vanished is made again', () => {
    const observed = withContainers(running, ({ service }) => (service === 'edge' ? 'gone' : {}));
    expect(steps(desired, observed)).toEqual([
      '[1] CreateContainers edge because they do not exist (undo: RemoveContainers edge)',
      '[2] StartComponents edge because not running, after 1 (undo: StopComponents edge)',
    ]);
  });

  it('an image of another reference replaces that container alone', () => {
    const changed = desiredWith({
      images: { source: 'debian', overrides: { prometheus: 'mirror/prometheus:v3.6.0' } },
    });
    const observed = { ...running, images: observedFresh(changed).images };
    const lines = steps(changed, observed);
    expect(lines).toEqual([
      '[1] WriteBundle 1 file because the configuration renders one file differently (undo: RestoreBundle 1 file)',
      '[2] CreateContainers prometheus because their definition changed, after 1',
      '[3] StartComponents prometheus because its containers are replaced or not healthy, after 2',
    ]);
  });

  it('a group of which one member is replaced and one is down says so', () => {
    const observed = withContainers(running, ({ service }) =>
      service === 'alertmanager'
        ? { state: 'exited', health: 'none' }
        : service === 'prometheus'
          ? { spec: 'old' }
          : {},
    );
    expect(steps(desired, observed)).toEqual([
      '[1] CreateContainers prometheus because their definition changed',
      '[2] StartComponents monitoring (prometheus, alertmanager) because not all of it is running, after 1 (undo: StopComponents alertmanager)',
    ]);
  });

  it('a migration that failed before is run before the services it holds up', () => {
    const observed = withContainers(running, ({ service }) =>
      service === 'migrations-a' ? { exitCode: 1 } : {},
    );
    expect(steps(desired, observed)).toEqual([
      '[1] RunMigrations up to 1.0.0 because the schema is not proven to be that of 1.0.0',
    ]);
  });

  it('a release other than the one on record is recorded', () => {
    const instance = { ...running.instance, release: { version: '0.9.0', slot: 'a' as const } };
    expect(steps(desired, { ...running, instance })).toEqual([
      '[1] RecordRelease 1.0.0 in slot a because release 1.0.0 serves',
    ]);
  });

  it('a missing root certificate is fetched', () => {
    const instance = { ...running.instance, rootCertificate: false };
    expect(steps(desired, { ...running, instance })).toEqual([
      '[1] SaveRootCertificate edge because browsers of the firm need it',
    ]);
  });

  it('the root certificate is fetched again where the authority it came from is gone', () => {
    const volumes = running.volumes.filter((name) => name !== 'edge-data');
    expect(steps(desired, { ...running, volumes })).toEqual([
      '[1] SaveRootCertificate edge because browsers of the firm need it',
    ]);
  });
});

describe('a changed configuration', () => {
  it('of the proxy alone is reloaded: no container is replaced', () => {
    const changed = desiredWith({
      images: { source: 'debian' },
      edge: { maxRequestSize: '128MiB' },
    });
    expect(steps(changed, running)).toEqual([
      '[1] WriteBundle 1 file because the configuration renders one file differently (undo: RestoreBundle 1 file)',
      '[2] ReloadConfig edge because config/edge changed, after 1',
    ]);
  });

  it('of PostgreSQL replaces its container, because it reads the file once', () => {
    const changed = desiredWith({ images: { source: 'debian' }, host: { timeZone: 'Asia/Tokyo' } });
    const lines = steps(changed, running);
    expect(lines[1]).toMatch(
      /^\[2\] CreateContainers postgres, .*because their definition changed/,
    );
    expect(lines[2]).toBe(
      '[3] StartComponents postgres because its containers are replaced or not healthy, after 2',
    );
  });

  it('that is written but was never taken up is reloaded still', () => {
    const appliedConfig = without(running.instance.appliedConfig, 'edge');
    const observed = { ...running, instance: { ...running.instance, appliedConfig } };
    expect(steps(desired, observed)).toEqual([
      '[1] ReloadConfig edge because an earlier run was cut off before it recorded that config/edge was taken up',
    ]);
  });

  it('that switches a component off takes its container away, and no other', () => {
    const off = desiredWith({ monitoring: { grafana: 'off' } });
    const { containers, ...rest } = observedRunning(desiredWith({}));
    const own = { ...containers[0]!, service: 'backup-of-ours', spec: '' };
    const kept = { ...containers[0]!, service: 'facts-service-b', slot: 'b' };
    const lines = steps(off, { ...rest, containers: [...containers, own, kept] });
    expect(lines.filter((line) => line.includes('RemoveContainers'))).toEqual([
      '[2] RemoveContainers grafana because the configuration no longer has them, after 1',
    ]);
  });

  it('is not reloaded by a component that starts anyway', () => {
    const changed = desiredWith({
      images: { source: 'debian' },
      edge: { maxRequestSize: '128MiB' },
    });
    const observed = withContainers(running, ({ service }) =>
      service === 'edge' ? { state: 'exited', health: 'none' } : {},
    );
    expect(steps(changed, observed)).toEqual([
      '[1] WriteBundle 1 file because the configuration renders one file differently (undo: RestoreBundle 1 file)',
      '[2] StartComponents edge because not running, after 1 (undo: StopComponents edge)',
    ]);
  });

  it('of a file that was edited by hand is refused with a way out', () => {
    const digests = { ...running.instance.digests, 'config/edge/Caddyfile': sha256('mine') };
    const observed = { ...running, instance: { ...running.instance, digests } };
    const changed = withFile(desired, 'config/edge/Caddyfile', 'new');
    const error = errorOf(() => planUp(changed, observed, OPTIONS));
    expect(error.code).toBe('FW-DRIFT');
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain('config/edge/Caddyfile');
    expect(error.hint).toContain('--overwrite-edited');
    expect(steps(changed, observed, { overwrite: true })[0]).toMatch(/^\[1\] WriteBundle 1 file /);
  });

  it('leaves an edited file alone and says so where it has nothing new for it', () => {
    const digests = { ...running.instance.digests, 'config/edge/Caddyfile': sha256('mine') };
    const observed = { ...running, instance: { ...running.instance, digests } };
    const { plan, warnings } = planUp(desired, observed, OPTIONS);
    expect(plan.steps).toEqual([]);
    expect(warnings).toContain('config/edge/Caddyfile was edited by hand and is left as it is.');
  });
});
