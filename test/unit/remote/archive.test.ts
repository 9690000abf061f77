import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateError } from '../../../src/errors.ts';
import { listFiles, repack, unzip } from '../../../src/remote/archive.ts';
import { limits } from '../../../src/remote/limits.ts';
import { findPathProblem } from '../../../src/remote/names.ts';
import { type Entry, packTar } from '../../support/archive.ts';

const file = { name: 'repo/file', content: 'text' };

/** What the archive is repacked as, or why not. */
async function repackEntries(entries: readonly Entry[]): Promise<ReadonlyMap<string, number> | string> {
  return repackTar(await packTar(entries));
}

async function repackTar(tar: Buffer): Promise<ReadonlyMap<string, number> | string> {
  try {
    return await listFiles(await repack(tar, 'user/repo'), '');
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

describe('repack', () => {
  it('keeps files, and of their modes only whether they are executable', async () => {
    const name = `repo/${'deep/'.repeat(30)}ünïcode file`;
    const tar = await packTar([
      { name: 'repo/', type: 'directory' },
      { name: 'repo/empty/', type: 'directory' },
      { name: 'repo/run', mode: 0o4711, content: 'x' },
      { name: 'repo/plain', mode: 0o000, content: Buffer.from([0, 255]) },
      { name, content: 'text' },
    ]);
    const archive = await repack(tar, 'user/repo');
    expect(await listFiles(archive, '')).toEqual(
      new Map([
        ['run', 1],
        ['plain', 2],
        [name.slice('repo/'.length), 4],
      ]),
    );
    const headers = gunzipSync(archive).toString('latin1');
    expect(headers.match(/template\/run\0+(\d+)/)?.[1]).toBe('000755');
    expect(headers.match(/template\/plain\0+(\d+)/)?.[1]).toBe('000644');
  });

  it('gives the same bytes for the same files', async () => {
    const pack = (time: number) => packTar([{ ...file, mtime: new Date(time), uid: time % 7 }]);
    expect(await repack(await pack(0), 'user/repo')).toEqual(await repack(await pack(1e12), 'user/repo'));
  });

  it.each<[string, Entry, string]>([
    [
      'a symbolic link',
      { name: 'repo/x', type: 'symlink', linkname: 'file' },
      '"x" is not allowed in a template: it is a symbolic link',
    ],
    [
      'a link outside',
      { name: 'repo/x', type: 'symlink', linkname: '/' },
      '"x" is not allowed in a template: it is a symbolic link',
    ],
    [
      'a hard link',
      { name: 'repo/x', type: 'link', linkname: 'repo/file' },
      '"x" is not allowed in a template: it is a hard link',
    ],
    [
      'a device',
      { name: 'repo/x', type: 'character-device' },
      '"x" is not allowed in a template: it is neither a file nor a folder',
    ],
    [
      'a block device',
      { name: 'repo/x', type: 'block-device' },
      '"x" is not allowed in a template: it is neither a file nor a folder',
    ],
    [
      'a pipe',
      { name: 'repo/x', type: 'fifo' },
      '"x" is not allowed in a template: it is neither a file nor a folder',
    ],
    [
      'a contiguous file',
      { name: 'repo/x', type: 'contiguous-file' },
      '"x" is not allowed in a template: it is neither a file nor a folder',
    ],
    ['..', { name: 'repo/../../x' }, 'it contains ".."'],
    ['.. at the top', { name: '../x' }, 'more than one folder at its top'],
    ['a folder ..', { name: 'repo/../', type: 'directory' }, 'it contains ".."'],
    ['.', { name: 'repo/./x' }, 'it contains "."'],
    ['an absolute path', { name: '/etc/x' }, 'more than one folder at its top'],
    ['an absolute path in the folder', { name: 'repo//etc/x' }, 'it is an absolute path'],
    ['an empty name', { name: 'repo/a//x' }, 'an empty name between slashes'],
    ['a drive', { name: 'repo/C:/x' }, 'Windows allows no'],
    ['a stream', { name: 'repo/file:x' }, 'Windows allows no'],
    ['a backslash', { name: 'repo/..\\x' }, 'Windows allows no'],
    ['a device of Windows', { name: 'repo/aux.txt' }, '"aux.txt" is a device on Windows'],
    ['a device as a folder', { name: 'repo/a/COM1/x' }, '"COM1" is a device on Windows'],
    ['a superscript device', { name: 'repo/lpt²' }, 'is a device on Windows'],
    ['a dot at the end', { name: 'repo/x.' }, 'a name cannot end in a dot or a space'],
    ['a space at the end', { name: 'repo/x /y' }, 'a name cannot end in a dot or a space'],
    ['a line break', { name: 'repo/x\ny' }, 'no control characters'],
    ['text in reverse', { name: 'repo/x\u202ey' }, 'no control characters'],
    ['a repository', { name: 'repo/.git/config' }, 'a folder ".git" would be a repository'],
    ['a repository in capitals', { name: 'repo/a/.GIT', type: 'directory' }, 'would be a repository'],
    ['a long name', { name: `repo/${'x'.repeat(256)}` }, 'a name has more than 255 bytes'],
    ['a long path', { name: `repo/${'x/'.repeat(600)}x` }, 'it has more than 1000 characters'],
    ['a file again', { name: 'repo/file' }, '"file" is not allowed in a template: it occurs twice'],
    ['another case', { name: 'repo/FILE' }, 'it differs from "file" only in case'],
    ['a file as a folder', { name: 'repo/file/x' }, '"file" is not allowed in a template: it occurs twice'],
    [
      'a file as an empty folder',
      { name: 'repo/file', type: 'directory' },
      '"file" is not allowed in a template: it occurs twice',
    ],
    ['another folder', { name: 'other/x' }, 'more than one folder at its top: "repo" and "other"'],
    ['a file without a folder', { name: 'x' }, 'more than one folder at its top'],
  ])('refuses %s', async (_what, entry, reason) => {
    expect(await repackEntries([file, entry])).toContain(reason);
  });

  it.each([
    ['folders', 'repo/a/x', 'repo/A/y'],
    ['umlauts', 'repo/\u00e4', 'repo/a\u0308'],
    ['the Kelvin sign', 'repo/k', 'repo/\u212a'],
  ])('refuses two paths that a file system takes for one: %s', async (_what, name, same) => {
    expect(await repackEntries([{ name }, { name: same }])).toContain('only in case');
  });

  it('reads paths from extended headers, where links can hide too', async () => {
    const name = `repo/${'a'.repeat(120)}/../x`;
    expect(await repackEntries([{ name }])).toContain('it contains ".."');
    const linkname = `${'../'.repeat(60)}etc`;
    expect(await repackEntries([{ name: 'repo/x', type: 'symlink', linkname }])).toContain('a symbolic link');
  });

  it(`takes ${limits.files} files and refuses one more`, async () => {
    const files = Array.from({ length: limits.files }, (_, index) => ({
      name: `repo/${index % 50}/${index}`,
    }));
    expect(await repackEntries(files)).toHaveProperty('size', limits.files);
    expect(await repackEntries([...files, file])).toBe('the template has more than 5000 files');
  });

  it('refuses too many folders', async () => {
    const folders = Array.from({ length: limits.files + 1 }, (_, index) => `repo/${index}`);
    const entries = folders.map((name) => ({ name, type: 'directory' as const }));
    expect(await repackEntries(entries)).toBe('the template has more than 5000 folders');
    expect(await repackEntries(folders.map((name) => ({ name: `${name}/x` })))).toContain('more than 5000');
  });

  it('takes 50 MB and refuses one byte more', async () => {
    const content = Buffer.alloc(limits.bytes / 2);
    const entries = ['a', 'b'].map((name) => ({ name: `repo/${name}`, content }));
    expect(await repackEntries(entries)).toHaveProperty('size', 2);
    expect(await repackEntries([...entries, { name: 'repo/c', content: 'x' }])).toBe(
      'the template is larger than 50 MB',
    );
  });

  it.each([
    ['text', Buffer.from('<!doctype html>'.repeat(100))],
    ['random bytes', Buffer.from(Array.from({ length: 2048 }, (_, index) => (index * 7919) % 251))],
  ])('refuses %s', async (_what, bytes) => {
    expect(await repackTar(bytes)).toMatch(/^the archive is damaged: /);
  });

  it('refuses an archive that ends anywhere within an entry', async () => {
    const tar = await packTar([file, { name: 'repo/x', content: 'x'.repeat(2000) }]);
    for (const length of [1, 511, 700, 1024 + 511, 1024 + 512, 1024 + 512 + 1999]) {
      expect(await repackTar(tar.subarray(0, length))).toBe('the archive is damaged: Unexpected end of data');
    }
  });

  it('refuses a size that is no number', async () => {
    const tar = await packTar([file]);
    tar[124] = 0xf8;
    fixChecksum(tar.subarray(0, 512));
    expect(await repackTar(tar)).toBe('the archive is damaged: "repo/file" has no size');
  });

  it('takes a folder that has a size', async () => {
    const tar = await packTar([{ name: 'repo/a' }, file]);
    tar.write('00000000004', 124);
    tar.write('5', 156);
    fixChecksum(tar.subarray(0, 512));
    expect(await repackTar(tar)).toEqual(new Map([['file', 4]]));
  });

  it('survives any change of an archive: it repacks plain files, or says why not', async () => {
    const tar = await packTar([file, { name: 'repo/x' }, { name: 'repo/y' }]);
    const headers = [0, 1024, 1536];
    const change = fc.tuple(
      fc.constantFrom(...headers),
      fc.oneof(fc.nat(511), fc.nat(10), fc.constant(156)),
      fc.nat(255),
    );
    let repacked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = Buffer.from(tar);
        for (const [header, index, byte] of changes) changed[header + index] = byte;
        for (const header of headers) fixChecksum(changed.subarray(header, header + 512));
        const result = await repackTar(changed);
        if (typeof result === 'string') return;
        repacked += 1;
        expect([...result.keys()].filter((path) => findPathProblem(path) !== undefined)).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(repacked).toBeGreaterThan(20);
  });
});

/** Makes the header of a tar archive valid again. */
function fixChecksum(header: Buffer): void {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

describe('unzip', () => {
  it('gives the bytes', async () => {
    expect(String(await unzip(gzipSync('text')))).toBe('text');
  });

  it('stops a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000), { level: 1 });
    expect(bomb.length).toBeLessThan(limits.bytes);
    await expect(unzip(bomb)).rejects.toThrow('the archive is larger than 70 MB');
  });

  it('refuses what is cut off', async () => {
    const bytes = gzipSync('text'.repeat(100));
    for (const length of [2, 10, bytes.length - 1]) {
      await expect(unzip(bytes.subarray(0, length))).rejects.toThrow(
        'the archive is damaged: unexpected end',
      );
    }
    await expect(unzip(Buffer.from('<html>'))).rejects.toThrow('the archive is damaged: incorrect header');
  });
});
