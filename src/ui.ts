import type { Key } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type CANCEL_SYMBOL, isCancel, type Option, select, text } from '@clack/prompts';
import type { Choice, Prompter } from './answers.ts';
import { Cancelled } from './errors.ts';
import { openKeyboard } from './keyboard.ts';

/** The terminal that prompts use. */
export type Terminal = Readonly<{ stdin: Readable; stdout: Screen; signal: AbortSignal }>;

type Screen = Writable & { columns?: number; rows?: number };

/** A prompter on a terminal. An aborted signal and the end of the input cancel its prompts. */
export function createPrompter({ stdin, stdout, signal }: Terminal): Prompter {
  // clack would wait forever at the end of its input. On a terminal, Ctrl-D is that end.
  const ended = new AbortController();
  for (const event of ['end', 'close', 'error']) stdin.on(event, () => ended.abort());
  stdout.on('error', () => ended.abort());
  const { input, during } = openKeyboard(stdin);
  input.on('keypress', (_text, key: Key) => {
    if (key.ctrl && key.name === 'd') ended.abort();
  });
  const terminal = { input, output: sized(stdout), signal: AbortSignal.any([signal, ended.signal]) };

  /** clack returns a symbol if the user cancels. */
  const settle = async <T>(question: () => Promise<T | typeof CANCEL_SYMBOL>): Promise<T> => {
    const answer = await during(question);
    if (isCancel(answer)) throw new Cancelled();
    return answer;
  };

  return {
    ask: (message, defaultAnswer, check) =>
      settle(() =>
        text({
          ...terminal,
          message,
          placeholder: defaultAnswer,
          defaultValue: defaultAnswer,
          validate: (answer) => check(answer || defaultAnswer)?.message,
        }),
      ),
    choose: <T extends Choice>(message: string, choices: readonly T[]) => {
      const options = choices.map((value) => ({ value, label: value.label, hint: value.hint }));
      return settle(() => select({ ...terminal, message, options: options as Option<T>[] }));
    },
  };
}

/** A terminal of unknown size has 0 columns: prompts would wrap after every character. */
function sized(stdout: Screen): Screen {
  return stdout.columns === 0 ? Object.assign(stdout, { columns: 80, rows: 24 }) : stdout;
}
