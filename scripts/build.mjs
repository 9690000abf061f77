// Bundles src/ and its libraries into dist/, with the libraries' licences beside it. Modules that are only imported
// dynamically are in files of their own, which share what is in dist/bin.cjs. CommonJS starts faster than ES modules.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { rolldown } from 'rolldown';
import { root } from './command.mjs';

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
  const ours = (await readFile(`${root}LICENSE`, 'utf8')).trim();
  const sections = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    const text = (await readFile(`${folder}/${file}`, 'utf8')).replaceAll('\r\n', '\n').trim();
    return `${name} ${version} (${license})\n\n${text === ours ? 'The text is in ../LICENSE.' : text}\n`;
  });
  return (await Promise.all(sections)).join(`\n${'-'.repeat(80)}\n\n`);
}
