import { describe, expect, it } from 'vitest';
import type { LogLine } from '../model/log-line.ts';
import { logLineFormatter, rawLine } from './format-log-line.ts';

const LINE: LogLine = {
  component: 'records-service',
  container: 'factsway-records-service-a-1',
  slot: 'a',
  time: '2026-07-01T10:00:00.123456789Z',
  level: 'error',
  message: 'request failed',
  requestId: 'q-1',
  fields: {
    duration: '12 ms',
    status: '500',
    method: 'GET',
    endpoint: '/api/cases/:id',
    why: 'a b',
  },
  details: ['Error: x', '  at a'],
  line: '{"a":"\u001b[2J"}',
};
const format = logLineFormatter({ color: false, width: 18, timeZone: 'Europe/Berlin' });

describe('a line for people', () => {
  it('reads from left to right, with the error below it', () => {
    expect(format(LINE)).toBe(
      [
        '2026-07-01 12:00:00.123  records-service-a   error  request failed  GET /api/cases/:id 500 12 ms why="a b" request=q-1',
        '    Error: x',
        '      at a',
      ].join('\n'),
    );
  });

  it('has colours where they are wanted, and says the same', () => {
    const painted = logLineFormatter({ color: true, width: 18, timeZone: 'Europe/Berlin' })(LINE);
    expect(painted).toContain('\u001b[31merror\u001b[39m');
    expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(format(LINE));
  });

  it('does nothing to a terminal', () => {
    const evil = '\u001b]0;owned\u0007\u009b2J\u202e\u2028';
    const line = format({ ...LINE, message: evil, fields: { [evil]: evil }, details: [evil] });
    expect(line).toMatch(/^[\x20-\x7e\n]+$/);
    expect(line).toContain(String.raw`\x1b]0;owned\x07\x9b2J\u202e\u2028`);
    expect(rawLine(LINE)).toBe(String.raw`factsway-records-service-a-1  | {"a":"\x1b[2J"}`);
  });

  it('without a level keeps its column, and its further lines are indented', () => {
    const { component, container, time, line } = LINE;
    const bare = { component, container, time, line, fields: {}, details: [] };
    expect(format({ ...bare, message: 'a\nb' })).toBe(
      '2026-07-01 12:00:00.123  records-service            a\n    b',
    );
  });
});
