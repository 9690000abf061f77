import { describe, expect, it } from 'vitest';
import { assemblyscript } from '../../../src/languages/assemblyscript.ts';
import { languages } from '../../../src/languages/index.ts';
import { generate, readText } from '../../support/generate.ts';
import { expectReserved, readTestedVersion } from '../../support/languages.ts';

const { dependencies, devDependencies } = JSON.parse(
  readText(generate({ language: assemblyscript }).tree, 'package.json'),
);

describe('AssemblyScript', () => {
  it('reserves names that npm cannot install, which no other language does', () => {
    expectReserved(['assemblyscript', 'node-modules'], assemblyscript, languages);
  });

  it('reserves the name of every package in its package.json', () => {
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !name.startsWith('@'),
    );
    expect(names).toContain('assemblyscript');
    const reserved = new Set(assemblyscript.reservedNames);
    expect(names.filter((name) => !reserved.has(name.replaceAll('-', '_')))).toEqual([]);
  });

  it('is tested with the version that README.md names', () => {
    expect(readTestedVersion('AssemblyScript')).toBe(devDependencies.assemblyscript);
  });
});
