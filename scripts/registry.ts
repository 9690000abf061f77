// What scripts use of src/. They import registry.mjs, because Node 20 cannot import TypeScript.
export { compose } from '../src/composition.ts';
export { languages } from '../src/languages/index.ts';
export { readLayers } from '../src/layers.ts';
export { templates } from '../src/templates/index.ts';
