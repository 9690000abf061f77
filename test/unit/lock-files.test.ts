import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/layers.ts';

type Packages = Readonly<
  Record<string, { optionalDependencies?: Record<string, string>; resolved?: string } | undefined>
>;

const root = join(import.meta.dirname, '../..');
const inTemplates = [...readTree(join(root, 'templates')).keys()].filter((path) =>
  path.endsWith('/package-lock.json'),
);
const paths = ['package-lock.json', ...inTemplates.map((path) => `templates/${path}`)];

describe.each(paths)('%s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Packages };

  // `npm install` omits those that a registry lacks, and `npm ci` then fails on other systems.
  it('has the packages for every system', () => {
    const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry?.optionalDependencies ?? {}));
    expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });

  it('leaves open which registry the packages come from', () => {
    expect(Object.values(packages).filter((entry) => entry?.resolved !== undefined)).toEqual([]);
  });
});
