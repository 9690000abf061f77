import { join } from 'node:path';
import { emptyDirSync, outputFileSync } from 'fs-extra/esm';
import { describe, expect, it } from 'vitest';
import { resolveProject } from '../../src/project.ts';
import { type FileTree, render } from '../../src/render.ts';
import { readLayers, readTree } from '../../src/templates.ts';
import { listPairs } from '../pairs.ts';

// `npm run golden` writes the trees anew; read the difference in git before you commit it.
const isUpdate = process.env.npm_lifecycle_event === 'golden';

function writeTree(folder: string, tree: FileTree): void {
  emptyDirSync(folder);
  for (const [path, text] of tree) outputFileSync(join(folder, path), text);
}

describe.each(listPairs())('a project in %s, %s', (_language, _context, { language, context }) => {
  it('is, byte for byte, the golden tree', () => {
    const project = resolveProject({ directory: 'my-filter', language, context }, '/somewhere', '0.0.0');
    const tree = render(project, readLayers(project));
    const golden = join(import.meta.dirname, '../golden', `${language.id}-${context.id}`);
    if (isUpdate) writeTree(golden, tree);
    expect(Object.fromEntries(readTree(golden))).toEqual(Object.fromEntries(tree));
  });
});
