import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCommand, quotePath } from '../../src/command-line.ts';
import { nextSteps } from '../../src/next-steps.ts';
import { defaults, resolveProject } from '../../src/project.ts';

const cwd = resolve('/somewhere');
const { language, template } = defaults;

function stepsFor(directory: string): readonly string[] {
  return nextSteps(resolveProject({ ...defaults, directory }, cwd, '1.2.3'), 21);
}

describe('nextSteps', () => {
  it('prints what was created, what to do next, and how to repeat it', () => {
    expect(
      stepsFor('filters/my-filter').join('\n'),
    ).toBe(`Created my-filter: an Envoy ${template.context.label} in ${language.label}, 21 files.

Next:
  cd filters/my-filter
  make test      # unit tests, then the filter inside a real Envoy
  make deploy    # runs it in Envoy; meanwhile, in another terminal:
  ${template.tries[0].command}

The same again, without questions:
  npm create envoy-filter@1.2.3 -- filters/my-filter --language ${language.id} --template ${template.id}`);
  });

  it('names what was there before, and what to merge', () => {
    const project = resolveProject(defaults, cwd, '1.2.3');
    const describe = (kept: string[], renamed: string[]) =>
      nextSteps(project, 21, { kept, renamed }).join('\n').split('\n\nNext:')[0]?.split('\n').slice(1);
    expect(describe([], [])).toEqual([]);
    expect(describe(['LICENSE'], [])).toEqual(['Left untouched: LICENSE.']);
    expect(describe(['.gitignore', 'LICENSE', 'README.md'], ['.gitignore.new', 'README.md.new'])).toEqual([
      'Left untouched: .gitignore, LICENSE and README.md.',
      'Before you commit, merge .gitignore.new and README.md.new into what was there.',
    ]);
  });

  it('says where a remote template comes from, and pins its commit in the command that repeats the run', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const source = `acme/templates/auth#${commit}`;
    const remote = { directory: 'my-filter', source: 'acme/templates/auth#main', pin: { commit, source } };
    expect(
      nextSteps(resolveProject(remote, cwd, '1.2.3'), 21).join('\n'),
    ).toBe(`Created my-filter: from the template "acme/templates/auth#main", 21 files.

Next:
  cd my-filter
  make           # the first target of its Makefile

The same again, without questions:
  npm create envoy-filter@1.2.3 -- my-filter --template "acme/templates/auth#${commit}"

The template is "acme/templates/auth#main" at commit ${commit}.
\`make\` runs what its authors wrote: read it first if you do not trust them.`);
  });

  it.each([
    ['acme/auth#main', true],
    [`acme/auth#${'a'.repeat(40)}`, false],
    [`acme/auth#${'A'.repeat(40)}`, false],
  ])('names the commit of %s unless the source does: %s', (source, named) => {
    const commit = 'a'.repeat(40);
    const remote = { directory: 'my-filter', source, pin: { commit, source: `acme/auth#${commit}` } };
    expect(nextSteps(resolveProject(remote, cwd, '1.2.3'), 21).at(-2)).toBe(
      `The template is "${source}"${named ? ` at commit ${commit}` : ''}.`,
    );
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

describe('formatCommand', () => {
  it('omits unknown arguments and an unknown version', () => {
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
  ])('quotes %s as %s', (text, word) => {
    expect(quotePath(text)).toBe(word);
  });
});
