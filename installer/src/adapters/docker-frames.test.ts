import { describe, expect, it } from 'vitest';
import { unixTime } from './docker-logs.ts';
import { keptLines, programLines } from './docker-frames.ts';

const AT = '2026-01-31T10:00:00.123456789Z';
const frame = (stream: number, text: string): Buffer => {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};
async function* inPieces(whole: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}
async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

describe('lines of a container', () => {
  const whole = Buffer.concat([
    frame(1, `${AT} first ü\n`),
    frame(2, `${AT} second\r\n`),
    frame(1, `${AT} a long line in `),
    frame(2, `${AT} third\n`),
    frame(1, '2026-01-31T10:00:01.000000000Z two parts\n'),
    frame(1, `${AT} \n`),
    frame(1, `${AT} without an end`),
  ]);

  it.each([1, 3, 7, 64, 10_000])('are the same in pieces of %d bytes', async (size) => {
    expect(await all(keptLines(inPieces(whole, size)))).toEqual([
      { at: AT, text: 'first ü' },
      { at: AT, text: 'second' },
      { at: AT, text: 'third' },
      { at: AT, text: 'a long line in two parts' },
      { at: AT, text: '' },
      { at: AT, text: 'without an end' },
    ]);
  });

  it('of one with a terminal have no frames', async () => {
    const plain = Buffer.from(`${AT} one\r\n${AT} two\r\n`);
    expect(await all(keptLines(inPieces(plain, 1000)))).toEqual([
      { at: AT, text: 'one' },
      { at: AT, text: 'two' },
    ]);
  });

  it('have times in UTC with nine digits', async () => {
    const line = frame(1, '2026-01-31T11:00:00.5+01:00 x\n');
    expect(await all(keptLines(inPieces(line, 1000)))).toEqual([
      { at: '2026-01-31T10:00:00.500000000Z', text: 'x' },
    ]);
    expect(unixTime(AT)).toBe('1769853600.123456789');
  });

  it('that never end are handed over in parts', async () => {
    const endless = Buffer.concat(Array.from({ length: 80 }, () => frame(1, 'x'.repeat(16_384))));
    const lines = await all(keptLines(inPieces(endless, 50_000)));
    expect(lines.map(({ text }) => text.length)).toEqual([1 << 20, 16 * 16_384]);
  });
});

it('what a program says aside is none of its lines', async () => {
  const aside: string[] = [];
  const whole = Buffer.concat([frame(1, '{"a":1}\n{"b"'), frame(2, 'oh\n'), frame(1, ':2}\n')]);
  const lines = await all(programLines(inPieces(whole, 9), (text) => void aside.push(text)));
  expect(lines).toEqual(['{"a":1}', '{"b":2}']);
  expect(aside).toEqual(['oh\n']);
});
