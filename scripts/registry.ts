// What scripts use of src/. They import registry.mjs, because Node 20 cannot import TypeScript.
export { languages } from '../src/languages/index.ts';
export { readLayers } from '../src/layers.ts';
export { render } from '../src/render.ts';
export { templates } from '../src/templates/index.ts';
