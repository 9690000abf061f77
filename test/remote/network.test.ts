import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAll } from '../support/folder.ts';
import { Machine } from './fetch.ts';
import { serve, withHosts } from './hosts.ts';
import { Repository } from './repository.ts';

/** Runs a command without a network: in a namespace that has not even loopback. */
const cut = ['unshare', '--map-root-user', '--net', '--'];

describe('without a network', () => {
  it('a pinned commit comes from the cache, tip or not, and a branch as it was', async () => {
    const machine = new Machine();
    const root = join(machine.folder, 'served');
    const repository = new Repository(join(root, 'user/repo'));
    const first = repository.commit({ file: '1' });
    const second = repository.commit({ file: '2' });
    await withHosts(machine.folder, serve(root), async ({ env }) => {
      await machine.fetch(`user/repo#${first}`, { env });
      await machine.fetch('user/repo', { env });
    });
    for (const flags of [[], ['--offline']]) {
      const how = { prefix: cut, flags };
      expect(await machine.fetch(`user/repo#${first}`, how)).toMatchObject({
        commit: first,
        files: { file: '1' },
      });
      expect(await machine.fetch('user/repo', how)).toMatchObject({ commit: second, files: { file: '2' } });
    }
    expect(machine.listTemporary()).toEqual([]);
  });

  it('a local repository is fetched, even if the system says that the folder above the cache is missing', async () => {
    const repository = new Repository();
    const commit = repository.commit({ file: '1' });
    // Only SIGKILL ends an endless loop in Node's own code.
    const prefix = ['timeout', '--signal=KILL', '30', ...cut];
    const how = { prefix, env: { XDG_CACHE_HOME: '/proc/nowhere' } };
    expect(await new Machine().fetch(repository.url, how)).toMatchObject({ commit });
  });

  it('nothing comes that is not in the cache, and nothing is left', async () => {
    const machine = new Machine();
    const commit = '1'.repeat(40);
    for (const [source, problem] of [
      ['user/repo', /^cannot fetch "https:\/\/github.com\/user\/repo": .*Could not resolve host: github.com/],
      [`user/repo#${commit}`, /^cannot download https:\/\/github.com\/.*: getaddrinfo EAI_AGAIN github.com/],
      ['https://example.com/repo.git', /^cannot fetch .*Could not resolve host: example.com/],
      ['git@example.com:repo', /^cannot fetch .*Could not resolve hostname example.com/],
    ] as const) {
      expect((await machine.fetch(source, { prefix: cut })).error).toMatch(problem);
    }
    expect(machine.listTemporary()).toEqual([]);
    expect(listAll(join(machine.folder, 'cache'))).toEqual([]);
  });
});
