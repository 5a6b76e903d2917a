import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  ERROR_BODIES,
} from '../../installer/src/model/updates/protocol.ts';
import { at, record, records, type Json } from '../../k8s/json.ts';
import { runCase } from '../updates/client/case.ts';
import { CLIENT_CASES } from '../updates/client/cases.ts';
import { fetchFrom, type Fetched } from '../updates/client/fetch-from.ts';
import { manifestOf, releaseFiles } from '../updates/client/release-files.ts';
import { deploy, type Deployment } from '../updates/emulator/deploy.ts';
import { emulatedServer, type EmulatedServer } from '../updates/emulator/emulated-server.ts';
import { startS3, type S3Server } from '../updates/emulator/s3-server.ts';
import { cliJson } from './support/cli.ts';

const LIMITS = { manifest: 40, installer: 60 };
const FILES = releaseFiles('1.2.0');
const INSTALLER = FILES.installerName;

let s3: S3Server;
let template: Json;
let deployment: Deployment;
let server: EmulatedServer;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'factsway-updates-'));
  const file = join(scratch, 'updates.yaml');
  const { ok } = await cliJson(['export', 'cloudfront', '--out', file]);
  expect(ok).toBe(true);
  template = record(parse(await readFile(file, 'utf8'), { version: '1.1' }));
  s3 = await startS3('factsway-edge-s3', 27_100);
  deployment = await deploy(template, s3.endpoint, LIMITS, 'updates');
  server = emulatedServer(deployment, LIMITS);
});

afterAll(async () => {
  await deployment.close();
  await s3.remove();
  await rm(scratch, { recursive: true });
});

function expectJson(answer: Fetched, status: number, body: object): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe(CONTENT_TYPES.error);
  expect(JSON.parse(answer.body.toString())).toEqual(body);
}

describe('the real client against the emitted template', () => {
  it.each([...CLIENT_CASES])('$name', async (one) => {
    await runCase(one, server);
  });
});

describe('the protocol at the edge', () => {
  beforeAll(async () => {
    await server.clear();
    await server.put(INSTALLER, FILES.installer);
    await server.put('latest.yml', manifestOf(FILES));
  });

  it('serves a manifest that nobody may keep, and 304 to whoever has it', async () => {
    const first = await fetchFrom(server, 'latest.yml');
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'cache-control': CACHE_CONTROL.manifest,
      'content-type': CONTENT_TYPES.manifest,
      'x-content-type-options': 'nosniff',
    });
    const condition = { 'if-none-match': first.headers['etag'] ?? '' };
    expect((await fetchFrom(server, 'latest.yml', condition)).status).toBe(304);
  });

  it('serves an installer for a year, then from its cache, and tells nothing of the key', async () => {
    for (const origin of ['Miss', 'Hit']) {
      const answer = await fetchFrom(server, `${INSTALLER}?anything=else`);
      expect(answer.status).toBe(200);
      expect(answer.headers['x-cache']).toContain(origin);
      expect(answer.headers).toMatchObject({
        'accept-ranges': 'bytes',
        'cache-control': CACHE_CONTROL.installer,
        'content-length': String(FILES.installer.length),
      });
      expect(Object.keys(answer.headers).join()).not.toMatch(/encryption|version-id|replication/);
    }
    const condition = {
      'if-none-match': (await fetchFrom(server, INSTALLER)).headers['etag'] ?? '',
    };
    expect((await fetchFrom(server, INSTALLER, condition)).status).toBe(304);
  });

  it('keeps no manifest that was put without a header, as electron-builder does', async () => {
    for (const version of ['1.2.0', '1.2.1']) {
      const content = manifestOf(releaseFiles(version));
      await server.putIn('primary', 'beta-mac.yml', content, { bare: true });
      const answer = await fetchFrom(server, 'beta-mac.yml');
      expect(answer.body.toString()).toContain(`version: ${version}`);
      expect(answer.headers['cache-control']).toBe(CACHE_CONTROL.manifest);
    }
  });

  it('answers HEAD with the length and without a body', async () => {
    const answer = await fetchFrom(server, INSTALLER, {}, 'HEAD');
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(answer.headers['content-length']).toBe(String(FILES.installer.length));
  });

  it('answers a range that is not there by 416, the size and JSON', async () => {
    const answer = await fetchFrom(server, INSTALLER, { range: 'bytes=99999999-' });
    expectJson(answer, 416, ERROR_BODIES.rangeNotSatisfiable);
    expect(answer.headers['content-range']).toBe(`bytes */${FILES.installer.length}`);
  });

  it.each([
    '',
    '?list-type=2',
    '?prefix=audit/',
    'audit/',
    'staged/1.2.0/latest',
    'releases/1.json',
  ])('lists nothing and shows nothing that is not served: /%s', async (path) => {
    await server.putIn('primary', 'audit/1.json', Buffer.from('{}'));
    deployment.regions.primary.seen.length = 0;
    const answer = await fetchFrom(server, path);
    expectJson(answer, 404, ERROR_BODIES.installerNotFound);
    expect(deployment.regions.primary.seen, 'S3 is not even asked').toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE'])('refuses %s with JSON', async (method) => {
    const answer = await fetchFrom(server, 'latest.yml', {}, method);
    expectJson(answer, 403, ERROR_BODIES.refused);
  });

  it('does not take 404 for a failure: what only the replica has is not served', async () => {
    await server.putIn('replica', 'beta.yml', manifestOf(FILES));
    deployment.regions.replica.seen.length = 0;
    expectJson(await fetchFrom(server, 'beta.yml'), 404, ERROR_BODIES.manifestNotFound);
    expect(deployment.regions.replica.seen).toEqual([]);
  });

  it('remembers no error: a manifest that was missing is there as soon as it is there', async () => {
    expect((await fetchFrom(server, 'alpha.yml')).status).toBe(404);
    await server.put('alpha.yml', manifestOf(FILES));
    expect((await fetchFrom(server, 'alpha.yml')).status).toBe(200);
  });

  it.each(['alpha-mac.yml', 'FACTSWAY-Setup-1.1.0.exe'])(
    'remembers no failure: %s is there as soon as the regions are back',
    async (name) => {
      await server.put(name, FILES.installer);
      const heal = await server.unavailable();
      expect((await fetchFrom(server, name)).status).toBe(503);
      await heal();
      expect((await fetchFrom(server, name)).status).toBe(200);
    },
  );

  it.each(['overloaded', 'gone'] as const)(
    'goes to the other region when the first is %s',
    async (state) => {
      deployment.regions.primary.state = state;
      try {
        expect((await fetchFrom(server, 'latest.yml')).status).toBe(200);
        deployment.regions.replica.state = state;
        const answer = await fetchFrom(server, 'latest.yml');
        expectJson(answer, state === 'gone' ? 502 : 503, ERROR_BODIES.unavailable);
        // What is kept at the edge needs no region at all.
        expect((await fetchFrom(server, INSTALLER)).status).toBe(200);
      } finally {
        for (const region of Object.values(deployment.regions)) region.state = 'up';
      }
    },
  );
});

type Plant = {
  readonly what: string;
  readonly notices: RegExp;
  readonly plant: (template: Json) => void;
};

const config = (of: Json) => record(at(of, 'Resources.Distribution.Properties.DistributionConfig'));
const behaviours = (of: Json) => records(config(of)['CacheBehaviors']) as Record<string, unknown>[];

const PLANTED: readonly Plant[] = [
  {
    what: 'manifests kept at the edge',
    notices: /written last/,
    plant: (of) => {
      const policy = record(at(of, 'Resources.Uncached.Properties.CachePolicyConfig'));
      Object.assign(policy, { MinTTL: 600, DefaultTTL: 600, MaxTTL: 600 });
    },
  },
  {
    what: 'a policy that does not let CloudFront list, so that S3 says 403 for what is missing',
    notices: /no manifest/,
    plant: (of) => {
      const policy = record(at(of, 'Resources.PrimaryBucketPolicy.Properties.PolicyDocument'));
      (policy['Statement'] as unknown[]).pop();
    },
  },
  {
    what: 'no function where origins answer',
    notices: /no manifest/,
    plant: (of) => {
      for (const one of behaviours(of)) delete one['LambdaFunctionAssociations'];
    },
  },
  {
    what: 'failures kept at the edge for five minutes',
    notices: /comes back meanwhile/,
    plant: (of) => {
      for (const one of records(config(of)['CustomErrorResponses']))
        Object.assign(one, { ErrorCachingMinTTL: 300 });
    },
  },
  {
    what: 'no word of how long an error is kept, which is ten seconds',
    notices: /comes back meanwhile/,
    plant: (of) => {
      for (const one of records(config(of)['CustomErrorResponses']))
        delete (one as Record<string, unknown>)['ErrorCachingMinTTL'];
    },
  },
  {
    what: 'what is missing kept, since neither the function nor the distribution forbids it',
    notices: /no manifest/,
    plant: (of) => {
      const code = at(of, 'Resources.ErrorFunction.Properties.Code') as Record<string, unknown>;
      const before = String(code['ZipFile']);
      code['ZipFile'] = before.replaceAll('no-store', 'max-age=0');
      expect(code['ZipFile']).not.toBe(before);
      for (const one of records(config(of)['CustomErrorResponses']))
        delete (one as Record<string, unknown>)['ErrorCachingMinTTL'];
    },
  },
  {
    what: 'no second origin',
    notices: /first origin that is down/,
    plant: (of) => {
      (at(config(of), 'OriginGroups.Items.0.Members.Items') as unknown[]).pop();
    },
  },
  {
    what: 'no origin access control',
    notices: /finds a new version/,
    plant: (of) => {
      for (const one of records(config(of)['Origins']))
        delete (one as Record<string, unknown>)['OriginAccessControlId'];
    },
  },
  {
    what: 'no pages for 5xx',
    notices: /comes back meanwhile/,
    plant: (of) => {
      (config(of) as Record<string, unknown>)['CustomErrorResponses'] = [];
    },
  },
  {
    what: 'no rate rules',
    notices: /asked too often/,
    plant: (of) => {
      (at(of, 'Resources.WebAcl.Properties') as Record<string, unknown>)['Rules'] = [];
    },
  },
];

describe('a template with a fault', () => {
  it.each(PLANTED.map((one, index) => ({ ...one, index })))(
    'is noticed by the client: $what',
    async ({ notices, plant, index }) => {
      const faulty = structuredClone(template);
      plant(faulty);
      const other = await deploy(faulty, s3.endpoint, LIMITS, `planted-${index}`);
      try {
        const target = emulatedServer(other, LIMITS);
        const [one] = CLIENT_CASES.filter(({ name }) => notices.test(name));
        expect(one).toBeDefined();
        if (one) await expect(runCase(one, target)).rejects.toThrow();
      } finally {
        await other.close();
      }
    },
  );
});
