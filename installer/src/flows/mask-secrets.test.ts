import { describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { secretMask } from './mask-secrets.ts';
import { instancePaths } from './paths.ts';

const PATHS = instancePaths(DIRECTORY);
const VALUE = '$:{}"\'#\n%&é`\\+/ long';
const maskOf = (...values: string[]): Promise<(text: string) => string> =>
  secretMask(
    PATHS,
    new MemoryFiles(Object.fromEntries(values.map((value, i) => [PATHS.secret(`s${i}`), value]))),
  );

describe('a text that is shown or kept', () => {
  it.each([
    ['as it is', VALUE],
    ['inside JSON', JSON.stringify(VALUE).slice(1, -1)],
    ['inside a URL', encodeURIComponent(VALUE)],
    ['in base64', Buffer.from(VALUE).toString('base64')],
  ])('holds no secret %s', async (_how, written) => {
    const mask = await maskOf(`${VALUE}\n`);
    expect(mask(`<${written}> and <${written}>`)).toBe('<[secret]> and <[secret]>');
  });

  it('keeps everything that is none', async () => {
    const mask = await maskOf('correct-horse\n');
    expect(mask('a horse is correct')).toBe('a horse is correct');
  });

  it('shows no rest of a longer secret that holds a shorter one', async () => {
    const mask = await maskOf('battery', 'battery-staple');
    expect(mask('battery-staple battery')).toBe('[secret] [secret]');
  });

  it('is not emptied by a secret that is empty or as short as a word', async () => {
    const mask = await maskOf('', '\n', 'log', 'error\n');
    expect(mask('error in the log')).toBe('error in the log');
  });

  it('takes patterns of a secret literally', async () => {
    const mask = await maskOf('.*.*.*$&');
    expect(mask('anything .*.*.*$& else')).toBe('anything [secret] else');
  });
});

it('an instance without secrets has nothing to hide', async () => {
  expect((await maskOf())('text')).toBe('text');
});

it('what lies beside the secrets and cannot be read does not stand in the way', async () => {
  class WithDirectory extends MemoryFiles {
    override list(path: string): Promise<string[]> {
      return Promise.resolve(path === PATHS.secrets ? ['edge-tls', 's'] : []);
    }
    override readText(path: string): Promise<string | undefined> {
      if (path.endsWith('/edge-tls')) return Promise.reject(new Error('it is a directory'));
      return super.readText(path);
    }
  }
  const mask = await secretMask(PATHS, new WithDirectory({ [PATHS.secret('s')]: 'correct-horse' }));
  expect(mask('correct-horse')).toBe('[secret]');
});
