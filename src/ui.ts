import type { Key } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type CANCEL_SYMBOL, isCancel, type Option, select, text } from '@clack/prompts';
import type { Choice, Prompter } from './answers.ts';
import { Cancelled } from './errors.ts';
import { openKeyboard } from './keyboard.ts';

/** The terminal that questions are asked on. */
export type Terminal = Readonly<{ stdin: Readable; stdout: Screen; signal: AbortSignal }>;

type Screen = Writable & { columns?: number; rows?: number };

/** Takes a terminal; gives a prompter that asks on it. An aborted signal and a terminal that ends cancel. */
export function createPrompter({ stdin, stdout, signal }: Terminal): Prompter {
  // At the end of its input clack would wait for ever; on a terminal that end is Ctrl-D.
  const ended = new AbortController();
  for (const event of ['end', 'close', 'error']) stdin.on(event, () => ended.abort());
  stdout.on('error', () => ended.abort());
  const { input, during } = openKeyboard(stdin);
  input.on('keypress', (_text, key: Key) => {
    if (key.ctrl && key.name === 'd') ended.abort();
  });
  const terminal = { input, output: sized(stdout), signal: AbortSignal.any([signal, ended.signal]) };

  /** clack's cancel value is a symbol, which would pass for an answer. */
  const settle = async <T>(question: () => Promise<T | typeof CANCEL_SYMBOL>): Promise<T> => {
    const answer = await during(question);
    if (isCancel(answer)) throw new Cancelled();
    return answer;
  };

  return {
    ask: (message, byDefault, check) =>
      settle(() =>
        text({
          ...terminal,
          message,
          placeholder: byDefault,
          defaultValue: byDefault,
          validate: (answer) => check(answer || byDefault)?.message,
        }),
      ),
    choose: <T extends Choice>(message: string, choices: readonly T[]) => {
      const options = choices.map((value) => ({ value, label: value.label, hint: value.hint }));
      return settle(() => select({ ...terminal, message, options: options as Option<T>[] }));
    },
  };
}

/** A terminal of unknown size has 0 columns: prompts would break lines after every letter. */
function sized(stdout: Screen): Screen {
  return stdout.columns === 0 ? Object.assign(stdout, { columns: 80, rows: 24 }) : stdout;
}
