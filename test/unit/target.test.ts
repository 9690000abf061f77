import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findConflict } from '../../src/target.ts';
import { listAll, makeFolder } from '../folder.ts';

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
  it('has nothing against a directory that is not there, and makes none', () => {
    const folder = makeFolder();
    expect(findConflict('a/b/app', folder)).toBeUndefined();
    expect(listAll(folder)).toEqual([]);
  });

  it('has nothing against an empty directory, nor the current one', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'app'));
    expect(findConflict('app', folder)).toBeUndefined();
    expect(findConflict('.', join(folder, 'app'))).toBeUndefined();
  });

  it('counts a directory with nothing but a repository as empty', () => {
    const folder = makeFolder();
    makeFiles(folder, ['app/.git/HEAD', 'worktree/.git']);
    expect(findConflict('app', folder)).toBeUndefined();
    expect(findConflict('worktree', folder)).toBeUndefined();
  });

  it.each([
    [['src/lib.rs'], 'src'],
    [['.git/HEAD', '.gitignore'], '.gitignore'],
    [['c', 'a', 'b'], 'a, b, c'],
    [['c', 'a', 'b', 'd', 'e'], 'a, b, c and 2 more'],
  ])('lists what a directory with %j holds', (files, list) => {
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

  it('follows a link to a directory, and refuses one to nowhere', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'), 'junction');
    symlinkSync(join(folder, 'gone'), join(folder, 'broken'), 'junction');
    expect(findConflict('link', folder)).toBeUndefined();
    expect(findConflict('broken', folder)?.message).toContain('is not a directory');
  });
});
