import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Entry, packTar } from '../support/archive.ts';
import { listAll } from '../support/folder.ts';
import { type How, Machine, type Result } from './fetch.ts';
import { type Answer, answerEndlessPack, type Hosts, serve, withHosts } from './hosts.ts';
import { Repository } from './repository.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';

/** A machine that reaches hosts with one repository. */
function setUp(path = 'user/repo'): Readonly<{ machine: Machine; repository: Repository; answer: Answer }> {
  const machine = new Machine();
  const root = join(machine.folder, 'served');
  return { machine, repository: new Repository(join(root, path)), answer: serve(root) };
}

/** Fetches a pinned commit from hosts that answer like this, and checks that a failure leaves nothing. */
async function fetchFrom(answer: Answer, how: How = {}, source = `user/repo#${commit}`): Promise<Result> {
  const machine = new Machine();
  const result = await withHosts(machine.folder, answer, ({ env }) =>
    machine.fetch(source, { ...how, env: { ...env, ...how.env } }),
  );
  expect(machine.listTemporary()).toEqual([]);
  if (result.error !== undefined) expect(listAll(join(machine.folder, 'cache'))).toEqual([]);
  return result;
}

async function packGzip(...entries: readonly Entry[]): Promise<Buffer> {
  return gzipSync(await packTar(entries));
}

describe('a host of repositories', () => {
  it.each([
    ['user/repo', 'user/repo', 'codeload.github.com/user/repo/tar.gz/COMMIT'],
    ['https://github.com/user/repo.git', 'user/repo', 'codeload.github.com/user/repo/tar.gz/COMMIT'],
    ['gitlab:user/repo', 'user/repo', 'gitlab.com/user/repo/-/archive/COMMIT/repo-COMMIT.tar.gz'],
    ['bitbucket:user/repo', 'user/repo', 'bitbucket.org/user/repo/get/COMMIT.tar.gz'],
    ['sourcehut:user/repo', '~user/repo', 'git.sr.ht/~user/repo/archive/COMMIT.tar.gz'],
  ])('gives an archive of %s, through the proxy', async (source, path, archive) => {
    const { machine, repository, answer } = setUp(path);
    const first = repository.commit({ file: '1', 'a/b.sh': '2' });
    const second = repository.commit({ file: '3' });
    await withHosts(machine.folder, answer, async ({ env, asked, proxied }) => {
      expect(await machine.fetch(source, { env })).toEqual({
        commit: second,
        files: { file: '3' },
        executable: [],
      });
      const files = { file: '1', 'a/b.sh': '2' };
      asked.length = 0;
      expect(await machine.fetch(`${source}#${first}`, { env })).toEqual({
        commit: first,
        files,
        executable: ['a/b.sh'],
      });
      expect(asked.filter((line) => line.includes('/info/refs'))).toEqual([]);
      expect(asked.at(-1)).toBe(`GET ${archive.replaceAll('COMMIT', first)}`);
      expect(proxied.at(-1)).toBe(`${archive.split('/')[0]}:443`);
    });
    expect(machine.listTemporary()).toEqual([]);
  });

  it('needs no git for a pinned commit, and no network for one in the cache', async () => {
    const { machine, repository, answer } = setUp();
    const files = { 'a/file': '1', b: '2' };
    const pinned = repository.commit(files);
    repository.commit({ c: '3' });
    await withHosts(machine.folder, answer, async ({ env, asked }) => {
      const how = { env: { ...env, PATH: '/nowhere' } };
      expect((await machine.fetch(`user/repo#${pinned}`, how)).files).toEqual(files);
      asked.length = 0;
      expect((await machine.fetch(`user/repo/a#${pinned}`, how)).files).toEqual({ file: '1' });
      expect(asked).toEqual([]);
      expect((await machine.fetch('user/repo', how)).error).toContain('git is not installed');
    });
  });

  it('is asked for what a branch means each time, and for its archive once', async () => {
    const { machine, repository, answer } = setUp();
    repository.commit({ file: '1' });
    await withHosts(machine.folder, answer, async ({ env, asked }) => {
      expect((await machine.fetch('user/repo#main', { env })).files).toEqual({ file: '1' });
      asked.length = 0;
      expect((await machine.fetch('user/repo#main', { env })).files).toEqual({ file: '1' });
      expect(
        asked.filter((line) => !line.includes('info/refs') && !line.endsWith('git-upload-pack')),
      ).toEqual([]);
      repository.commit({ file: '2' });
      expect((await machine.fetch('user/repo#main', { env })).files).toEqual({ file: '2' });
    });
    // The archive that no ref needs any more is gone.
    expect(listAll(machine.cache).filter((path) => path.endsWith('.tar.gz'))).toHaveLength(1);
  });

  it('can have groups in groups', async () => {
    const { machine, repository, answer } = setUp('group/sub/repo');
    const first = repository.commit({ 'a/file': '1' });
    repository.commit({ 'a/file': '2' });
    await withHosts(machine.folder, answer, async ({ env }) => {
      for (const [source, files] of [
        ['gitlab:group/sub/repo', { 'a/file': '2' }],
        ['gitlab:group/sub/repo/a', { file: '2' }],
        [`gitlab:group/sub/repo/a#${first}`, { file: '1' }],
        ['gitlab:group/sub/repo.git/a', { file: '2' }],
        ['https://gitlab.com/group/sub/repo/-/tree/main/a', { file: '2' }],
      ] as const) {
        expect(await machine.fetch(source, { env })).toMatchObject({ files });
      }
    });
    expect(await machine.fetch('gitlab:group/sub/repo/a', { flags: ['--offline'] })).toMatchObject({
      files: { file: '2' },
    });
    expect(
      await machine.fetch(`gitlab:group/sub/repo/a#${first}`, { env: { https_proxy: 'http://127.0.0.1:9' } }),
    ).toMatchObject({ files: { file: '1' } });
  });

  it('leaves what not everybody may download to git, which may have a password', async () => {
    const { machine, repository, answer } = setUp();
    const files = { file: '1' };
    const pinned = repository.commit(files);
    const privately: Answer = (host, request, response) => {
      if (!host.startsWith('codeload')) answer(host, request, response);
      else response.end('<!doctype html><title>Log in</title>');
    };
    await withHosts(machine.folder, privately, async ({ env }) => {
      expect((await machine.fetch('user/repo', { env })).files).toEqual(files);
      expect((await machine.fetch(`user/repo#${pinned}`, { env })).files).toEqual(files);
    });
  });

  it('may not have the repository, the commit or the ref', async () => {
    const { machine, repository, answer } = setUp();
    repository.commit({ file: '1' });
    await withHosts(machine.folder, answer, async ({ env }) => {
      const fetch = async (source: string) => (await machine.fetch(source, { env })).error;
      const unknown =
        'does not exist, or you have no access; check the spelling; a private repository needs a URL';
      expect(await fetch('user/other')).toContain(`"https://github.com/user/other" ${unknown}`);
      expect(await fetch(`user/other#${commit}`)).toContain(`"https://github.com/user/other" ${unknown}`);
      expect(await fetch('gitlab:user/other/x')).toContain(`"https://gitlab.com/user/other" ${unknown}`);
      expect(await fetch('user/repo#v9')).toContain(
        '"https://github.com/user/repo" has no branch or tag "v9"',
      );
      expect(await fetch(`user/repo#${commit}`)).toContain(
        '"https://github.com/user/repo" does not have this commit',
      );
      expect(await fetch('user/repo/x')).toContain('"https://github.com/user/repo" has no folder "x"');
    });
    expect(machine.listTemporary()).toEqual([]);
    expect(listAll(join(machine.folder, 'cache'))).toEqual([]);
  });

  it('cannot make degit run actions', async () => {
    const { machine, repository, answer } = setUp();
    const actions = [
      { action: 'remove', files: ['file'] },
      { action: 'clone', src: 'user/repo' },
    ];
    const files = { file: '1', 'degit.json': JSON.stringify(actions) };
    repository.commit(files);
    await withHosts(machine.folder, answer, async ({ env }) => {
      expect((await machine.fetch('user/repo', { env })).files).toEqual(files);
    });
  });
});

describe('the cache', () => {
  it('serves a branch while the host does not answer, and anything offline', async () => {
    const { machine, repository, answer } = setUp();
    const pinned = repository.commit({ file: '1' });
    await withHosts(machine.folder, answer, ({ env }) => machine.fetch('user/repo', { env }));
    const expected = { commit: pinned, files: { file: '1' }, executable: [] };
    const env = { https_proxy: 'http://127.0.0.1:9', LC_ALL: 'C.UTF-8', LANGUAGE: 'de' };
    expect(await machine.fetch('user/repo', { env })).toEqual(expected);
    expect(await machine.fetch('user/repo', { flags: ['--offline'] })).toEqual(expected);
    expect(await machine.fetch(`user/repo#${pinned}`, { flags: ['--offline'] })).toEqual(expected);
    for (const ref of ['v1', 'constructor', '__proto__', commit]) {
      expect((await machine.fetch(`user/repo#${ref}`, { flags: ['--offline'] })).error).toBe(
        `"${ref}" of "https://github.com/user/repo" is not in the cache; run the same command once without --offline`,
      );
      const problem =
        ref === commit ? /^the proxy 127.0.0.1:9 cannot be reached/ : /^cannot fetch ".*": unable to access/;
      expect((await machine.fetch(`user/repo#${ref}`, { env })).error).toMatch(problem);
    }
    expect((await machine.fetch('user/other', { flags: ['--offline'] })).error).toContain(
      'is not in the cache',
    );
    expect(machine.listTemporary()).toEqual([]);
  });

  it('does not serve a branch that the host says is gone', async () => {
    const { machine, repository, answer } = setUp();
    repository.commit({ file: '1' });
    repository.git('branch', 'gone');
    await withHosts(machine.folder, answer, async ({ env }) => {
      expect((await machine.fetch('user/repo#gone', { env })).files).toEqual({ file: '1' });
      repository.git('branch', '--delete', 'gone');
      expect((await machine.fetch('user/repo#gone', { env })).error).toContain('has no branch or tag "gone"');
    });
  });

  it('is fetched again if it is damaged', async () => {
    const { machine, repository, answer } = setUp();
    const files = { file: 'x'.repeat(1000) };
    const pinned = repository.commit({ 'a/file': files.file });
    await withHosts(machine.folder, answer, async ({ env }) => {
      for (const source of [`user/repo/a#${pinned}`, 'user/repo/a']) {
        expect((await machine.fetch(source, { env })).files).toEqual(files);
        const archive = listAll(machine.cache).find((path) => path.endsWith('.gz')) ?? '';
        truncateSync(join(machine.cache, archive), 60);
        expect((await machine.fetch(source, { flags: ['--offline'] })).error).toContain(
          'is not in the cache',
        );
        expect((await machine.fetch(source, { env })).files).toEqual(files);
        writeFileSync(join(machine.cache, archive, '../map.json'), '{');
        expect((await machine.fetch(source, { env })).files).toEqual(files);
      }
    });
  });

  it('serves several runs at a time', async () => {
    const { machine, repository, answer } = setUp();
    const files = { file: '1' };
    repository.commit(files);
    await withHosts(machine.folder, answer, async ({ env }) => {
      for (let round = 0; round < 3; round += 1) {
        const results = await Promise.all([1, 2, 3, 4].map(() => machine.fetch('user/repo', { env })));
        expect(results.map((result) => result.files)).toEqual([files, files, files, files]);
      }
    });
    expect((await machine.fetch('user/repo', { flags: ['--offline'] })).files).toEqual(files);
  });

  it('need not be writable', async () => {
    const { machine, repository, answer } = setUp();
    const files = { file: '1' };
    repository.commit(files);
    const cache = join(machine.folder, 'no-folder');
    writeFileSync(cache, '');
    await withHosts(machine.folder, answer, async ({ env }) => {
      const result = await machine.fetch('user/repo', { env: { ...env, XDG_CACHE_HOME: cache } });
      expect(result.files).toEqual(files);
    });
    expect(machine.listTemporary()).toEqual([]);
  });

  it('is in the folder for caches, and nowhere else', async () => {
    const { machine, repository, answer } = setUp();
    repository.commit({ file: '1' });
    await withHosts(machine.folder, answer, ({ env }) => machine.fetch('user/repo', { env }));
    expect(
      listAll(join(machine.folder, 'cache')).filter((path) => !path.startsWith('create-envoy-filter')),
    ).toEqual([]);
    expect(listAll(join(machine.folder, 'home'))).toEqual([]);
    const withHome = { XDG_CACHE_HOME: 'relative' };
    await withHosts(machine.folder, answer, ({ env }) =>
      machine.fetch('user/repo', { env: { ...env, ...withHome } }),
    );
    expect(listAll(join(machine.folder, 'home'))).toContain('.cache/create-envoy-filter');
    expect(listAll(join(machine.folder, 'cwd'))).toEqual([]);
  });
});

describe('an archive is refused', () => {
  const file = { name: 'repo/file', content: 'x' };

  it.each<[string, readonly Entry[], string]>([
    [
      'a symbolic link',
      [file, { name: 'repo/x', type: 'symlink', linkname: '/etc' }],
      'it is a symbolic link',
    ],
    ['a hard link', [file, { name: 'repo/x', type: 'link', linkname: 'repo/file' }], 'it is a hard link'],
    ['..', [file, { name: 'repo/../../x' }], 'it contains ".."'],
    ['an absolute path', [file, { name: '/etc/x' }], 'more than one folder at its top'],
    ['a device', [file, { name: 'repo/NUL' }], 'is a device on Windows'],
    ['another case', [file, { name: 'repo/FILE' }], 'only in case'],
    ['a bomb', [{ name: 'repo/x', content: Buffer.alloc(80_000_000) }], 'the archive is larger than 70 MB'],
  ])('with %s', async (_what, entries, reason) => {
    const archive = await packGzip(...entries);
    expect((await fetchFrom((_host, _request, response) => response.end(archive))).error).toContain(reason);
  });

  it('that is cut off, by the host or on the way', async () => {
    const archive = await packGzip({ name: 'repo/x', content: Buffer.from(commit.repeat(100)) });
    const half = archive.subarray(0, archive.length - 9);
    const whole = await fetchFrom((_host, _request, response) => response.end(archive));
    expect(whole.error).toBeUndefined();
    const short = await fetchFrom((_host, _request, response) => response.end(half));
    expect(short.error).toBe('the archive is damaged: unexpected end of file; try again');
    const cut = await fetchFrom((_host, _request, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(half, () => setTimeout(() => response.destroy(), 100));
    });
    expect(cut.error).toMatch(/^cannot download https:.*: aborted/);
  });

  it('that does not end: at 50 MB, or after minutes', async () => {
    const endless = await fetchFrom((_host, _request, response) => {
      response.write(Buffer.from([0x1f, 0x8b]));
      const chunk = Buffer.alloc(1_000_000);
      const more = () => response.write(chunk) && setImmediate(more);
      response.on('drain', more).on('error', () => {});
      more();
    });
    expect(endless.error).toContain('the download is larger than 50 MB');
    const pack = await fetchFrom(answerEndlessPack, {}, `https://example.com/repo.git#${commit}`);
    expect(pack.error).toContain('the download is larger than 50 MB');
    for (const slow of [
      () => {},
      (response: Parameters<Answer>[2]) => {
        const timer = setInterval(() => response.write('\x1f'), 50);
        response.on('close', () => clearInterval(timer));
      },
    ]) {
      const answer: Answer = (_host, _request, response) => slow(response);
      const { error } = await fetchFrom(answer, { flags: ['--impatient'] });
      expect(error).toBe('"user/repo" took longer than 300 seconds; check your network and proxy');
    }
  });

  it('that comes from elsewhere than https, or from nowhere', async () => {
    const redirect =
      (location: string): Answer =>
      (_host, _request, response) =>
        response.writeHead(302, { location }).end();
    expect((await fetchFrom(redirect('http://github.com/x'))).error).toContain(
      'redirects to an address without https',
    );
    expect((await fetchFrom(redirect('file:///etc/passwd'))).error).toContain(
      'redirects to an address without https',
    );
    expect((await fetchFrom(redirect('/again'))).error).toContain('redirects too often');
    for (const status of [429, 500]) {
      const { error } = await fetchFrom((_host, _request, response) => response.writeHead(status).end());
      expect(error).toBe(`github.com answered ${status}; try again later`);
    }
  });
});

describe('the proxy', () => {
  const answer: Answer = async (_host, _request, response) =>
    response.end(await packGzip({ name: 'repo/x' }));

  async function fetchBy(
    change: (env: Hosts['env']) => NodeJS.ProcessEnv,
  ): Promise<[Result, readonly string[]]> {
    const machine = new Machine();
    return withHosts(machine.folder, answer, async ({ env, proxied }) => [
      await machine.fetch(`user/repo#${commit}`, { env: change(env) }),
      proxied,
    ]);
  }

  it('is named by the usual variables, and can ask for a password', async () => {
    const [, plain] = await fetchBy(({ https_proxy, ...env }) => ({
      ...env,
      HTTPS_PROXY: https_proxy?.replace('http://', ''),
    }));
    expect(plain).toEqual(['github.com:443']);
    const [, secret] = await fetchBy((env) => ({
      ...env,
      https_proxy: env.https_proxy?.replace('://', '://user:p%40ss@'),
    }));
    expect(secret).toEqual([`github.com:443 Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
  });

  it('is said to be the problem if it is', async () => {
    const [dead] = await fetchBy((env) => ({ ...env, https_proxy: 'http://user:secret@127.0.0.1:9' }));
    expect(dead.error).toBe(
      'the proxy 127.0.0.1:9 cannot be reached: connect ECONNREFUSED 127.0.0.1:9; check https_proxy',
    );
    const [socks] = await fetchBy((env) => ({ ...env, https_proxy: 'socks5://secret@127.0.0.1:9' }));
    expect(socks.error).toBe(
      'the address of the proxy does not begin with http:// or https://; check https_proxy',
    );
  });
});
