import { chmodSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAll } from '../support/folder.ts';
import { Machine } from './fetch.ts';
import { Repository } from './repository.ts';

function setUp(): Readonly<{ machine: Machine; folder: string }> {
  const machine = new Machine();
  const folder = join(machine.folder, 'cwd/template');
  mkdirSync(folder);
  return { machine, folder };
}

describe('a local folder', () => {
  it('is copied as it is, committed or not, without .git', async () => {
    const { machine, folder } = setUp();
    const repository = new Repository(folder);
    repository.commit({ Makefile: 'all:\n', 'bin/run.sh': '#!/bin/sh\n' });
    writeFileSync(join(folder, 'new'), 'not committed');
    mkdirSync(join(folder, 'module/.git'), { recursive: true });
    writeFileSync(join(folder, 'module/.git/config'), '');
    const before = listAll(folder);
    const files = { Makefile: 'all:\n', 'bin/run.sh': '#!/bin/sh\n', new: 'not committed' };
    for (const source of ['./template', '../cwd/template/', folder]) {
      expect(await machine.fetch(source)).toEqual({ files, executable: ['bin/run.sh'] });
    }
    expect(listAll(folder)).toEqual(before);
    expect(machine.listTemporary()).toEqual([]);
  });

  it('may be named by a symbolic link, and be read-only', async () => {
    const { machine, folder } = setUp();
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a/file'), 'x', { mode: 0o444 });
    chmodSync(join(folder, 'a'), 0o555);
    symlinkSync(folder, join(folder, '../link'));
    expect((await machine.fetch('./link')).files).toEqual({ 'a/file': 'x' });
    chmodSync(join(folder, 'a'), 0o755);
    expect(machine.listTemporary()).toEqual([]);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'a symbolic link',
      (folder) => symlinkSync('file', join(folder, 'x')),
      '"x" is not allowed in a template: it is a symbolic link',
    ],
    [
      'a link to a folder',
      (folder) => symlinkSync('/', join(folder, 'x')),
      '"x" is not allowed in a template: it is a symbolic link',
    ],
    [
      'a hard link',
      (folder) => linkSync(join(folder, '../../home/outside'), join(folder, 'x')),
      '"x" is not allowed in a template: it is a hard link; copy the folder with cp -R, and name the copy',
    ],
    ['a device of Windows', (folder) => writeFileSync(join(folder, 'nul.txt'), ''), 'a device on Windows'],
    [
      'too many files',
      (folder) => {
        for (let index = 0; index < 5000; index += 1) writeFileSync(join(folder, `${index}`), '');
      },
      'the template has more than 5000 files',
    ],
    [
      'too much',
      (folder) => truncateSync(join(folder, 'file'), 50_000_001),
      'the template is larger than 50 MB',
    ],
  ])('is refused with %s', async (_what, add, reason) => {
    const { machine, folder } = setUp();
    writeFileSync(join(folder, 'file'), 'x');
    writeFileSync(join(machine.folder, 'home/outside'), 'x');
    add(folder);
    expect((await machine.fetch('./template')).error).toContain(reason);
    expect(machine.listTemporary()).toEqual([]);
  });

  it('is refused with a hint to take what is committed, if anything is', async () => {
    const { machine, folder } = setUp();
    const repository = new Repository(folder);
    const commit = repository.commit({ file: 'x' });
    symlinkSync('file', join(folder, 'installed'));
    expect((await machine.fetch('./template')).error).toBe(
      '"installed" is not allowed in a template: it is a symbolic link; end the source with #HEAD to take what is committed',
    );
    expect(await machine.fetch('./template#HEAD')).toMatchObject({ commit, files: { file: 'x' } });
  });

  it('is refused if it does not exist, or is a file', async () => {
    const { machine, folder } = setUp();
    writeFileSync(join(folder, 'file'), 'x');
    expect((await machine.fetch('./nowhere')).error).toBe(
      `"${join(folder, '../nowhere')}" is missing; check the spelling`,
    );
    expect((await machine.fetch('./template/file')).error).toBe(
      `"${join(folder, 'file')}" is not a folder; check the spelling`,
    );
  });
});
