import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Language } from '../../src/languages/index.ts';
import { findNameProblem } from '../../src/project.ts';

/** Fails unless this language, and no other one, refuses these names. */
export function expectReserved(
  names: readonly string[],
  language: Language,
  languages: readonly Language[],
): void {
  for (const name of names) {
    const reason = `invalid name "${name}": it is reserved in ${language.label}`;
    expect(findNameProblem(name, '/', [language])?.message).toBe(reason);
    const others = languages.filter((other) => other !== language);
    expect(findNameProblem(name, '/', others)).toBeUndefined();
  }
}

/** The versions in the row of README.md's table of what was tested. */
export function readTestedVersion(part: string): string {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const versions = readme.match(new RegExp(`^\\| ${part} +\\| (.*?) +\\|$`, 'm'))?.[1];
  if (versions === undefined) throw new Error(`README.md has no row for ${part}`);
  return versions;
}
