// Puts the layers of a template together as a project under the placeholder's name, for an editor and its compiler:
//   npm run compose -- rust hello DIR
// The same command again, once you have changed files in DIR, takes the changes back into the layers.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail, root } from './command.mjs';
import { languages, readLayers, render, templates } from './registry.mjs';

const [languageId, templateId, directory, ...rest] = process.argv.slice(2);
const language = languages.find(({ id }) => id === languageId);
const template = templates.find(({ id }) => id === templateId);
if (language === undefined || template === undefined || directory === undefined || rest.length > 0) {
  const ids = [languages, templates].map((registry) => registry.map(({ id }) => id).join('|'));
  fail(`usage: npm run compose -- ${ids.join(' ')} DIR`);
}

const path = resolve(process.env.INIT_CWD ?? '.', directory);
const project = {
  directory,
  path,
  language,
  template,
  name: 'envoy-filter-name',
  snakeName: 'envoy_filter_name',
  generatorVersion: '0.0.0',
};
const layers = readLayers(project);
const files = layers.flatMap((layer) =>
  [...layer.files.keys()]
    .filter((source) => !source.startsWith('_parts/'))
    .flatMap((source) => renderAlone(layer.name, source)),
);

/**
 * Renders one file of a layer, with the parts of all.
 *
 * @param {string} layer
 * @param {string} source
 */
function renderAlone(layer, source) {
  const only = layers.map(({ name, files }) => ({
    name,
    files: new Map(
      [...files].filter(([file]) => file.startsWith('_parts/') || (name === layer && file === source)),
    ),
  }));
  return [...render(project, only)].map(([composed, rendered]) => ({
    source: join(root, 'templates', layer, source),
    composed: join(path, composed),
    rendered,
  }));
}

/** What was composed, to tell what has changed since: in the project, and in the layers. */
const baseFile = join(path, '.composed.json');

if (existsSync(path)) takeBack();
else compose();

function compose() {
  for (const { composed, rendered } of files) {
    mkdirSync(dirname(composed), { recursive: true });
    writeFileSync(composed, rendered);
  }
  const base = Object.fromEntries(files.map(({ composed, rendered }) => [composed, rendered]));
  writeFileSync(baseFile, JSON.stringify(base));
  console.log(`${path} has the ${files.length} files. Run the same command again to take changes back.`);
}

function takeBack() {
  if (!existsSync(baseFile)) fail(`${path} exists, and was not composed by this command`);
  /** @type {Record<string, string>} */
  const base = JSON.parse(readFileSync(baseFile, 'utf8'));
  for (const { source, composed, rendered } of files) {
    const text = existsSync(composed) ? readFileSync(composed, 'utf8') : undefined;
    if (text === base[composed] || text === rendered) continue;
    if (text === undefined) fail(`${composed} is missing; remove it from its layer, too: ${source}`);
    if (source.endsWith('.ejs')) fail(`${composed} is rendered; change ${source} instead`);
    if (rendered !== base[composed]) fail(`${source} has changed, too; merge ${composed} into it`);
    writeFileSync(source, text);
    base[composed] = text;
    console.log(`took back ${source}`);
  }
  writeFileSync(baseFile, JSON.stringify(base));
  console.log('The layers have every change. New files you copy into the layer that they belong to.');
}
