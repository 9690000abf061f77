import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArgs } from '../../src/args.ts';
import { quotePath } from '../../src/command-line.ts';
import { languages } from '../../src/languages/index.ts';
import { nextSteps } from '../../src/next-steps.ts';
import { resolveProject, suggestName } from '../../src/project.ts';
import { templates } from '../../src/templates/index.ts';
import { generate } from '../support/generate.ts';

const cwd = resolve('/somewhere');

/** Reads a command line as a POSIX shell does. */
function split(line: string): readonly string[] {
  return execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

describe('the command that repeats a run', () => {
  const parents = fc.oneof(
    fc.string({
      unit: fc.constantFrom(...`aZ0 -_.,'"$\`!&;|*?~#()[]{}<>%=@:+é`),
      minLength: 1,
      maxLength: 12,
    }),
    fc.constantFrom('..', '.', '-x', '--yes', ' '),
  );
  const answers = fc.record({
    directory: fc
      .tuple(fc.array(parents, { maxLength: 2 }), fc.string().map(suggestName))
      .map(([folders, name]) => [...folders, name].join('/')),
    language: fc.constantFrom(...languages),
    template: fc.constantFrom(...templates),
  });

  it('results in the same answers and a byte-identical project in a shell', () => {
    fc.assert(
      fc.property(answers, (answers) => {
        const project = resolveProject(answers, cwd, '1.2.3');
        const line = nextSteps(project, 21).at(-1) ?? '';
        const [npm, create, spec, dashes, ...argv] = split(line);
        expect([npm, create, spec, dashes]).toEqual(['npm', 'create', 'envoy-filter@1.2.3', '--']);

        const command = parseArgs(argv, {});
        if (command.kind !== 'create') throw new Error(command.kind);
        const { directory, language, template } = command.flags;
        if (directory === undefined || language === undefined || template === undefined)
          throw new Error(line);
        const repeated = resolveProject({ directory, language, template }, cwd, '1.2.3');
        expect(repeated).toEqual({ ...project, directory: repeated.directory });
        expect([...generate(repeated).tree]).toEqual([...generate(project).tree]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('quotePath', () => {
  it('turns any text into one word of a shell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        fc.pre(!text.includes('\0'));
        expect(split(quotePath(text))).toEqual([text.startsWith('-') ? `./${text}` : text]);
      }),
      { numRuns: 100 },
    );
  });
});
