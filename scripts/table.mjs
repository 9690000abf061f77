// Tables in documents that scripts write.
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './command.mjs';

const end = '\n<!-- end -->';

/** Today's date as documents say it. */
export const today = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date());

/**
 * Replaces the table in README.md that a command writes.
 *
 * @param {string} command
 * @param {string} table
 */
export function writeTable(command, table) {
  const path = `${root}README.md`;
  const text = readFileSync(path, 'utf8');
  const begin = `<!-- The next lines are written by: ${command} -->\n`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`${path} has no place for the table of ${command}`);
  writeFileSync(path, `${text.slice(0, from)}\n${table}${text.slice(to)}`);
}
