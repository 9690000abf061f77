// Exports parts of src/ for scripts: Node 20 cannot import TypeScript. Import this file only after the packages are
// installed.
import { buildSync } from 'esbuild';
import { root } from './command.mjs';

const { outputFiles } = buildSync({
  stdin: {
    contents: ['languages/index', 'templates/index', 'layers', 'render']
      .map((name) => `export * from './${name}.ts';`)
      .join('\n'),
    resolveDir: `${root}src`,
  },
  bundle: true,
  define: { 'import.meta.dirname': JSON.stringify(`${root}src`) },
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
const registry = await import(`data:text/javascript;base64,${code}`);

/** @type {typeof import('../src/languages/index.ts').languages} */
export const languages = registry.languages;
/** @type {typeof import('../src/templates/index.ts').templates} */
export const templates = registry.templates;
/** @type {typeof import('../src/layers.ts').readLayers} */
export const readLayers = registry.readLayers;
/** @type {typeof import('../src/render.ts').render} */
export const render = registry.render;
