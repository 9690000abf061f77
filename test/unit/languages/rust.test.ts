import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languages } from '../../../src/languages/index.ts';
import { rust } from '../../../src/languages/rust.ts';
import { suggestName } from '../../../src/project.ts';
import { generate, readText } from '../../support/generate.ts';
import { expectReserved, readTestedVersion } from '../../support/languages.ts';

/** Cargo.lock of a project with this name. */
function readLock(directory = 'my-filter'): string {
  return readText(generate({ language: rust, directory }).tree, 'Cargo.lock');
}

function listPackages(lock: string): readonly string[] {
  return [...lock.matchAll(/^name = "(.*)"$/gm)].flatMap(([, name]) => name ?? []);
}

describe('Rust', () => {
  it('reserves keywords and the names of crates, which no other language does', () => {
    const names = 'test core std match async log proxy-wasm proc-macro serde-core'.split(' ');
    expectReserved(names, rust, languages);
  });

  it('reserves the name of every package in the shipped Cargo.lock', () => {
    const names = listPackages(readLock()).filter((name) => name !== 'my-filter');
    expect(names.length).toBeGreaterThan(5);
    const reserved = new Set(rust.reservedNames);
    expect(names.map((name) => name.replaceAll('-', '_')).filter((name) => !reserved.has(name))).toEqual([]);
  });

  it("keeps the packages of Cargo.lock complete and sorted, whatever the project's name", () => {
    const template = readLock('envoy-filter-name');
    const sort = (lock: string) => lock.split(/\n+/).toSorted();
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcxyz09-'), minLength: 1 }).map(suggestName),
        (name) => {
          const lock = readLock(name);
          const names = listPackages(lock);
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

  it('is tested with the version that README.md names', () => {
    const manifest = readText(generate({ language: rust }).tree, 'Cargo.toml');
    const [, minimum = ''] = manifest.match(/^rust-version = "(.*)"$/m) ?? [];
    expect(minimum).not.toBe('');
    expect(readTestedVersion('Rust')).toContain(minimum);
  });
});
