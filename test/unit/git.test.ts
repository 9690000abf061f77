import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offerGit } from '../../src/git.ts';
import { findNearest } from '../../src/target.ts';
import { makeFolder } from '../support/folder.ts';
import { cleanEnv } from '../support/tool.ts';

/** Without the settings of this machine. */
const env = { ...cleanEnv(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const author = ['-c', 'user.name=a', '-c', 'user.email=a@localhost', '-c', 'protocol.file.allow=always'];

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', [...author, ...args], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

/** Offers git, and records whether it asks. */
async function offer(directory: string, more: NodeJS.ProcessEnv = {}, answer = true) {
  let isAsked = false;
  const confirm = async () => {
    isAsked = true;
    return answer;
  };
  const init = await offerGit({ confirm }, directory, findNearest(directory), { ...env, ...more });
  return { isAsked, init };
}

/** A repository with one commit. */
function makeRepository(): string {
  const folder = makeFolder();
  git(folder, 'init', '--quiet', 'repo');
  git(join(folder, 'repo'), 'commit', '--quiet', '--allow-empty', '--message=first');
  return join(folder, 'repo');
}

describe('offerGit', () => {
  it('makes a repository without a commit in a directory that was new, and says so', async () => {
    const folder = makeFolder();
    const directory = join(folder, 'deep/app');
    const { isAsked, init } = await offer(directory);
    expect(isAsked).toBe(true);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'file'), '');
    expect(init?.()).toBe('Ran git init. Nothing is committed.');
    expect(git(directory, 'status', '--porcelain')).toBe('?? file\n');
    expect(() => git(directory, 'rev-parse', '--verify', 'HEAD')).toThrow();
    expect(existsSync(join(folder, '.git'))).toBe(false);
  });

  it('does nothing if the answer is no', async () => {
    expect(await offer(makeFolder(), {}, false)).toEqual({ isAsked: true, init: undefined });
  });

  it.each([
    ['a repository', (repository: string) => repository],
    ['a folder of a repository', (repository: string) => join(repository, 'new')],
    ['the folder .git', (repository: string) => join(repository, '.git/new')],
    [
      'a worktree',
      (repository: string) => {
        git(repository, 'worktree', 'add', '--quiet', '../worktree');
        return join(repository, '../worktree');
      },
    ],
    [
      'a submodule',
      (repository: string) => {
        git(repository, 'submodule', '--quiet', 'add', repository, 'module');
        return join(repository, 'module/new');
      },
    ],
    [
      'a bare repository',
      (repository: string) => {
        git(repository, 'clone', '--quiet', '--bare', '.', '../bare');
        return join(repository, '../bare/new');
      },
    ],
    [
      'a worktree whose repository is gone',
      (repository: string) => {
        mkdirSync(join(repository, '../orphan'));
        writeFileSync(join(repository, '../orphan/.git'), 'gitdir: /gone\n');
        return join(repository, '../orphan');
      },
    ],
  ])('does not ask in %s', async (_what, make) => {
    expect(await offer(make(makeRepository()))).toEqual({ isAsked: false, init: undefined });
  });

  it('does not ask in a repository that belongs to somebody else', async () => {
    const distrust = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    expect((await offer(makeRepository(), distrust)).isAsked).toBe(false);
  });

  it.each(['existing', 'gone'])('does not ask if GIT_DIR is set: %s', async (which) => {
    const GIT_DIR = which === 'gone' ? join(makeFolder(), 'gone') : join(makeRepository(), '.git');
    expect((await offer(makeFolder(), { GIT_DIR })).isAsked).toBe(false);
  });

  it('does not ask without git', async () => {
    const nowhere = Object.fromEntries(
      Object.keys(env)
        .filter((key) => /^path$/i.test(key))
        .map((key) => [key, makeFolder()]),
    );
    expect((await offer(makeFolder(), nowhere)).isAsked).toBe(false);
  });

  it('asks whatever language git speaks', async () => {
    const german = { LC_ALL: 'C.UTF-8', LANGUAGE: 'de' };
    expect((await offer(makeFolder(), german)).isAsked).toBe(true);
  });

  it('reports why git fails, and does not throw', async () => {
    const directory = makeFolder();
    const settings = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'init.defaultBranch',
      GIT_CONFIG_VALUE_0: 'no branch',
    };
    const { init } = await offer(directory, settings);
    expect(init?.()).toMatch(/^git init failed: fatal: invalid .*no branch/);
  });

  it('reports that git is gone', async () => {
    const directory = makeFolder();
    const { init } = await offer(join(directory, 'never-made'));
    expect(init?.()).toMatch(/^git init failed: .*ENOENT/);
  });
});
