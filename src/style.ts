import { styleText } from 'node:util';
import type { Env } from './args.ts';

/** Colours a text for one stream, or returns it as it is. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** A stream that may be a terminal. */
export type Screen = Readonly<{
  isTTY?: boolean;
  columns?: number;
  getColorDepth?: (env: Env) => number;
}>;

/** Whether to colour what a stream shows. As in Node, FORCE_COLOR overrides everything, and NO_COLOR the terminal. */
export function hasColor({ isTTY, getColorDepth }: Screen, env: Env): boolean {
  if (env.FORCE_COLOR !== undefined) return ['', '1', '2', '3', 'true'].includes(env.FORCE_COLOR);
  return isTTY === true && (getColorDepth?.(env) ?? 1) > 2;
}

/** The style that colours nothing. */
export const plain: Style = (_format, text) => text;

export function createStyle(screen: Screen, env: Env): Style {
  if (!hasColor(screen, env)) return plain;
  // The decision is made: some versions of Node would make another one.
  return (format, text) => styleText(format, text, { validateStream: false });
}

/** Fits lines to the width of a terminal, and colours the commands in them. Commands are never broken. */
export function layOut(lines: readonly string[], screen: Screen, env: Env): readonly string[] {
  const width = screen.isTTY && screen.columns ? screen.columns : Number.POSITIVE_INFINITY;
  const style = createStyle(screen, env);
  return lines.flatMap((line) => {
    const [, command, comment] = /^( {2}make(?: \w+)? +)# (.*)$/.exec(line) ?? [];
    if (command !== undefined && comment !== undefined) {
      const indent = ' '.repeat(command.length);
      return wrap(comment, width - indent.length - 2).map(
        (part, index) => (index === 0 ? style('cyan', command) : indent) + style('dim', `# ${part}`),
      );
    }
    return line.startsWith(' ') ? style('cyan', line) : wrap(line, width);
  });
}

/** Breaks a text between words. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
