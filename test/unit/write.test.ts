import fs, { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { WriteError } from '../../src/errors.ts';
import { readTree } from '../../src/layers.ts';
import { writeProject } from '../../src/write.ts';
import { listAll, makeFolder } from '../support/folder.ts';

type Fault = (operation: string, path: string, count: number) => boolean;

/** The operations on the disk, and the error codes of those that fail (none by default). */
const disk = vi.hoisted(() => ({ log: [] as string[], code: 'ENOSPC', fails: (() => false) as Fault }));

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  const failing = [
    'mkdirSync',
    'writeFileSync',
    'renameSync',
    'copyFileSync',
    'rmSync',
    'rmdirSync',
  ] as const;
  const wrap =
    (name: (typeof failing)[number]) =>
    (path: string, ...rest: unknown[]) => {
      disk.log.push(name);
      const error = Object.assign(new Error('no space left'), { code: disk.code });
      if (disk.fails(name, path, disk.log.length)) throw error;
      return (original[name] as (path: string, ...rest: unknown[]) => unknown)(path, ...rest);
    };
  const wrapped = Object.fromEntries(failing.map((name) => [name, wrap(name)]));
  return { ...original, ...wrapped, default: original };
});

const texts = new Map([
  ['.gitignore', 'target\n'],
  ['Makefile', 'all:\n'],
  ['src/config/mod.rs', 'x'],
  ['src/lib.rs', 'ü\n'],
]);
const tree = new Map([...texts].map(([path, content]) => [path, { content, isExecutable: false }]));
const calm = new AbortController().signal;

beforeEach(() => {
  disk.log = [];
  disk.code = 'ENOSPC';
  disk.fails = () => false;
});

/** Writes with these failures. Returns the error, after checking that the disk is as it was. */
async function failToWrite(folder: string, directory: string, fails: Fault): Promise<unknown> {
  const before = listAll(folder);
  disk.fails = fails;
  const end = await writeProject(join(folder, directory), tree, calm).then(
    () => 'written',
    (error: unknown) => error,
  );
  disk.fails = () => false;
  expect(listAll(folder)).toEqual(before);
  return end;
}

/** A folder with a repository in `repo` and nothing else. */
function makeRepository(): string {
  const folder = makeFolder();
  fs.mkdirSync(join(folder, 'repo/.git'), { recursive: true });
  fs.writeFileSync(join(folder, 'repo/.git/HEAD'), 'main');
  return folder;
}

describe('writeProject', () => {
  it.each(['new', 'deep/er/new', 'repo'])(
    'writes every file, and nothing else, into %s',
    async (directory) => {
      const folder = makeRepository();
      await writeProject(join(folder, directory), tree, calm);
      const written = new Map(readTree(join(folder, directory)));
      const head = written.get('.git/HEAD');
      written.delete('.git/HEAD');
      expect(written).toEqual(texts);
      expect(head).toBe(directory === 'repo' ? 'main' : undefined);
      expect(listAll(folder).filter((path) => path.includes('.create-envoy-filter'))).toEqual([]);
    },
  );

  it('creates directories and files with the usual permissions', async () => {
    const folder = makeFolder();
    await writeProject(join(folder, 'new'), tree, calm);
    fs.mkdirSync(join(folder, 'usual'));
    fs.writeFileSync(join(folder, 'usual/file'), '');
    const modeOf = (path: string) => statSync(join(folder, path)).mode;
    expect(modeOf('new')).toBe(modeOf('usual'));
    expect(modeOf('new/src')).toBe(modeOf('usual'));
    expect(modeOf('new/src/lib.rs')).toBe(modeOf('usual/file'));
  });

  it.each(['rename', 'copy'])('writes bytes and executable files, moved by a %s', async (way) => {
    disk.code = 'EPERM';
    disk.fails = (operation) => way === 'copy' && operation === 'renameSync';
    const folder = makeFolder();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const executable = new Map([
      ['logo.png', { content: bytes, isExecutable: false }],
      ['run.sh', { content: '#!/bin/sh\nexit 0\n', isExecutable: true }],
    ]);
    await writeProject(join(folder, 'new'), executable, calm);
    expect([...readFileSync(join(folder, 'new/logo.png'))]).toEqual([...bytes]);
    const modeOf = (path: string) => statSync(join(folder, path)).mode & 0o777;
    fs.writeFileSync(join(folder, 'usual.sh'), '', { mode: 0o777 });
    expect(modeOf('new/run.sh')).toBe(modeOf('usual.sh'));
    expect(modeOf('new/logo.png') & 0o111).toBe(0);
  });

  it.each(['new', 'deep/er/new', 'repo'])(
    'leaves the disk as it was, whichever operation of writing into %s fails',
    async (directory) => {
      await writeProject(join(makeRepository(), directory), tree, calm);
      const operations = disk.log.length;
      expect(operations).toBeGreaterThan(tree.size);
      for (let failing = 1; failing <= operations; failing += 1) {
        disk.log = [];
        const isNow: Fault = (_operation, _path, count) => count === failing;
        const end = await failToWrite(makeRepository(), directory, isNow);
        expect(end).toBeInstanceOf(WriteError);
        expect(end).toMatchObject({ message: expect.stringContaining('no space left'), exitCode: 1 });
      }
    },
  );

  it.each(['new', 'deep/er/new', 'repo'])(
    'leaves the disk as it was, whichever operation fails that stands in for a rename into %s',
    async (directory) => {
      const isRename: Fault = (operation) => operation === 'renameSync';
      disk.code = 'EPERM';
      disk.fails = isRename;
      await writeProject(join(makeRepository(), directory), tree, calm);
      const standIns = [...disk.log.entries()].filter(([, operation]) => operation !== 'renameSync');
      expect(standIns.length).toBeGreaterThan(1);
      for (const [index] of standIns) {
        disk.log = [];
        const isNow: Fault = (operation, path, count) =>
          isRename(operation, path, count) || count === index + 1;
        expect(await failToWrite(makeRepository(), directory, isNow)).toBeInstanceOf(WriteError);
      }
    },
  );

  it.each([
    ['new', 'new/Makefile'],
    ['repo', 'repo/Makefile'],
    ['repo', 'repo/src/lib.rs'],
  ])(
    'neither replaces nor removes what appears in %s while a copy stands in for a rename: %s',
    async (directory, path) => {
      const folder = makeRepository();
      disk.code = 'EPERM';
      disk.fails = (operation, from) => {
        if (operation !== 'renameSync') return false;
        const to = join(folder, path);
        if (directory === 'new' || to.startsWith(join(folder, directory, basename(from)))) {
          fs.mkdirSync(dirname(to), { recursive: true });
          fs.writeFileSync(to, 'mine');
        }
        return true;
      };
      const end = await writeProject(join(folder, directory), tree, calm).catch((error: unknown) => error);
      expect(end).toMatchObject({
        message: expect.stringContaining('EEXIST'),
        hint: 'nothing was left behind; fix this and run the same command again',
      });
      const { '.git/HEAD': _, ...written } = Object.fromEntries(readTree(join(folder, directory)));
      expect(written).toEqual({ [path.slice(directory.length + 1)]: 'mine' });
    },
  );

  it('reports the reason, and what could not be removed', async () => {
    const folder = makeFolder();
    disk.fails = (operation) => ['writeFileSync', 'rmSync'].includes(operation);
    const end = await writeProject(join(folder, 'new'), tree, calm).catch((error: unknown) => error);
    disk.fails = () => false;
    const [staging = ''] = fs.readdirSync(folder);
    expect(end).toBeInstanceOf(WriteError);
    expect(end).toMatchObject({
      message: `cannot write "${join(folder, 'new')}": no space left`,
      hint: `remove "${join(folder, staging)}" and run the same command again`,
    });
  });

  it('reports the reason, and the moved files that it could not remove', async () => {
    const folder = makeRepository();
    fs.writeFileSync(join(folder, 'repo/src'), 'mine');
    disk.fails = (operation, path) => operation === 'rmSync' && path.endsWith('Makefile');
    const end = await writeProject(join(folder, 'repo'), tree, calm).catch((error: unknown) => error);
    expect(end).toMatchObject({
      message: expect.stringContaining('was created by another process in the meantime'),
      hint: `remove "${join(folder, 'repo/Makefile')}" and run the same command again`,
    });
  });

  it('does not replace a file that was created in the meantime, and removes its own', async () => {
    const folder = makeRepository();
    fs.writeFileSync(join(folder, 'repo/Makefile'), 'mine');
    const end = await failToWrite(folder, 'repo', () => false);
    expect(end).toMatchObject({
      message: expect.stringContaining('was created by another process in the meantime'),
    });
    expect(readFileSync(join(folder, 'repo/Makefile'), 'utf8')).toBe('mine');
  });

  it('does not replace a link that was created in the meantime, even a broken one', async () => {
    const folder = makeRepository();
    fs.symlinkSync(join(folder, 'gone'), join(folder, 'repo/Makefile'), 'junction');
    expect(await failToWrite(folder, 'repo', () => false)).toMatchObject({
      message: expect.stringContaining('was created by another process in the meantime'),
    });
  });

  it('does not replace a directory that was created in the meantime', async () => {
    const folder = makeFolder();
    const signal = {
      aborted: false,
      throwIfAborted: () => {
        mkdirSync(join(folder, 'new'));
        writeFileSync(join(folder, 'new/mine'), '');
      },
    } as unknown as AbortSignal;
    await expect(writeProject(join(folder, 'new'), tree, signal)).rejects.toThrow(
      'was created by another process in the meantime',
    );
    expect(listAll(folder)).toEqual(['new', join('new', 'mine')]);
  });

  it("keeps another process's files in a directory that it created", async () => {
    const folder = makeFolder();
    disk.fails = (operation, path) => {
      if (operation !== 'writeFileSync' || !path.endsWith('lib.rs')) return false;
      fs.writeFileSync(join(folder, 'deep/mine'), '');
      return true;
    };
    await expect(writeProject(join(folder, 'deep/er/new'), tree, calm)).rejects.toThrow(WriteError);
    expect(listAll(folder)).toEqual(['deep', join('deep', 'mine')]);
  });

  it('keeps an empty directory that it did not create', async () => {
    const folder = makeFolder();
    fs.mkdirSync(join(folder, 'empty'));
    for (const directory of ['empty', 'empty/new', 'empty/deep/new']) {
      expect(
        await failToWrite(folder, directory, (operation) => operation === 'writeFileSync'),
      ).toBeInstanceOf(WriteError);
    }
  });

  it.each(['deep/new', 'repo'])(
    'leaves the disk as it was when it is called off before %s is there',
    async (directory) => {
      const folder = makeRepository();
      const before = listAll(folder);
      const stop = new AbortController();
      const writing = writeProject(join(folder, directory), tree, stop.signal);
      stop.abort();
      await expect(writing).rejects.toBe(stop.signal.reason);
      expect(listAll(folder)).toEqual(before);
    },
  );
});
