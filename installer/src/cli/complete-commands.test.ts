import { describe, expect, it } from 'vitest';
import { completeCommands } from './complete-commands.ts';

const NAMES = ['install', 'up', 'logs', 'status'];
const complete = completeCommands(NAMES, '/srv/my firm');

describe('a command that is mentioned', () => {
  it.each([
    ['Next: factsway-install status', "Next: factsway-install status --dir '/srv/my firm'"],
    [
      'Look at it: factsway-install logs edge',
      "Look at it: factsway-install logs --dir '/srv/my firm' edge",
    ],
    [
      'Take it out and run factsway-install up. Then factsway-install status.',
      "Take it out and run factsway-install up --dir '/srv/my firm'. Then factsway-install status --dir '/srv/my firm'.",
    ],
    [
      'Raise it: factsway-install install --set host.memory=8GiB',
      "Raise it: factsway-install install --dir '/srv/my firm' --set host.memory=8GiB",
    ],
  ])('%s', (text, completed) => {
    expect(complete(text)).toBe(completed);
  });

  it.each([
    'See: factsway-install logs --help',
    'See: factsway-install --help',
    'factsway-install status --dir /elsewhere',
    'factsway-install upgrade',
    'my-factsway-installer up',
    'docker compose up',
  ])('%s stays as it is', (text) => {
    expect(complete(text)).toBe(text);
  });

  it('is quoted for a shell, whatever the directory is called', () => {
    expect(completeCommands(NAMES, "/srv/$HOME's $&")('factsway-install up')).toBe(
      String.raw`factsway-install up --dir '/srv/$HOME'\''s $&'`,
    );
    expect(completeCommands(NAMES, '/srv/a')('factsway-install up')).toBe(
      'factsway-install up --dir /srv/a',
    );
  });

  it('of the default directory needs none', () => {
    expect(completeCommands(NAMES, undefined)('factsway-install up')).toBe('factsway-install up');
  });
});
