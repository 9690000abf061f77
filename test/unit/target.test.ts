import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findConflict, listKept, setAside } from '../../src/target.ts';
import { listAll, makeFolder } from '../support/folder.ts';

/** A directory without write permission. There is none for root. */
const locked = vi.hoisted(() => ({ path: '' }));

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  const accessSync = (path: string, mode: number) => {
    if (path === locked.path) throw new Error('EACCES');
    original.accessSync(path, mode);
  };
  return { ...original, accessSync };
});

function makeFiles(folder: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
}

describe('findConflict', () => {
  it('accepts a directory that does not exist, and does not create it', () => {
    const folder = makeFolder();
    expect(findConflict('a/b/app', folder)).toBeUndefined();
    expect(listAll(folder)).toEqual([]);
  });

  it('accepts an empty directory, and the current one if empty', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'app'));
    expect(findConflict('app', folder)).toBeUndefined();
    expect(findConflict('.', join(folder, 'app'))).toBeUndefined();
  });

  it('accepts a directory with only a repository', () => {
    const folder = makeFolder();
    makeFiles(folder, ['app/.git/HEAD', 'worktree/.git']);
    expect(findConflict('app', folder)).toBeUndefined();
    expect(findConflict('worktree', folder)).toBeUndefined();
  });

  it.each([
    [['src/lib.rs'], 'src'],
    [['.git/HEAD', '.DS_Store', 'README.md', '.vscode/settings.json', 'Makefile'], 'Makefile'],
    [['.github/CODEOWNERS'], '.github'],
    [['README.md.new'], 'README.md.new'],
    [['c', 'a', 'b'], 'a, b, c'],
    [['c', 'a', 'b', 'd', 'e'], 'a, b, c and 2 more'],
  ])('lists the entries of a directory with %j', (files, list) => {
    const folder = makeFolder();
    makeFiles(join(folder, 'app'), files);
    expect(findConflict('app', folder)).toMatchObject({
      message: `cannot create "app": it is not empty: it contains ${list}`,
      hint: 'existing files are never overwritten; name a new directory, for example: npm create envoy-filter -- app-2',
      exitCode: 1,
    });
  });

  it.each(['app', 'app/deep/filter'])('refuses %s where a file is in the way', (directory) => {
    const folder = makeFolder();
    makeFiles(folder, ['app']);
    expect(findConflict(directory, folder)?.message).toBe(
      `cannot create "${directory}": "${join(folder, 'app')}" is not a directory`,
    );
  });

  it.each(['.', 'app', 'deep/er/app'])('refuses %s where nobody may write', (directory) => {
    const folder = makeFolder();
    locked.path = folder;
    expect(findConflict(directory, folder)?.message).toBe(
      `cannot create "${directory}": "${folder}" is not writable`,
    );
  });

  it('follows a link to a directory, and rejects a broken link', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'), 'junction');
    symlinkSync(join(folder, 'gone'), join(folder, 'broken'), 'junction');
    expect(findConflict('link', folder)).toBeUndefined();
    expect(findConflict('broken', folder)?.message).toContain('is not a directory');
  });
});

describe('what is there before a project', () => {
  const usual = [
    '.devcontainer/devcontainer.json',
    '.editorconfig',
    '.gitattributes',
    '.gitignore',
    '.idea/workspace.xml',
    '.vscode/settings.json',
    '.zed/settings.json',
    'LICENSE',
    'LICENSE.md',
    'LICENSE.txt',
    'README.md',
  ];

  it('is kept, and no conflict', () => {
    const folder = makeFolder();
    makeFiles(folder, usual);
    expect(findConflict('.', folder)).toBeUndefined();
    expect(listKept(folder)).toEqual(usual.map((path) => path.split('/')[0]));
  });

  it('may be written in any case, which some file systems ignore', () => {
    const folder = makeFolder();
    makeFiles(folder, ['Readme.MD', 'license']);
    expect(findConflict('.', folder)).toBeUndefined();
    expect(listKept(folder)).toEqual(['Readme.MD', 'license']);
  });

  it('may be a folder, or a link to anything or nothing', () => {
    const folder = makeFolder();
    makeFiles(folder, ['README.md/x']);
    symlinkSync(join(folder, 'README.md'), join(folder, '.vscode'), 'junction');
    symlinkSync(join(folder, 'gone'), join(folder, '.gitignore'), 'junction');
    expect(findConflict('.', folder)).toBeUndefined();
    expect(listKept(folder)).toEqual(['.gitignore', '.vscode', 'README.md']);
  });

  it('does not include a repository or what file managers leave, which are not mentioned', () => {
    const folder = makeFolder();
    makeFiles(folder, ['.git/HEAD', '.DS_Store', 'Thumbs.db', 'desktop.ini']);
    expect(findConflict('.', folder)).toBeUndefined();
    expect(listKept(folder)).toEqual([]);
    expect(listKept(join(folder, 'new'))).toEqual([]);
  });
});

describe('setAside', () => {
  const files = new Map(
    ['.gitignore', '.vscode/settings.json', 'README.md', 'docs/README.md'].map((path) => [path, path]),
  );

  it('gives another name to files that are there, in whatever case, and to no others', () => {
    const { tree, renamed } = setAside(files, ['.vscode', 'LICENSE', 'readme.MD']);
    expect(Object.fromEntries(tree)).toEqual({
      '.gitignore': '.gitignore',
      '.vscode.new/settings.json': '.vscode/settings.json',
      'README.md.new': 'README.md',
      'docs/README.md': 'docs/README.md',
    });
    expect(renamed).toEqual(['.vscode.new', 'README.md.new']);
  });

  it('takes no name that a file of the template has', () => {
    const template = new Map(['README.md', 'readme.md.new'].map((path) => [path, path]));
    expect(Object.fromEntries(setAside(template, ['README.md']).tree)).toEqual({
      'README.md.new.new': 'README.md',
      'readme.md.new': 'readme.md.new',
    });
  });

  it('changes nothing where nothing is kept', () => {
    expect(setAside(files, [])).toEqual({ tree: files, renamed: [] });
  });
});
