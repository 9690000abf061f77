// Bundles src/ and its libraries into dist/, with the libraries' licences beside it. Modules that are only imported
// dynamically are in files of their own, which share what is in dist/bin.cjs. CommonJS starts faster than ES modules.
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { rolldown } from 'rolldown';
import { root } from './command.mjs';

/** What degit's authors have bundled into it. They are installed here for their licences. */
const inDegit = ['https-proxy-agent', 'tar', 'tiny-glob', 'yoctocolors'];

const bundle = await rolldown({
  cwd: root,
  input: 'src/bin.ts',
  platform: 'node',
  transform: { target: 'node20.13' },
  external: isDegitClient,
});
const { output } = await bundle.write({
  dir: 'dist',
  cleanDir: true,
  format: 'cjs',
  minify: true,
  comments: false,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
});
await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, await listLicenses(output));

/**
 * degit imports its own git client only where it is not replaced. src/remote/repository.ts does that, so this large file
 * stays out.
 *
 * @param {string} id
 * @param {string | undefined} importer
 */
function isDegitClient(id, importer) {
  return id.startsWith('./client-') && importer?.includes('/node_modules/degit/') === true;
}

/**
 * The name, version and licence text of every bundled package.
 *
 * @param {import('rolldown').RolldownOutput['output']} output
 */
async function listLicenses(output) {
  const modules = output.flatMap((file) => (file.type === 'chunk' ? Object.entries(file.modules) : []));
  const folders = modules
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id]) => id.replaceAll('\\', '/').match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1])
    .filter((folder) => folder !== undefined);
  const degit = inDegit.flatMap(listWithDependencies);
  const sections = [...new Set([...folders, ...degit])].sort().map(describeLicense);
  return (await Promise.all(sections)).join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * The folders of an installed package and of its dependencies, of which no version is installed twice.
 *
 * @param {string} name
 * @returns {string[]}
 */
function listWithDependencies(name) {
  const folder = `${root}node_modules/${name}`;
  const { dependencies = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  return [folder, ...Object.keys(dependencies).flatMap(listWithDependencies)];
}

/**
 * The name, version and licence text of the package in a folder.
 *
 * @param {string} folder
 */
async function describeLicense(folder) {
  const ours = (await readFile(`${root}LICENSE`, 'utf8')).trim();
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const files = await readdir(folder);
  // Some packages have the text at the end of their README.
  const file = files.find((entry) => /^licen[cs]e/i.test(entry)) ?? 'README.md';
  const content = (await readFile(`${folder}/${file}`, 'utf8')).replaceAll('\r\n', '\n').trim();
  const text = file === 'README.md' ? content.split(/^License\n-+\n\n/m)[1] : content;
  if (text === undefined) throw new Error(`${name} has no licence text`);
  return `${name} ${version} (${license})\n\n${text === ours ? 'The text is in ../LICENSE.' : text}\n`;
}
