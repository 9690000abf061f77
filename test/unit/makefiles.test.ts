import { describe, expect, it } from 'vitest';
import { generate } from '../support/generate.ts';
import { listPairs } from '../support/pairs.ts';

/** What breaks with some systems' make, and the pattern of a line that has it. */
const traps: readonly (readonly [trap: string, pattern: RegExp])[] = [
  // make 3.81 (macOS) runs a recipe without shell metacharacters by itself, with the PATH it was started with.
  ['relies on an exported PATH', /\bPATH\b|^\s*export\s*$|\.EXPORT_ALL_VARIABLES/],
  // make before 4.3 does not know that `command` is a shell builtin, and uses a shell only for metacharacters.
  ['runs `command` without a shell', /\$\(shell command [^<>|&;]*?\)|^\t@?command [^<>|&;]*$/],
  ['needs a make newer than 3.81', /!=|::=|&:|\$\((file|guile|let|intcmp) |\.ONESHELL|^(undefine|private) /],
  ['needs a make newer than 3.81', /\.SHELLFLAGS|\.RECIPEPREFIX|^define .*=/],
];

/** Variables that make sets, and those that a project takes from the environment on purpose. */
const known = [
  'CURDIR',
  'MAKE',
  'MAKE_COMMAND',
  'MAKECMDGOALS',
  'MAKEFILE_LIST',
  'ENVOY',
  'NODE_OPTIONS',
  'ORAS',
];

/** The variables that makefiles would take from the environment, where others may have set them. */
function findInherited(text: string): readonly string[] {
  const set = [...text.matchAll(/^([A-Z_]+) :?=/gm)].map(([, name]) => name);
  const used = [...text.matchAll(/\$\(([A-Z_]+)\)/g)].map(([, name]) => name);
  return [...new Set(used)].flatMap((name) => (name && ![...set, ...known].includes(name) ? [name] : []));
}

/** The lines of a makefile that match a trap, each with its problem. Comments do not count. */
function findTraps(text: string): readonly string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const code = lines.filter((line) => !/^\s*#/.test(line));
  return code.flatMap((line) =>
    traps.flatMap(([trap, pattern]) => (pattern.test(line) ? [`${trap}: ${line}`] : [])),
  );
}

describe('make files', () => {
  it.each(listPairs())('run with the make of every system: %s, %s', (_language, _context, pair) => {
    const files = [...generate(pair).tree].filter(([path]) => /(^Makefile|\.mk)$/.test(path));
    expect(files.map(([path]) => path).toSorted()).toEqual(['Makefile', 'make/envoy.mk', 'make/ship.mk']);
    expect(files.flatMap(([, text]) => findTraps(text))).toEqual([]);
    expect(findInherited(files.map(([, text]) => text).join('\n'))).toEqual([]);
  });

  it.each(['build: $(IMAGE)', 'IMAGE ?= mine\nbuild: $(IMAGE)'])(
    'would take IMAGE from outside with `%s`',
    (text) => {
      expect(findInherited(text)).toEqual(['IMAGE']);
    },
  );

  it.each([
    'export PATH := node_modules/.bin:$(PATH)',
    'PATH := node_modules/.bin:$(PATH)',
    '\tPATH=node_modules/.bin:$$PATH asc',
    'export',
    'ENVOY := $(shell command -v envoy)',
    '\t@command -v envoy',
    'define need =',
    'FILES != ls',
  ])('would fail with `%s`', (line) => {
    expect(findTraps(`a: b\n${line}\n`)).toHaveLength(1);
  });
});
