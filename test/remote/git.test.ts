import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAll } from '../support/folder.ts';
import { Machine } from './fetch.ts';
import { Repository } from './repository.ts';

/** Fetches from a machine of its own, and checks that a failure leaves nothing. */
async function refuse(source: string, how = {}): Promise<string> {
  const machine = new Machine();
  const { error } = await machine.fetch(source, how);
  expect(machine.listTemporary()).toEqual([]);
  expect(listAll(join(machine.folder, 'cache'))).toEqual([]);
  return error ?? 'fetched';
}

describe('a repository that git fetches', () => {
  it('is fetched at its HEAD, without .git, with bytes and executable files as they are', async () => {
    const repository = new Repository();
    const files = { Makefile: 'all:\n', 'bin/run.sh': '#!/bin/sh\r\n', 'a/bytes': '\0\xff' };
    const commit = repository.commit({ ...files, 'a/bytes': Buffer.from('\0\xff', 'latin1') });
    const machine = new Machine();
    expect(await machine.fetch(repository.url)).toEqual({ commit, files, executable: ['bin/run.sh'] });
    expect(machine.listTemporary()).toEqual([]);
  });

  it('is fetched at a branch, a tag, an annotated tag, and any commit, tip or not', async () => {
    const repository = new Repository();
    const first = repository.commit({ file: '1' });
    repository.git('tag', 'light');
    const second = repository.commit({ file: '2' });
    repository.git('tag', '--annotate', '--message=tag', 'annotated');
    const third = repository.commit({ file: '3' });
    repository.git('branch', 'feature/x');
    const last = repository.commit({ file: '4' });
    const machine = new Machine();
    for (const [ref, commit, file] of [
      ['light', first, '1'],
      ['annotated', second, '2'],
      ['feature/x', third, '3'],
      ['main', last, '4'],
      [second, second, '2'],
      [last.toUpperCase(), last, '4'],
    ]) {
      const expected = { commit, files: { file }, executable: [] };
      expect(await machine.fetch(`${repository.url}#${ref}`)).toEqual(expected);
      expect(await machine.fetch(`${repository.folder}#${ref}`)).toEqual(expected);
    }
  });

  it('may have any path', async () => {
    const machine = new Machine();
    const name = '-a b%20#ü?';
    const repository = new Repository(join(machine.folder, 'cwd', name));
    const commit = repository.commit({ file: '1' });
    for (const source of [`./${name}#main`, `../cwd/${name}#${commit}`, `${repository.url}#main`]) {
      expect(await machine.fetch(source)).toMatchObject({ commit });
    }
  });

  it('prefers a branch to a tag of the same name, as git clone does', async () => {
    const repository = new Repository();
    repository.commit({ file: 'tag' });
    repository.git('tag', 'same');
    repository.commit({ file: 'branch' });
    repository.git('branch', 'same');
    expect(await new Machine().fetch(`${repository.url}#same`)).toMatchObject({ files: { file: 'branch' } });
  });

  it('gives one folder', async () => {
    const repository = new Repository(join(new Machine().folder, 'team/repo.git'));
    repository.commit({ 'a/b/file': '1', 'a/bc': '2', 'b/file': '3', 'a/b c/ü': '4' });
    const machine = new Machine();
    expect((await machine.fetch(`${repository.url}/a/b`)).files).toEqual({ file: '1' });
    expect((await machine.fetch(`${repository.url}/a`)).files).toEqual({
      ...{ 'b/file': '1', bc: '2' },
      'b c/ü': '4',
    });
    expect((await machine.fetch(`${repository.url}/a/b%20c`)).files).toEqual({ ü: '4' });
    for (const folder of ['c', 'file', 'a/bc', 'a/b/file']) {
      expect((await machine.fetch(`${repository.url}/${folder}`)).error).toMatch(
        new RegExp(`^"${repository.url}" has no (folder|files in) "${folder}"`),
      );
    }
    expect(machine.listTemporary()).toEqual([]);
  });

  it('may be above a folder on the disk, which then is the template', async () => {
    const machine = new Machine();
    const repository = new Repository(join(machine.folder, 'cwd/mono repo'));
    const commit = repository.commit({ 'a/b/file': '1', file: '2' });
    repository.git('branch', 'other');
    for (const source of [
      './mono repo/a/b#other',
      `${repository.url}/a/b/`,
      `${repository.folder}/a/b#${commit}`,
    ]) {
      expect(await machine.fetch(source)).toMatchObject({ commit, files: { file: '1' } });
    }
    expect((await machine.fetch('./mono repo/c/d#main')).error).toBe(
      `"${repository.folder}" has no folder "c/d"; check the spelling`,
    );
    expect((await machine.fetch('./mono repo/a#nothing')).error).toBe(
      `"${repository.folder}" has no branch or tag "nothing"; check the spelling`,
    );
  });

  it('is refused if it, its commits, the ref or the commit does not exist', async () => {
    const repository = new Repository();
    expect(await refuse(repository.url)).toContain(
      `"${repository.url}" has no commits on its default branch; commit something there`,
    );
    repository.commit({ file: '1' });
    expect(await refuse(`${repository.url}#v1`)).toContain(`"${repository.url}" has no branch or tag "v1"`);
    const commit = '1'.repeat(40);
    expect(await refuse(`${repository.url}#${commit}`)).toContain(
      `"${repository.url}" does not have this commit`,
    );
    const unknown = 'is not in a git repository that you can read; check the spelling; to take a folder';
    expect(await refuse(`${repository.url}x`)).toContain(`"${repository.url}x" ${unknown}`);
    expect(await refuse('./nowhere#main')).toContain(`"./nowhere" ${unknown}`);
  });

  it('is refused with an abbreviated hash, which the hint explains', async () => {
    const repository = new Repository();
    const commit = repository.commit({ file: '1' }).slice(0, 8);
    expect(await refuse(`${repository.url}#${commit}`)).toBe(
      `"${repository.url}" has no branch or tag "${commit}"; a commit needs its full hash, of 40 digits`,
    );
  });

  it('is refused if its tree is empty', async () => {
    const repository = new Repository();
    repository.commitAll();
    expect(await refuse(repository.url)).toContain(`the template "${repository.url}" is empty; a template`);
  });

  it('is refused if git refuses it, which has nothing to do with the network', async () => {
    const repository = new Repository();
    repository.commit({ file: '1' });
    repository.git('config', 'core.repositoryFormatVersion', '99');
    expect(await refuse(repository.url)).toMatch(
      /^cannot fetch ".*": Expected git repo version <= 1, found 99; git says more: git ls-remote file:/,
    );
  });

  it('is named in errors as the user has named it', async () => {
    const machine = new Machine();
    new Repository(join(machine.folder, 'cwd/repo'));
    expect((await machine.fetch('./repo#HEAD')).error).toMatch(/^"\.\/repo" has no commits/);
  });

  it.each([
    ['120000', 'link', 'target', '"link" is not allowed in a template: it is a symbolic link'],
    ['120000', 'a/link', '/etc/passwd', '"a/link" is not allowed in a template: it is a symbolic link'],
    ['100644', 'FILE', 'x', '"file" is not allowed in a template: it differs from "FILE" only in case'],
    ['100644', 'a/nul', 'x', '"a/nul" is not allowed in a template: "nul" is a device on Windows'],
    ['100644', 'C:\\x', 'x', 'Windows allows no'],
  ] as const)('is refused with the entry %s %s', async (mode, path, content, reason) => {
    const repository = new Repository();
    repository.commit({ file: '1' });
    repository.commitEntry(mode, path, content);
    expect(await refuse(repository.url)).toContain(reason);
  });

  it('is refused if it has too many files', async () => {
    const repository = new Repository();
    const many = Array.from({ length: 5001 }, (_, index) => [`${index % 99}/${index}`, ''] as const);
    repository.commit(Object.fromEntries(many));
    expect(await refuse(repository.url)).toBe(
      'the template has more than 5000 files; remove what a new project does not need; in a repository, all folders count',
    );
  });

  it.each([
    [
      'zeros, which are small until they are unpacked',
      Buffer.alloc(80_000_000),
      'archive is larger than 70 MB',
    ],
    ['noise, which is as large in a download', randomBytes(55_000_000), 'download is larger than 50 MB'],
  ])('is refused if it is too large: %s', async (_what, content, reason) => {
    const repository = new Repository();
    repository.commit({ content });
    expect(await refuse(repository.url)).toContain(`the ${reason}`);
  });

  it('needs no network if it is on the disk', async () => {
    const repository = new Repository();
    const commit = repository.commit({ file: '1' });
    expect(await new Machine().fetch(repository.url, { flags: ['--offline'] })).toMatchObject({ commit });
  });

  it('is not taken for complete if a file cannot be written whole', async () => {
    const repository = new Repository();
    repository.commit({ small: 'x', large: Buffer.alloc(300_000) });
    const prefix = ['sh', '-c', 'ulimit -f 200; exec "$@"', 'sh'];
    expect(await refuse(repository.url, { prefix })).toMatch(/^cannot write ".*large"; check the free space/);
  });

  it('comes without the files of its submodules, which are not fetched', async () => {
    const repository = new Repository();
    const module = new Repository();
    module.commit({ secret: '1' });
    writeFileSync(
      join(repository.folder, '.gitmodules'),
      `[submodule "m"]\n\tpath = m\n\turl = ${module.url}\n`,
    );
    repository.commitAll();
    repository.commitEntry('160000', 'm');
    const { files } = await new Machine().fetch(repository.url);
    expect(Object.keys(files ?? {})).toEqual(['.gitmodules']);
  });

  it('is refused if it keeps files in Git LFS', async () => {
    const repository = new Repository();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    repository.commit({ 'image.png': pointer });
    expect((await new Machine().fetch(repository.url)).error).toContain(
      `"${repository.url}" keeps files in Git LFS`,
    );
  });
});

describe('git', () => {
  it('works with settings that are strict or old', async () => {
    const repository = new Repository();
    const commit = repository.commit({ file: '1' });
    repository.commit({ file: '2' });
    const machine = new Machine();
    const settings = '[safe]\n\tbareRepository = explicit\n[protocol]\n\tversion = 0\n';
    writeFileSync(join(machine.folder, 'home/.gitconfig'), settings);
    expect(await machine.fetch(`${repository.url}#${commit}`)).toMatchObject({ files: { file: '1' } });
  });

  it('heeds no repository around it, and no variable that names one', async () => {
    const repository = new Repository();
    const commit = repository.commit({ file: '1' });
    const other = new Repository();
    other.git('config', `url.file:///nowhere/.insteadOf`, repository.url);
    const machine = new Machine();
    const env = {
      ...{ GIT_DIR: join(other.folder, '.git'), GIT_WORK_TREE: other.folder, GIT_INDEX_FILE: '/nowhere' },
      ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'url.file:///nowhere/.insteadOf' },
      ...{ GIT_CONFIG_VALUE_0: 'file:///', GIT_OBJECT_DIRECTORY: '/nowhere', TMPDIR: other.folder },
    };
    expect(await machine.fetch(repository.url, { env })).toMatchObject({ commit });
    expect(listAll(other.folder).filter((path) => !path.startsWith('.git'))).toEqual([]);
  });

  it('runs no hook, no filter and no program of a URL', async () => {
    const repository = new Repository();
    const machine = new Machine();
    const proof = join(machine.folder, 'proof');
    const hooks = join(machine.folder, 'hooks');
    mkdirSync(hooks);
    for (const hook of ['reference-transaction', 'post-checkout', 'post-merge']) {
      writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch '${proof}'\n`, { mode: 0o755 });
    }
    writeFileSync(
      join(machine.folder, 'home/.gitconfig'),
      `[core]\n\thooksPath = ${hooks}\n[init]\n\ttemplateDir = ${hooks}\n` +
        `[filter "run"]\n\tsmudge = touch '${proof}' && cat\n\trequired\n[protocol]\n\tallow = always\n`,
    );
    repository.commit({ '.gitattributes': '* filter=run\n', file: '1' });
    expect((await machine.fetch(repository.url)).files).toMatchObject({ file: '1' });
    writeFileSync(
      join(machine.folder, 'home/.gitconfig'),
      `[protocol]\n\tallow = always\n[url "ext::touch ${proof} "]\n\tinsteadOf = https://example.com/\n`,
    );
    expect((await machine.fetch('https://example.com/x')).error).toContain("transport 'ext' not allowed");
    expect(listAll(machine.folder)).not.toContain('proof');
  });

  it('fetches by ssh, as the user has set it up', async () => {
    const repository = new Repository();
    const commit = repository.commit({ file: '1', 'a/b': '2' });
    const machine = new Machine();
    const ssh = join(machine.folder, 'ssh');
    writeFileSync(
      ssh,
      `#!/bin/sh\necho "$*" >> '${ssh}.log'\ncd '${repository.folder}/..'\nfor last; do :; done\neval "$last"\n`,
      { mode: 0o755 },
    );
    const env = { GIT_SSH_COMMAND: `'${ssh}'`, GIT_SSH_VARIANT: 'ssh' };
    expect(await machine.fetch('git@example.com:repo', { env })).toMatchObject({ commit });
    const missing = await machine.fetch('git@example.com:other', { env });
    expect(missing.error).toContain('"git@example.com:other" does not exist, or you have no access');
  });

  it('is asked for if it is missing and needed', async () => {
    const repository = new Repository();
    repository.commit({ file: '1' });
    expect(await refuse(repository.url, { env: { PATH: '/nowhere' } })).toBe(
      `cannot fetch "${repository.url}": git is not installed; install git: https://git-scm.com/downloads`,
    );
  });
});
