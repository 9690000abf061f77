// Composes the layers of a template into a project that editors and compilers understand:
//   npm run compose -- rust hello DIR
// Change files in DIR and run the same command again: it copies the changes back into the layers.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail, root } from './command.mjs';
import { compose, languages, readLayers, templates } from './registry.mjs';

const [languageId, templateId, directory, ...rest] = process.argv.slice(2);
const language = languages.find(({ id }) => id === languageId);
const template = templates.find(({ id }) => id === templateId);
if (language === undefined || template === undefined || directory === undefined || rest.length > 0) {
  const ids = [languages, templates].map((registry) => registry.map(({ id }) => id).join('|'));
  fail(`usage: npm run compose -- ${ids.join(' ')} DIR`);
}

const path = resolve(process.env.INIT_CWD ?? '.', directory);
const pair = { language, template };
const layers = readLayers(pair);
const files = layers.flatMap((layer) =>
  [...layer.files.keys()]
    .filter((source) => !source.startsWith('_parts/'))
    .flatMap((source) => composeAlone(layer.name, source)),
);

/**
 * Composes one file of a layer, with the parts of all layers.
 *
 * @param {string} layer
 * @param {string} source
 */
function composeAlone(layer, source) {
  const only = layers.map(({ name, files }) => ({
    name,
    files: new Map(
      [...files].filter(([file]) => file.startsWith('_parts/') || (name === layer && file === source)),
    ),
  }));
  return [...compose(pair, only)].map(([composed, { content }]) => ({
    source: join(root, 'templates', layer, source),
    composed: join(path, composed),
    rendered: content.toString(),
  }));
}

/** The files as last composed: shows what has changed since, in the project and in the layers. */
const baseFile = join(path, '.composed.json');

if (existsSync(path)) takeBack();
else writeComposed();

function writeComposed() {
  for (const { composed, rendered } of files) {
    mkdirSync(dirname(composed), { recursive: true });
    writeFileSync(composed, rendered);
  }
  const base = Object.fromEntries(files.map(({ composed, rendered }) => [composed, rendered]));
  writeFileSync(baseFile, JSON.stringify(base));
  console.log(
    `Wrote ${files.length} files to ${path}. Run the same command again to copy your changes back into the layers.`,
  );
}

function takeBack() {
  if (!existsSync(baseFile)) fail(`${path} exists, but this command did not create it`);
  /** @type {Record<string, string>} */
  const base = JSON.parse(readFileSync(baseFile, 'utf8'));
  for (const { source, composed, rendered } of files) {
    const text = existsSync(composed) ? readFileSync(composed, 'utf8') : undefined;
    if (text === base[composed] || text === rendered) continue;
    if (text === undefined) fail(`${composed} is missing; to remove the file, remove ${source}, too`);
    if (source.endsWith('.ejs')) fail(`${composed} is rendered from a template; change ${source} instead`);
    if (rendered !== base[composed]) fail(`${source} has changed, too; merge ${composed} into it by hand`);
    writeFileSync(source, text);
    base[composed] = text;
    console.log(`updated ${source}`);
  }
  writeFileSync(baseFile, JSON.stringify(base));
  console.log('The layers are up to date. Copy new files into their layer by hand.');
}
