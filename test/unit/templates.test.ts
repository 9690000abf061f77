import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLayers, readTree } from '../../src/layers.ts';
import { templates as registered } from '../../src/templates/index.ts';
import { generate, readText } from '../support/generate.ts';
import { listPairs } from '../support/pairs.ts';

const folder = join(import.meta.dirname, '../../templates');
const templates = [...readTree(folder)];

describe('templates', () => {
  it('are text with LF, and end with one', () => {
    expect(templates.length).toBeGreaterThan(10);
    const wrong = templates.filter(([, text]) => /[\r\uFFFD\0]/.test(text) || !/[^\n]\n$/.test(text));
    expect(wrong.map(([path]) => path)).toEqual([]);
    for (const [path, text] of templates) {
      expect(Buffer.from(text).equals(readFileSync(join(folder, path))), path).toBe(true);
    }
  });

  it('have no EJS but <%=, and that only in prose and lists', () => {
    const filled = templates.filter(([path]) => path.endsWith('.ejs'));
    expect(filled.length).toBeGreaterThan(0);
    expect(filled.filter(([, text]) => /<%(?!=)/.test(text)).map(([path]) => path)).toEqual([]);
    expect(
      filled.filter(([path]) => !/\.(md|json|ya?ml)\.ejs$|\/_parts\//.test(path)).map(([path]) => path),
    ).toEqual([]);
    const others = templates.filter(([path, text]) => !path.endsWith('.ejs') && text.includes('<%'));
    expect(others.map(([path]) => path)).toEqual([]);
  });

  it('have no folder that nothing uses', () => {
    const used = listPairs().flatMap(([, , pair]) =>
      readLayers(generate(pair).project).map(({ name }) => name),
    );
    const there = readdirSync(folder).flatMap((first) =>
      readdirSync(join(folder, first)).map((second) => `${first}/${second}`),
    );
    expect(there.toSorted()).toEqual([...new Set(used)].toSorted());
    // A misspelled layer has no folder.
    const named = listPairs().flatMap(([, , { template }]) => template.layers);
    const layers = new Set(there.map((name) => name.split('/')[1]));
    expect(named.filter((layer) => !layers.has(layer))).toEqual([]);
  });

  it('are run by the smoke tests', () => {
    for (const { id } of registered) {
      expect(existsSync(join(import.meta.dirname, '../smoke/templates', id, 'project.test.ts')), id).toBe(
        true,
      );
    }
  });

  it('have no unused part', () => {
    const names = templates.flatMap(([path]) => path.match(/\/_parts\/(.*?)(?:\.ejs)?$/)?.[1] ?? []);
    const inserted = templates.flatMap(([, text]) =>
      [...text.matchAll(/part\('([^']+)'/g)].map(([, name]) => name),
    );
    expect(names.filter((name) => !inserted.includes(name))).toEqual([]);
  });

  it('say nothing twice: no run of 8 lines occurs again', () => {
    const places = new Map<string, string[]>();
    for (const [path, text] of templates.filter(([path]) => !path.endsWith('/package-lock.json'))) {
      const lines = text.trimEnd().split('\n');
      for (let i = 0; i + 8 <= lines.length; i++) {
        const run = lines.slice(i, i + 8).join('\n');
        places.set(run, [...(places.get(run) ?? []), `${path}:${i + 1}`]);
      }
    }
    expect(places.size).toBeGreaterThan(1_000);
    expect([...places.values()].filter((repeated) => repeated.length > 1)).toEqual([]);
  });

  it('have no build output, and no .gitignore, which npm would exclude', () => {
    const built =
      /(^|\/)(target|node_modules|build|\.envoy|\.git|\.gitignore|\.npmrc|\.npmignore|\.DS_Store)(\/|$)/;
    expect(templates.map(([path]) => path).filter((path) => built.test(path))).toEqual([]);
  });

  describe.each(listPairs())('for %s, %s', (_language, _context, pair) => {
    const { project, tree } = generate({ directory: 'zebra', ...pair });

    it('compose without two layers providing the same file', () => {
      const paths = readLayers(project).flatMap(({ files }) => [...files.keys()]);
      const count = paths.filter((path) => !path.startsWith('_parts/')).length;
      const record = 1;
      expect(tree.size).toBe(count + record);
    });

    it('have the files that the data of the language names', () => {
      expect([...tree.keys()]).toEqual(expect.arrayContaining(Object.values(pair.language.files)));
    });

    it('have a README that fits on two screens', () => {
      const lines = readText(tree, 'README.md').split('\n');
      expect(lines.length).toBeGreaterThan(50);
      expect(lines.length).toBeLessThanOrEqual(91);
    });

    it('leave no placeholder behind', () => {
      const left = [...tree].filter(([path, text]) => /envoy[-_]filter[-_]name|<%/i.test(`${path}\n${text}`));
      expect(left.map(([path]) => path)).toEqual([]);
    });

    it('say where the project came from', () => {
      expect(JSON.parse(readText(tree, '.create-envoy-filter.json'))).toEqual({
        generator: { name: 'create-envoy-filter', version: '0.0.0' },
        answers: { name: 'zebra', language: pair.language.id, template: pair.template.id },
      });
    });
  });
});
