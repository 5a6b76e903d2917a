import { describe, expect, it } from 'vitest';
import {
  desiredWith,
  DIRECTORY,
  observedFresh,
  observedRunning,
} from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { Crash } from '../../../../test/fakes/memory-files.ts';
import { actionContext, fakePorts } from '../../../../test/fakes/ports.ts';
import { OTHER_KEY, SERVER_CERTIFICATE, SERVER_KEY } from '../../../../test/fakes/tls-files.ts';
import { collectCertificate, pairOf } from '../../checks/collectors/certificate-pair.ts';
import type { CertificatePair } from '../../model/certificate.ts';
import { formatPlan } from '../../model/plan-text.ts';
import { chainPath, currentLine, keyPath, TLS_PLACES } from '../../model/tls-places.ts';
import type { Desired } from '../../planner/desired.ts';
import { planUp } from '../../planner/plan-up.ts';
import { importCertificate, useCertificate } from './certificate-actions.ts';

const TLS = { mode: 'provided', certificateFile: '/tls/chain.crt', keyFile: '/tls/server.key' };
const OLD = pairOf(SERVER_CERTIFICATE, SERVER_KEY);
const NEW = pairOf(SERVER_CERTIFICATE, OTHER_KEY);
const OPTIONS = { title: 'Up', overwrite: false, renderOnly: false };

const desired = (pair: CertificatePair, imported?: string): Desired => {
  const base = desiredWith({ images: { source: 'debian' }, edge: { tls: TLS } });
  const hashes = { ...base.bundle.configHashes, edge: `hash-of-${pair.id}` };
  return {
    ...base,
    bundle: { ...base.bundle, configHashes: hashes },
    certificate: {
      pair,
      imported,
      certificateFile: TLS.certificateFile,
      keyFile: TLS.keyFile,
      keyMode: 0o600,
      absent: false,
    },
  };
};
const path = (relative: string): string => `${DIRECTORY}/${relative}`;
const importing = (pair: CertificatePair, former?: string) =>
  ({
    kind: 'ImportCertificate',
    id: pair.id,
    ...(former === undefined ? {} : { former }),
  }) as const;

describe('the plan', () => {
  it('of a first start brings the certificate in before any file is written', () => {
    const one = desired(NEW);
    const text = formatPlan(planUp(one, observedFresh(one), OPTIONS).plan);
    expect(text).toContain(
      `[2] ImportCertificate ${NEW.id} because the instance has no certificate yet, after 1\n  [3] WriteBundle`,
    );
  });

  it('of a renewal is the import and one reload, with the way back', () => {
    const before = observedRunning(desired(OLD, OLD.id));
    expect(formatPlan(planUp(desired(NEW, OLD.id), before, OPTIONS).plan)).toBe(
      [
        'Up:',
        `  [1] ImportCertificate ${NEW.id} because edge.tls.certificateFile and edge.tls.keyFile hold another one (undo: UseCertificate ${OLD.id})`,
        '  [2] ReloadConfig edge because config/edge changed, after 1',
      ].join('\n'),
    );
  });

  it('of an unchanged certificate is empty', () => {
    const one = desired(OLD, OLD.id);
    expect(planUp(one, observedRunning(one), OPTIONS).plan.steps).toEqual([]);
  });

  it('holds no key', () => {
    const { plan } = planUp(desired(NEW, OLD.id), observedRunning(desired(OLD, OLD.id)), OPTIONS);
    expect(JSON.stringify(plan)).not.toContain(OTHER_KEY.split('\n')[1]);
  });
});

describe('the import', () => {
  it('gives the key to the user of the edge and to nobody else', async () => {
    const ports = fakePorts();
    await importCertificate(importing(NEW), actionContext(ports, desired(NEW)));
    expect(ports.files.tree.get(path(keyPath(NEW.id)))).toMatchObject({
      content: OTHER_KEY,
      mode: 0o400,
      uid: 10001,
      gid: 10001,
    });
    expect(ports.files.text(path(chainPath(NEW.id)))).toBe(SERVER_CERTIFICATE);
    expect(ports.files.text(path(TLS_PLACES.current))).toBe(currentLine(NEW.id));
  });

  it('keeps the former pair for the way back, and none before it', async () => {
    const ports = fakePorts();
    for (const [pair, former] of [[OLD], [NEW, OLD.id]] as const)
      await importCertificate(importing(pair, former), actionContext(ports, desired(pair)));
    const third = pairOf(SERVER_CERTIFICATE, SERVER_KEY + SERVER_KEY);
    await importCertificate(importing(third, NEW.id), actionContext(ports, desired(third)));
    expect((await ports.files.list(path(TLS_PLACES.keys))).sort()).toEqual(
      [`${NEW.id}.key`, `${third.id}.key`].sort(),
    );
  });

  it('killed before any change leaves one whole pair in use', async () => {
    const one = desired(NEW);
    for (let nth = 0; ; nth += 1) {
      const ports = fakePorts();
      await importCertificate(importing(OLD), actionContext(ports, desired(OLD)));
      ports.files.killBefore(nth);
      const killed = await importCertificate(
        importing(NEW, OLD.id),
        actionContext(ports, one),
      ).then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      ports.files.revive();
      const found = await collectCertificate(one.catalog, DIRECTORY, ports.files);
      expect([OLD.id, NEW.id], `killed before change ${nth}`).toContain(found?.imported);
      if (!killed) break;
    }
  });

  it('is taken back by naming the former pair and a reload of an edge that runs', async () => {
    const one = desired(OLD, OLD.id);
    const engine = new FakeEngine(one);
    for (const container of observedRunning(one).containers)
      engine.containers.set(container.id, container);
    const ports = fakePorts({ docker: engine.docker, compose: engine.compose });
    const context = actionContext(ports, desired(NEW, OLD.id));
    await importCertificate(importing(OLD), actionContext(ports, one));
    await importCertificate(importing(NEW, OLD.id), context);
    const reload = one.catalog.workloads.find(({ id }) => id === 'edge')!.config!.reload;
    await useCertificate(
      {
        kind: 'UseCertificate',
        id: OLD.id,
        reload: { kind: 'ReloadConfig', service: 'edge', reload, configHash: 'before' },
      },
      context,
    );
    expect(ports.files.text(path(TLS_PLACES.current))).toBe(currentLine(OLD.id));
    expect(engine.calls).toEqual(['exec edge caddy']);
    const applied = ports.files.text(path('state/applied.json'));
    expect(JSON.parse(applied!)).toEqual({ edge: 'before' });
  });
});
