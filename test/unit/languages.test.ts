import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Language, languages } from '../../src/languages/index.ts';
import { rust } from '../../src/languages/rust.ts';
import { readLayers } from '../../src/layers.ts';
import { defaults, type FilterProject, resolveProject, suggestName } from '../../src/project.ts';
import { type FileTree, render } from '../../src/render.ts';
import { listPairs } from '../support/pairs.ts';

function generate(language: Language, directory = 'my-filter'): { project: FilterProject; tree: FileTree } {
  const project = resolveProject({ ...defaults, language, directory }, '/somewhere', '1.2.3');
  return { project, tree: render(project, readLayers(project)) };
}

function textOf(tree: FileTree, path: string): string {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}

function lockedNames(cargoLock: string): readonly string[] {
  return [...cargoLock.matchAll(/^name = "(.*)"$/gm)].flatMap(([, name]) => name ?? []);
}

describe('every language', () => {
  it.each(listPairs())('has the files that its data names: %s, %s', (_language, _context, pair) => {
    const project = resolveProject({ ...pair, directory: 'my-filter' }, '/somewhere', '1.2.3');
    const tree = render(project, readLayers(project));
    expect([...tree.keys()]).toEqual(expect.arrayContaining(Object.values(pair.language.files)));
  });
});

describe('Rust', () => {
  it('reserves the name of every package in the shipped Cargo.lock', () => {
    const { tree, project } = generate(rust);
    const names = lockedNames(textOf(tree, 'Cargo.lock')).filter((name) => name !== project.name);
    expect(names.length).toBeGreaterThan(5);
    const reserved = new Set(rust.reservedNames);
    expect(names.map((name) => name.replaceAll('-', '_')).filter((name) => !reserved.has(name))).toEqual([]);
  });

  it("keeps the packages of Cargo.lock complete and sorted, whatever the project's name", () => {
    const template = textOf(generate(rust, 'envoy-filter-name').tree, 'Cargo.lock');
    const sort = (lock: string) => lock.split(/\n+/).toSorted();
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcxyz09-'), minLength: 1 }).map(suggestName),
        (name) => {
          const lock = textOf(generate(rust, name).tree, 'Cargo.lock');
          const names = lockedNames(lock);
          expect(names).toContain(name);
          expect(names).toEqual(names.toSorted());
          expect(sort(lock)).toEqual(sort(template.replaceAll('envoy-filter-name', name)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps the order of several versions of a package', () => {
    const block = (name: string, version: string) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\n`;
    const [a9, a10, b] = [block('a', '0.9.0'), block('a', '0.10.0'), block('b', '1.0.0')];
    expect(rust.afterRename('Cargo.lock', ['version = 4\n', b, a9, a10].join('\n'))).toBe(
      ['version = 4\n', a9, a10, b].join('\n'),
    );
    expect(rust.afterRename('other.lock', b)).toBe(b);
  });
});

describe('AssemblyScript', () => {
  it('reserves the name of every package in its package.json', () => {
    const language = languages.find(({ id }) => id === 'assemblyscript');
    if (language === undefined) throw new Error('there is no AssemblyScript');
    const { dependencies, devDependencies } = JSON.parse(textOf(generate(language).tree, 'package.json'));
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !name.startsWith('@'),
    );
    expect(names).toContain('assemblyscript');
    expect(names.filter((name) => !language.reservedNames.includes(name.replaceAll('-', '_')))).toEqual([]);
  });
});
