import type { Env } from './args.ts';
import { createStyle, type Screen } from './style.ts';

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
