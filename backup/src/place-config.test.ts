import { describe, expect, it } from 'vitest';
import { placeConfig, type PlaceConfigInput } from './place-config.ts';

const LOCAL: PlaceConfigInput = {
  place: { name: 'local', type: 'posix', path: '/var/lib/factsway-backup/local', keepDays: 30 },
  secrets: { key: '$:{}"\'#\\%&é=' },
  stanza: 'factsway',
  processes: 2,
  data: '/data',
  socket: '/socket',
  lockPath: '/tmp/lock',
};

const S3: PlaceConfigInput = {
  ...LOCAL,
  place: {
    name: 's3',
    type: 's3',
    bucket: 'b',
    region: 'eu-central-1',
    endpoint: 'minio:9000',
    prefix: '/factsway',
    style: 'path',
    caFile: '/etc/ca.crt',
    keepDays: 90,
  },
  secrets: { key: 'k', s3KeyId: 'id', s3Secret: 'secret' },
};

describe('the configuration of a place', () => {
  it('is always the first and only repository, encrypted, kept by time', () => {
    const lines = placeConfig(LOCAL).split('\n');
    expect(lines).toContain('repo1-type=posix');
    expect(lines).toContain('repo1-path=/var/lib/factsway-backup/local');
    expect(lines).toContain('repo1-cipher-type=aes-256-cbc');
    expect(lines).toContain('repo1-retention-full-type=time');
    expect(lines).toContain('repo1-retention-full=30');
    expect(lines.some((line) => line.startsWith('repo2'))).toBe(false);
  });

  it('takes the key as it is, whatever is in it', () => {
    expect(placeConfig(LOCAL)).toContain('\nrepo1-cipher-pass=$:{}"\'#\\%&é=\n');
  });

  it('has the server in the section of the stanza', () => {
    const text = placeConfig(LOCAL);
    expect(text.slice(text.indexOf('[factsway]'))).toBe(
      '[factsway]\npg1-path=/data\npg1-socket-path=/socket\npg1-user=postgres\n',
    );
  });

  it('names bucket, endpoint, style and the authority of S3', () => {
    const lines = placeConfig(S3).split('\n');
    for (const line of [
      'repo1-type=s3',
      'repo1-path=/factsway',
      'repo1-s3-bucket=b',
      'repo1-s3-endpoint=minio:9000',
      'repo1-s3-uri-style=path',
      'repo1-s3-key=id',
      'repo1-s3-key-secret=secret',
      'repo1-storage-ca-file=/etc/ca.crt',
      'repo1-retention-full=90',
    ])
      expect(lines).toContain(line);
  });

  it.each(['a\nrepo1-cipher-type=none', '', 'a\rb'])('refuses the key %j', (key) => {
    expect(() => placeConfig({ ...LOCAL, secrets: { key } })).toThrow('repo1-cipher-pass');
  });

  it('refuses S3 without its secrets', () => {
    expect(() => placeConfig({ ...S3, secrets: { key: 'k' } })).toThrow('repo1-s3-key');
  });
});
