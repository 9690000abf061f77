// Bundles src/ and its libraries into dist/bin.cjs, with the libraries' licences beside it.
// CommonJS starts faster than ES modules. Dynamic imports still run only when they are reached.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

await rm(`${root}dist`, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/bin.ts'],
  outfile: 'dist/bin.cjs',
  bundle: true,
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname' },
  platform: 'node',
  target: 'node20.12',
  metafile: true,
  logLevel: 'warning',
});
await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, await listLicenses(metafile));

/**
 * The name, version and licence text of every bundled package.
 *
 * @param {import('esbuild').Metafile} metafile
 */
async function listLicenses({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1])
    .filter((folder) => folder !== undefined);
  const ours = (await readFile(`${root}LICENSE`, 'utf8')).trim();
  const sections = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(`${root}${folder}/package.json`, 'utf8'));
    const file = (await readdir(`${root}${folder}`)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    const text = (await readFile(`${root}${folder}/${file}`, 'utf8')).replaceAll('\r\n', '\n').trim();
    return `${name} ${version} (${license})\n\n${text === ours ? 'The text is in ../LICENSE.' : text}\n`;
  });
  return (await Promise.all(sections)).join(`\n${'-'.repeat(80)}\n\n`);
}
