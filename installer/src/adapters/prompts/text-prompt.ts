import { createPrompt, isEnterKey, isTabKey, useKeypress, useState } from '@inquirer/core';
import type { TextPrompt } from '../../ports/prompter.ts';
import type { Look } from './look.ts';

export type TextPromptConfig = TextPrompt & { readonly look: Look; readonly keys: string };

/**
 * inquirer's own `input` judges with Enter only. This one judges at every key: softly while a word is being
 * typed, and as an error once it was meant.
 */
export const textPrompt = createPrompt<string, TextPromptConfig>((config, done) => {
  const { title, lines, suggestion, secret = false, check, probe, look } = config;
  const { paint, marks } = look;
  const [status, setStatus] = useState<'idle' | 'looking'>('idle');
  const [value, setValue] = useState('');
  const [refusal, setRefusal] = useState<string | undefined>(undefined);

  useKeypress(async (key, rl) => {
    if (status !== 'idle') return;
    if (isEnterKey(key)) {
      const answer = value.trim() === '' ? suggestion : value;
      let wrong = check(answer);
      if (wrong === undefined && probe) {
        setStatus('looking');
        wrong = await probe(answer);
      }
      if (wrong === undefined) {
        done(answer);
        return;
      }
      // Enter has emptied readline's line: it is put back to be mended.
      rl.write(value);
      setRefusal(wrong);
      setStatus('idle');
    } else if (isTabKey(key)) {
      const kept = value === '' && !secret ? suggestion : value;
      rl.clearLine(0);
      rl.write(kept);
      setValue(kept);
    } else {
      setValue(rl.line);
      setRefusal(undefined);
    }
  });

  const typed = secret ? '*'.repeat(value.length) : value;
  const offered = value === '' && suggestion !== '' && !secret ? paint.dim(`(${suggestion}) `) : '';
  const soft = value === '' ? undefined : check(value);
  const verdict =
    refusal !== undefined
      ? paint.red(look.wrap(`${marks.wrong} ${refusal}`, 2))
      : soft !== undefined
        ? paint.yellow(look.wrap(`  ${soft}`, 2))
        : ' ';
  return [
    [
      '',
      paint.bold(look.plain(title)),
      ...lines.map((line) => `  ${look.wrap(line, 2)}`),
      `${paint.cyan(marks.pointer)} ${offered}${typed}`,
    ].join('\n'),
    [verdict, paint.dim(look.plain(config.keys))].join('\n'),
  ];
});
