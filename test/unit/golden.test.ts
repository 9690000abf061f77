import { join } from 'node:path';
import { emptyDirSync, outputFileSync } from 'fs-extra/esm';
import { expect, it } from 'vitest';
import { compose, type Layer, type TextTree } from '../../src/composition.ts';
import { readLayers, readTree } from '../../src/layers.ts';
import { recordPath } from '../../src/record.ts';
import { render } from '../../src/render.ts';
import { generate, listTexts } from '../support/generate.ts';
import { listPairs, type Pair } from '../support/pairs.ts';

const folder = join(import.meta.dirname, '../golden');

it('generated projects are, byte for byte, those in test/golden', () => {
  const golden = renderAll();
  // As `vitest -u` does with snapshots. Read the diff before you commit it.
  if (expect.getState().snapshotState.snapshotUpdateState === 'all') writeTree(golden);
  expect(Object.fromEntries(readTree(folder))).toEqual(Object.fromEntries(golden));
});

/** A file of a project: its text, and where it may stand, the most general place first. */
type File = Readonly<{ places: readonly string[]; text: string }>;

/**
 * Every file of every project, once: below its layer if all projects with that layer get the same file, else below
 * what it depends on: the template, the language, or both. A change is thus one diff, not one per project.
 */
function renderAll(): TextTree {
  const files = listPairs().flatMap(([, , pair]) => renderByLayer(pair));
  const named = files.map(({ places, text }) => {
    const place = places.find((place) =>
      files.every((other) => other.text === text || !other.places.includes(place)),
    );
    return [place ?? expect.unreachable(), text] as const;
  });
  return new Map(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function renderByLayer(pair: Pair): readonly File[] {
  const { project } = generate(pair);
  const layers = readLayers(project);
  const renderLayer = (layer: Layer) => {
    const parts = listParts(layers.filter((other) => other !== layer));
    const texts = listTexts(render(project, compose(project, [layer, ...parts])));
    // The record is in no layer: it counts as a file of the first.
    return [...texts].filter(([path]) => path !== recordPath || layer === layers[0]);
  };
  return layers.flatMap((layer) =>
    renderLayer(layer).map(([path, text]) => ({
      places: [
        `${layer.name}/${path}`,
        `by-template/${pair.template.id}/${path}`,
        `by-language/${pair.language.id}/${path}`,
        `by-both/${pair.language.id}-${pair.template.id}/${path}`,
      ],
      text,
    })),
  );
}

/** The layers without the files that they write. */
function listParts(layers: readonly Layer[]): readonly Layer[] {
  return layers.map(({ name, files }) => ({
    name,
    files: new Map([...files].filter(([path]) => path.startsWith('_parts/'))),
  }));
}

function writeTree(tree: TextTree): void {
  emptyDirSync(folder);
  for (const [path, text] of tree) outputFileSync(join(folder, path), text);
}
