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
  });

  it('sorts nothing but Cargo.lock', () => {
    const lock = '[[package]]\nname = "b"\n\n[[package]]\nname = "a"\n';
    const sorted = '[[package]]\nname = "a"\n\n[[package]]\nname = "b"\n';
    expect(rust.afterRename('filters/auth/Cargo.lock', lock)).toBe(sorted);
    expect(rust.afterRename('Cargo.lock', lock.trimEnd())).toBe(sorted);
    expect(rust.afterRename('other.lock', lock)).toBe(lock);
    expect(rust.afterRename('not-Cargo.lock', lock)).toBe(lock);
  });

  it.each(['\n', '\r\n'])('sorts dependencies by name, and nothing after the packages (%j)', (end) => {
    const lock = (dependencies: readonly string[], ...packages: readonly string[]) =>
      [
        'version = 3',
        '',
        ...['[[package]]', 'name = "app"', 'version = "0.1.0"'],
        ...['dependencies = [', ...dependencies.map((name) => ` "${name}",`), ']', ''],
        ...packages.flatMap((name) => ['[[package]]', `name = "${name}"`, 'version = "0.1.0"', '']),
        ...['[metadata]', '"checksum a 1" = "x"', ''],
      ].join(end);
    const before = lock(
      ['my', 'log 0.3.9', 'log 0.10.0', 'my-filter-core'],
      'log',
      'my',
      'my-filter-core',
      'base',
    );
    const after = lock(
      ['log 0.3.9', 'log 0.10.0', 'my', 'my-filter-core'],
      'base',
      'log',
      'my',
      'my-filter-core',
    );
    expect(rust.afterRename('Cargo.lock', before)).toBe(after);
    expect(rust.afterRename('Cargo.lock', after)).toBe(after);
  });

  it('is tested with the version that README.md names', () => {
    const manifest = readText(generate({ language: rust }).tree, 'Cargo.toml');
    const [, minimum = ''] = manifest.match(/^rust-version = "(.*)"$/m) ?? [];
    expect(minimum).not.toBe('');
    expect(readTestedVersion('Rust')).toContain(minimum);
  });
});
