import type { Key } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { TextPrompt, wrapTextWithPrefix } from '@clack/core';
import {
  type CANCEL_SYMBOL,
  confirm,
  intro,
  isCancel,
  note,
  type Option,
  S_BAR,
  S_BAR_END,
  select,
  symbol,
} from '@clack/prompts';
import { version } from '../package.json';
import type { Choice, Prompter, Refusal } from './answers.ts';
import type { Env } from './args.ts';
import { Cancelled } from './errors.ts';
import { openKeyboard } from './keyboard.ts';
import { createStyle, hasColor, type Style } from './style.ts';

/** The terminal that prompts use. */
export type Terminal = Readonly<{ stdin: Readable; stdout: Screen; env: Env; signal: AbortSignal }>;

type Screen = Writable & { columns?: number; rows?: number };

/** A prompter on a terminal. An aborted signal and the end of the input cancel its prompts. */
export function createPrompter(terminal: Terminal): Prompter {
  const { during, ...common } = open(terminal);
  const { output } = common;
  const style = createStyle(terminal.stdout, terminal.env);
  const bar = style('gray', S_BAR);
  /** Writes a text within the frame. */
  const say = (text: string, mark = bar) =>
    output.write(`${bar}\n${wrapTextWithPrefix(output, text, `${bar}  `, `${mark}  `)}\n`);

  /** clack returns a symbol if the user cancels. */
  const settle = async <T>(question: () => Promise<T | typeof CANCEL_SYMBOL>): Promise<T> => {
    const answer = await during(question);
    if (isCancel(answer)) throw new Cancelled();
    return answer;
  };

  const ask = async (
    message: string,
    offer: string,
    refuse: (answer: string) => Refusal | undefined,
  ): Promise<string> => {
    const answer = await settle(() => createTextPrompt({ ...common, style, message, offer }).prompt());
    const refusal = refuse(answer ?? offer);
    if (refusal === undefined) return answer ?? offer;
    say(refusal.message, symbol('error'));
    return ask(message, refusal.offer, refuse);
  };

  intro(`create-envoy-filter ${version}`, { output });
  say(style('dim', 'Enter takes the default shown.'));

  return {
    ask,
    choose: <T extends Choice>(message: string, choices: readonly T[]) => {
      // clack shows a hint only for the choice under the cursor.
      const options = choices.map((value) => ({
        value,
        label: `${value.label} ${style('dim', `(${value.hint})`)}`,
      }));
      return settle(() => select({ ...common, message, options: options as Option<T>[] }));
    },
    confirm: (message) => settle(() => confirm({ ...common, message })),
    enclose: (title, lines) => `${bar}\n${drawBox(title, lines, output.columns)}`,
  };
}

/** Opens a terminal for clack. */
function open({ stdin, stdout, env, signal }: Terminal) {
  // clack would wait forever at the end of its input. On a terminal, Ctrl-D is that end.
  const ended = new AbortController();
  for (const event of ['end', 'close', 'error']) stdin.on(event, () => ended.abort());
  stdout.on('error', () => ended.abort());
  const { input, during } = openKeyboard(stdin);
  input.on('keypress', (_text, key: Key) => {
    if (key.ctrl && key.name === 'd') ended.abort();
  });
  const output = adapt(stdout, hasColor(stdout, env));
  return { input, output, during, signal: AbortSignal.any([signal, ended.signal]) };
}

/** clack's box, as a text. */
function drawBox(title: string, lines: readonly string[], columns: number | undefined): string {
  const parts: string[] = [];
  const output = { columns, write: (text: string) => parts.push(text) } as unknown as Writable;
  note(lines.join('\n'), title, { output, withGuide: false });
  return parts.join('');
}

type TextOptions = Readonly<{
  input: Readable;
  output: Screen;
  signal: AbortSignal;
  style: Style;
  message: string;
  offer: string;
}>;

/** Unlike clack's own text prompt, it wraps a long answer within the frame. */
function createTextPrompt({ style, message, offer, ...terminal }: TextOptions): TextPrompt {
  return new TextPrompt({
    ...terminal,
    defaultValue: offer,
    render() {
      const isOpen = !['submit', 'cancel'].includes(this.state);
      const bar = style(isOpen ? 'cyan' : 'gray', S_BAR);
      const placeholder = style('inverse', offer.slice(0, 1)) + style('dim', offer.slice(1));
      const answer = isOpen
        ? this.userInputWithCursor
        : style('dim', this.state === 'submit' ? (this.value ?? '') : this.userInput);
      return [
        style('gray', S_BAR),
        wrapTextWithPrefix(terminal.output, message, `${bar}  `, `${symbol(this.state)}  `),
        wrapTextWithPrefix(terminal.output, isOpen && !this.userInput ? placeholder : answer, `${bar}  `),
        ...(isOpen ? [style('cyan', S_BAR_END), ''] : []),
      ].join('\n');
    },
  });
}

/** Works around terminals that clack does not handle. */
function adapt(stdout: Screen, isColored: boolean): Screen {
  // A terminal of unknown size has 0 columns: prompts would wrap after every character.
  if (stdout.columns === 0) Object.assign(stdout, { columns: 80, rows: 24 });
  // In older versions of Node, styleText, which clack uses, does not know NO_COLOR.
  const write = stdout.write.bind(stdout);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes that set a colour begin with one.
  const uncolor = (text: string) => text.replace(/\x1b\[[\d;]*m/g, '');
  return isColored
    ? stdout
    : Object.assign(stdout, { write: (text: string, done?: () => void) => write(uncolor(text), done) });
}
