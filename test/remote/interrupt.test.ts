import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { listAll } from '../support/folder.ts';
import { Machine } from './fetch.ts';
import { type Answer, withHosts } from './hosts.ts';

const commit = '1'.repeat(40);

describe('a fetch that is interrupted', () => {
  it.each([
    ['SIGINT', 'while it downloads', `user/repo#${commit}`],
    ['SIGTERM', 'while it downloads', `user/repo#${commit}`],
    ['SIGINT', 'while git looks up a ref', 'user/repo'],
    ['SIGINT', 'while git fetches', `https://example.com/repo.git#${commit}`],
  ] as const)('by %s %s is cancelled and leaves nothing', async (signal, _when, source) => {
    const machine = new Machine();
    let isAsked = false;
    const answer: Answer = (_host, _request, response) => {
      isAsked = true;
      response.write('\x1f');
    };
    await withHosts(machine.folder, answer, async ({ env }) => {
      const whileRunning = async (kill: (signal: NodeJS.Signals) => void) => {
        await vi.waitUntil(() => isAsked, { timeout: 20_000 });
        kill(signal);
      };
      expect(await machine.fetch(source, { env, whileRunning })).toEqual({ error: 'cancelled' });
    });
    expect(machine.listTemporary()).toEqual([]);
    expect(listAll(join(machine.folder, 'cache'))).toEqual([]);
  });

  it('does not wait for an ssh that waits', async () => {
    const machine = new Machine();
    const ssh = join(machine.folder, 'ssh');
    const started = join(machine.folder, 'started');
    const end = join(machine.folder, 'end');
    const script = `#!/bin/sh\ntouch '${started}'\nuntil [ -e '${end}' ]; do sleep 0.1; done\n`;
    writeFileSync(ssh, script, { mode: 0o755 });
    const whileRunning = async (kill: (signal: NodeJS.Signals) => void) => {
      await vi.waitUntil(() => existsSync(started), { timeout: 20_000 });
      kill('SIGTERM');
    };
    const env = { GIT_SSH_COMMAND: `'${ssh}'`, GIT_SSH_VARIANT: 'ssh' };
    const result = await machine.fetch('git@example.com:repo', { env, whileRunning });
    writeFileSync(end, '');
    expect(result).toEqual({ error: 'cancelled' });
    expect(machine.listTemporary()).toEqual([]);
  });
});
