import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Language, languages } from '../../src/languages/index.ts';
import { defaults, findNameProblem, resolveProject, suggestName } from '../../src/project.ts';

const cwd = resolve('/somewhere/shop');
const [reserved = ''] = defaults.language.reservedNames;

function problem(directory: string, candidates: readonly Language[] = languages): string | undefined {
  return findNameProblem(directory, cwd, candidates)?.message;
}

describe('resolveProject', () => {
  it.each([
    ['my-filter', join(cwd, 'my-filter'), 'my-filter'],
    ['filters/auth2/', join(cwd, 'filters/auth2'), 'auth2'],
    ['.', cwd, 'shop'],
    ['..', resolve('/somewhere'), 'somewhere'],
    ['./a/../b', join(cwd, 'b'), 'b'],
    [resolve('/srv/edge'), resolve('/srv/edge'), 'edge'],
  ])('takes the name of %s from its last part', (directory, path, name) => {
    const project = resolveProject({ ...defaults, directory }, cwd, '1.2.3');
    expect(project).toEqual({
      ...defaults,
      directory,
      path,
      name,
      snakeName: name.replaceAll('-', '_'),
      generatorVersion: '1.2.3',
    });
  });

  it('also has the name as an identifier', () => {
    const { snakeName } = resolveProject({ ...defaults, directory: 'a-b-c1' }, cwd, '1.2.3');
    expect(snakeName).toBe('a_b_c1');
  });

  it('rejects a name that is reserved in the chosen language', () => {
    const directory = reserved.replaceAll('_', '-');
    expect(() => resolveProject({ ...defaults, directory }, cwd, '1.2.3')).toThrow(
      `invalid name "${directory}": it is reserved in ${defaults.language.label}`,
    );
  });
});

describe('findNameProblem', () => {
  it.each(['a', 'a1', 'my-filter', 'x-1-y', 'a'.repeat(50)])('has nothing against %s', (name) => {
    expect(problem(name)).toBeUndefined();
  });

  it.each(['My App!', 'my_filter', '1st', '-a', 'a-', 'a--b', 'ünder', 'a.b', ' ', '@scope', 'a'.repeat(51)])(
    'refuses "%s" with the rule',
    (name) => {
      expect(problem(name)).toBe(
        `invalid name "${name}": a name is at most 50 lower-case letters, digits and single dashes, and begins with a letter`,
      );
    },
  );

  it('refuses an empty directory, which would be the current one', () => {
    expect(problem('')).toContain('invalid name ""');
  });

  it.each(['con', 'nul', 'aux', 'prn', 'com1', 'lpt9'])('refuses %s, a device on Windows', (name) => {
    expect(problem(name, [])).toBe(`invalid name "${name}": it is reserved on Windows`);
  });

  const constants = ['y', 'yes', 'n', 'no', 'on', 'off', 'true', 'false', 'null'];

  it.each(constants)('refuses %s, which Envoy does not read as text in its YAML', (name) => {
    expect(problem(name, [])).toBe(`invalid name "${name}": YAML reads it as a boolean or null`);
  });

  it('rejects exactly the names that YAML 1.1 does not read as text', () => {
    // Without digits: unlike Envoy, the library reads e1 as a number.
    const words = fc.constantFrom(...constants, 'e', 'inf', 'nan', 'o', 'x', 't', 'f', 'on-x');
    const letters = fc.string({ unit: fc.constantFrom(...'aefilnorstuxy-'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.oneof(words, letters), (name) => {
        const reason = problem(name, [])?.replace(/.*: /, '');
        if (reason?.startsWith('a name is at most')) return;
        const isText = typeof parse(name, { version: '1.1' }) === 'string';
        expect(reason === undefined, name).toBe(isText);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['My App!', 'my-app'],
    ['filters/MyFilter', 'filters/my-filter'],
    [reserved, `${reserved}-filter`],
    ['con', 'con-filter'],
    ['on', 'on-filter'],
    ['42', 'my-envoy-filter'],
  ])('suggests a valid name for %s in its hint', (directory, better) => {
    expect(findNameProblem(directory, cwd, languages)?.hint).toBe(`try npm create envoy-filter -- ${better}`);
  });
});

describe('suggestName', () => {
  it.each([
    ['Crème Brûlée', 'creme-brulee'],
    ['HTTPFilter2Go', 'httpfilter2-go'],
    ['__x__', 'x'],
    ['日本', 'my-envoy-filter'],
    ['x'.repeat(80), 'x'.repeat(43)],
  ])('makes %s into %s', (text, name) => {
    expect(suggestName(text)).toBe(name);
  });

  it('returns a name that is valid in every language, for any text', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ unit: fc.constantFrom(...'aZ9- _é'), maxLength: 80 }),
      fc
        .constantFrom(...languages.flatMap(({ reservedNames }) => reservedNames))
        .map((name) => name.replaceAll('_', '-')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(problem(suggestName(text))).toBeUndefined();
      }),
    );
  });

  it('keeps a valid name as it is', () => {
    expect(suggestName('my-filter')).toBe('my-filter');
  });
});
