// The comparison as a table in README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { runQuietly } from './installation.mjs';

const begin = '<!-- The next lines are written by: npm run bench -- --write -->\n';
const end = '<!-- end -->';

/** @param {readonly import('./comparison.mjs').ComparedTool[]} tools */
export function formatTable(tools) {
  const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date());
  const npm = runQuietly('npm', ['--version']).trim();
  return `| | packages | download | installed | \`--help\` | first use | generation |
| --- | --: | --: | --: | --: | --: | --: |
${tools.map(formatRow).join('\n')}

Measured on ${date} with Node.js ${process.versions.node} and npm ${npm}.
`;
}

/** @param {import('./comparison.mjs').ComparedTool} tool */
function formatRow({ name, version, tarballs, download, installed, help, firstUse, generations, times }) {
  const generated = times.map((time, index) =>
    times.length === 1 ? time.toFixed(2) : `${generations[index]?.label} ${time.toFixed(2)}`,
  );
  const cells = [
    `${name} ${version}`,
    tarballs.length,
    formatSize(download),
    formatSize(installed),
    help.toFixed(2),
    firstUse.toFixed(2),
    generated.join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {number} bytes */
function formatSize(bytes) {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
}

/**
 * Replaces the table in a document.
 *
 * @param {string} path
 * @param {string} table
 */
export function writeTable(path, table) {
  const [before, rest] = readFileSync(path, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${path} has no place for the table`);
  writeFileSync(path, `${before}${begin}\n${table}\n${end}${after}`);
}
