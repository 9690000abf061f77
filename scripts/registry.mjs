// Bundles registry.ts and exports the same. Import this file only after the packages are installed.
import { rolldown } from 'rolldown';
import { root } from './command.mjs';

const bundle = await rolldown({
  input: `${root}scripts/registry.ts`,
  platform: 'node',
  transform: { define: { 'import.meta.dirname': JSON.stringify(`${root}src`) } },
});
const { output } = await bundle.generate();
const code = Buffer.from(output[0].code).toString('base64');

/** @type {typeof import('./registry.ts')} */
const registry = await import(`data:text/javascript;base64,${code}`);
export const { compose, languages, readLayers, templates } = registry;
