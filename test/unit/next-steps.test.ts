import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArgs } from '../../src/args.ts';
import { formatCommand, quotePath } from '../../src/command-line.ts';
import { contexts } from '../../src/contexts.ts';
import { languages } from '../../src/languages/index.ts';
import { nextSteps } from '../../src/next-steps.ts';
import { defaults, resolveProject, suggestName } from '../../src/project.ts';
import { render } from '../../src/render.ts';
import { readLayers } from '../../src/templates.ts';

const cwd = resolve('/somewhere');

function stepsFor(directory: string): readonly string[] {
  return nextSteps(resolveProject({ ...defaults, directory }, cwd, '1.2.3'), 21);
}

/** Reads a command line as a POSIX shell does. */
function split(line: string): readonly string[] {
  return execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

describe('nextSteps', () => {
  it('tells what was made, what to type next, and how to repeat it', () => {
    expect(
      stepsFor('filters/my-filter').join('\n'),
    ).toBe(`Created my-filter: an Envoy HTTP filter in Rust, 21 files.

Next:
  cd filters/my-filter
  make test      # unit tests, then the filter inside a real Envoy
  make deploy    # runs it in Envoy; meanwhile, in another terminal:
  curl localhost:8080/headers

The same again, without questions:
  npm create envoy-filter@1.2.3 -- filters/my-filter --language rust --context http`);
  });

  it.each(['.', './'])('leaves out the cd when the project is %s', (directory) => {
    expect(stepsFor(directory).filter((line) => line.includes('cd '))).toEqual([]);
  });

  it('quotes a path for the shell', () => {
    const steps = stepsFor("it's here/my-filter");
    expect(steps).toContain(`  cd 'it'\\''s here/my-filter'`);
    expect(steps.at(-1)).toContain(`-- 'it'\\''s here/my-filter' --language`);
  });
});

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
    context: fc.constantFrom(...contexts),
  });

  it('gives the same answers and a byte-identical project when a shell reads it', () => {
    fc.assert(
      fc.property(answers, (answers) => {
        const project = resolveProject(answers, cwd, '1.2.3');
        const line = nextSteps(project, 21).at(-1) ?? '';
        const [npm, create, spec, dashes, ...argv] = split(line);
        expect([npm, create, spec, dashes]).toEqual(['npm', 'create', 'envoy-filter@1.2.3', '--']);

        const command = parseArgs(argv, {});
        if (command.kind !== 'create') throw new Error(command.kind);
        const { directory, language, context } = command.flags;
        if (directory === undefined || language === undefined || context === undefined) throw new Error(line);
        const repeated = resolveProject({ directory, language, context }, cwd, '1.2.3');
        expect(repeated).toEqual({ ...project, directory: repeated.directory });
        expect([...render(repeated, readLayers(repeated))]).toEqual([
          ...render(project, readLayers(project)),
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out what is open, and the version where any will do', () => {
    expect(formatCommand({})).toBe('npm create envoy-filter --');
    expect(formatCommand({ directory: 'app' }, '1.0.0')).toBe('npm create envoy-filter@1.0.0 -- app');
  });
});

describe('quotePath', () => {
  it('keeps a path that begins with a dash from being an option', () => {
    expect(quotePath('-x/app')).toBe('./-x/app');
    expect(stepsFor('-x/app')).toContain('  cd ./-x/app');
  });

  it.each([
    ['app', 'app'],
    ['../a_b/C.d', '../a_b/C.d'],
    ['my app', '"my app"'],
    ['50% off', `'50% off'`],
    ['$HOME', `'$HOME'`],
    ['', `''`],
  ])('makes %s one word of a shell: %s', (text, word) => {
    expect(quotePath(text)).toBe(word);
    expect(split(word)).toEqual([text]);
  });
});
