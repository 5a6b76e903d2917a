import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { interruption } from './interruption.ts';

function world() {
  const signalled = new EventEmitter();
  const clock = { ms: 5000 };
  const endAtOnce = vi.fn();
  const signal = interruption(signalled, () => clock.ms, endAtOnce);
  return { signalled, clock, endAtOnce, signal };
}

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'])('as %s aborts, and ends nothing', (name) => {
    const { signalled, signal, endAtOnce } = world();
    expect(signal.aborted).toBe(false);
    signalled.emit(name);
    expect(signal.aborted).toBe(true);
    expect(endAtOnce).not.toHaveBeenCalled();
  });

  it('keeps its listener while it is told: signal-exit kills a process that only it listens for', () => {
    const { signalled } = world();
    let listening = 0;
    signalled.on('SIGINT', () => {
      listening = signalled.listenerCount('SIGINT');
    });
    signalled.emit('SIGINT');
    expect(listening).toBe(2);
  });

  it('that npx passes on once more is the same one', () => {
    const { signalled, clock, endAtOnce } = world();
    signalled.emit('SIGINT');
    clock.ms += 20;
    signalled.emit('SIGINT');
    expect(endAtOnce).not.toHaveBeenCalled();
  });

  it('a second time ends at once', () => {
    const { signalled, clock, endAtOnce } = world();
    signalled.emit('SIGINT');
    clock.ms += 1500;
    signalled.emit('SIGINT');
    expect(endAtOnce).toHaveBeenCalledOnce();
  });
});
