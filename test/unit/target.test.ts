import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findConflict } from '../../src/target.ts';
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
    [['.git/HEAD', '.gitignore'], '.gitignore'],
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
