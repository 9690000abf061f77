import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/layers.ts';
import { defaults } from '../../src/project.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { generate } from '../support/generate.ts';
import { listPairs } from '../support/pairs.ts';
import { runTool } from '../support/tool.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));

describe('create-envoy-filter', () => {
  it.each(listPairs())(
    'writes a project in %s, %s, and tells what to do next',
    (_language, _context, pair) => {
      const [language, template] = [pair.language.id, pair.template.id];
      const folder = makeFolder();
      const args = ['my-filter', '--language', language, '--template', template];
      const { status, stdout, stderr } = runTool(args, { cwd: folder });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const tree = readTree(join(folder, 'my-filter'));
      expect(Object.fromEntries(tree)).toEqual(Object.fromEntries(generate(pair, version).tree));
      expect(stdout).toMatch(
        new RegExp(
          `^Created my-filter: an Envoy ${pair.template.context.label} in ${pair.language.label}, ${tree.size} files\\.\n`,
        ),
      );
      expect(stdout).toContain('\n  cd my-filter\n  make test');
      expect(stdout).toContain(`\n  ${pair.template.tries[0].command}\n`);
      expect(stdout).toMatch(
        new RegExp(
          `\n  npm create envoy-filter@${version} -- my-filter --language ${language} --template ${template}\n$`,
        ),
      );
      expect(listAll(folder).filter((path) => !path.startsWith('my-filter'))).toEqual([]);
    },
  );

  it('takes the defaults with --yes', () => {
    const folder = makeFolder();
    const { directory, language, template } = defaults;
    const { status, stdout } = runTool(['--yes'], { cwd: folder });
    expect(status).toBe(0);
    expect(stdout).toContain(`-- ${directory} --language ${language.id} --template ${template.id}\n`);
    const tree = readTree(join(folder, directory));
    expect(Object.fromEntries(tree)).toEqual(Object.fromEntries(generate(defaults, version).tree));
  });

  it('creates a nested directory', () => {
    const folder = makeFolder();
    expect(runTool(['a b/c/app', '--yes'], { cwd: folder })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('\n  cd "a b/c/app"\n'),
    });
    expect(readTree(join(folder, 'a b/c/app')).has('Makefile')).toBe(true);
  });

  it('fills the current directory, which may have a repository', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'my-filter/.git'), { recursive: true });
    writeFileSync(join(folder, 'my-filter/.git/HEAD'), 'ref: refs/heads/main\n');
    const { status, stdout } = runTool(['.', '--yes'], { cwd: join(folder, 'my-filter') });
    expect(status).toBe(0);
    expect(stdout).not.toContain('cd ');
    const tree = new Map(readTree(join(folder, 'my-filter')));
    expect(tree.get('.git/HEAD')).toBe('ref: refs/heads/main\n');
    tree.delete('.git/HEAD');
    expect(Object.fromEntries(tree)).toEqual(Object.fromEntries(generate({}, version).tree));
  });

  it('creates the project around what was there before, and says so', () => {
    const folder = makeFolder();
    const before = {
      '.gitignore': '# mine\n',
      '.vscode/settings.json': '{}',
      LICENSE: 'mine',
      'readme.md': '# mine\n',
    };
    mkdirSync(join(folder, 'my-filter/.vscode'), { recursive: true });
    for (const [path, text] of Object.entries(before)) writeFileSync(join(folder, 'my-filter', path), text);
    const { status, stdout } = runTool(['my-filter', '--yes'], { cwd: folder });
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(1, 4)).toEqual([
      'Left untouched: .gitignore, .vscode, LICENSE and readme.md.',
      'Before you commit, merge .gitignore.new and README.md.new into what was there.',
      '',
    ]);
    const {
      '.gitignore': ignored,
      'README.md': readme,
      ...others
    } = Object.fromEntries(generate({ ...defaults, directory: 'my-filter' }, version).tree);
    expect(Object.fromEntries(readTree(join(folder, 'my-filter')))).toEqual({
      ...others,
      ...before,
      '.gitignore.new': ignored,
      'README.md.new': readme,
    });
  });

  it('neither follows nor replaces links and folders in place of what was there before', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'my-filter/README.md'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'my-filter/.gitignore'), 'junction');
    symlinkSync(join(folder, 'gone'), join(folder, 'my-filter/.editorconfig'), 'junction');
    expect(runTool(['my-filter', '--yes'], { cwd: folder }).status).toBe(0);
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    expect(readdirSync(join(folder, 'my-filter/README.md'))).toEqual([]);
    expect(readlinkSync(join(folder, 'my-filter/.editorconfig'))).toMatch(/gone.?$/);
    expect(readdirSync(join(folder, 'my-filter'))).toEqual(
      expect.arrayContaining(['.editorconfig.new', '.gitignore.new', 'Makefile', 'README.md.new']),
    );
  });

  it('rejects a second run, and leaves the first project as it is', () => {
    const folder = makeFolder();
    runTool(['--yes'], { cwd: folder });
    const first = readTree(folder);
    expect(runTool(['--yes'], { cwd: folder })).toMatchObject({ status: 1, stdout: '' });
    expect(readTree(folder)).toEqual(first);
  });
});
