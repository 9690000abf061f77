// The table in README.md of the tests that every project has passed in every version of Envoy.
import { envoyVersions } from './envoys.mjs';
import { today, writeTable } from './table.mjs';

/** @typedef {{ fullName: string, status: string }} Test of the report that vitest's reporter `json` writes */

/**
 * Writes the table. Throws if a project has not passed in a version.
 *
 * @param {readonly { assertionResults: readonly Test[] }[]} files
 */
export async function writeProof(files) {
  const { languages, templates } = await import('./registry.mjs');
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  writeTable('ENVOYS=all npm test -- smoke', formatProof(tests, languages, templates));
}

/**
 * @param {readonly Test[]} tests
 * @param {readonly { label: string }[]} languages
 * @param {readonly { id: string }[]} templates
 */
export function formatProof(tests, languages, templates) {
  const rows = envoyVersions.flatMap((version) =>
    languages.map(({ label }) => {
      const counts = templates.map(({ id }) =>
        countPassed(tests, `a generated ${label} ${id} in Envoy ${version} `),
      );
      return [version, label, ...counts];
    }),
  );
  const head = ['Envoy', 'language', ...templates.map(({ id }) => id)];
  const line = ['---', '---', ...templates.map(() => '--:')];
  const table = [head, line, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  return `The numbers of tests that each filter passed on ${today}, with the same module in each version of Envoy:\n\n${table}`;
}

/**
 * @param {readonly Test[]} tests
 * @param {string} begin of their names
 */
function countPassed(tests, begin) {
  const chosen = tests.filter(({ fullName }) => fullName.startsWith(begin));
  const passed = chosen.filter(({ status }) => status === 'passed');
  if (passed.length > 0 && passed.length === chosen.length) return passed.length;
  throw new Error(`of the tests of ${begin.trim()}, ${passed.length} of ${chosen.length} passed`);
}
