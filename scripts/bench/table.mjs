// The comparison as a table in README.md.
import { today } from '../table.mjs';
import { runQuietly } from './installation.mjs';

/** @param {readonly import('./comparison.mjs').ComparedTool[]} tools */
export function formatTable(tools) {
  const npm = runQuietly('npm', ['--version']).trim();
  return `| | packages | download | installed | \`--help\` | first use | generation |
| --- | --: | --: | --: | --: | --: | --: |
${tools.map(formatRow).join('\n')}

Measured on ${today} with Node.js ${process.versions.node} and npm ${npm}.
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
