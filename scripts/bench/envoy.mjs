// Runs Envoy with a bootstrap.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGroup } from '../deployment.mjs';

/**
 * Starts an Envoy with one worker and waits until it is ready.
 *
 * @param {object} bootstrap
 * @param {string} folder for files
 * @param {NodeJS.ProcessEnv} env
 */
export async function startEnvoy(bootstrap, folder, env) {
  const config = join(folder, 'bootstrap.json');
  const adminFile = join(folder, 'admin');
  writeFileSync(config, JSON.stringify(bootstrap));
  const options = [
    '-c',
    config,
    '--admin-address-path',
    adminFile,
    '--concurrency',
    '1',
    '--disable-hot-restart',
  ];
  const group = startGroup([env.ENVOY ?? 'envoy', ...options, '-l', 'error'], { cwd: folder, env });
  const stop = async () => {
    if (!group.hasEnded()) group.signal('SIGKILL');
    await group.end();
  };
  const deadline = Date.now() + 30_000;
  while (!(await isReady(adminFile))) {
    if (group.hasEnded() || Date.now() > deadline) {
      await stop();
      throw new Error(`Envoy does not start:\n${group.output()}`);
    }
    await sleep(50);
  }
  return {
    // The shell that started it has become Envoy.
    pid: group.pid ?? 0,
    /** @param {string} listener */
    findPort: async (listener) => {
      const text = await (await fetch(`http://${readFileSync(adminFile, 'utf8')}/listeners`)).text();
      return Number(text.match(new RegExp(`^${listener}::.*:(\\d+)$`, 'm'))?.[1]);
    },
    stop,
  };
}

/** @param {string} adminFile */
async function isReady(adminFile) {
  if (!existsSync(adminFile)) return false;
  const response = await fetch(`http://${readFileSync(adminFile, 'utf8')}/ready`).catch(() => undefined);
  return response?.ok === true;
}
