import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { copy, move, remove } from 'fs-extra/esm';
import type { Env } from '../args.ts';
import { makeFolder } from '../write.ts';

const ending = '.tar.gz';
const map = 'map.json';

/**
 * What is kept of a repository between runs: archives of commits, and degit's map of refs to commits. Several runs can use it
 * at a time, and it may be read-only: without it, everything is fetched again.
 */
export class Cache {
  readonly #folder: string;

  constructor(env: Env, url: string) {
    // Any URL becomes a name that every file system takes.
    const name = createHash('sha256').update(url).digest('hex').slice(0, 32);
    this.#folder = join(findUserCache(env), 'create-envoy-filter', name);
  }

  /** Copies the map, or an archive, into a folder. Returns whether it was there. */
  async copyTo(folder: string, name = map): Promise<boolean> {
    return succeeds(() => copy(join(this.#folder, name), join(folder, name)));
  }

  /** Keeps the map and the archive of a folder. Removes archives that the map no longer needs. */
  async keep(folder: string): Promise<void> {
    await succeeds(async () => {
      const commits = Object.values(JSON.parse(await readFile(join(folder, map), 'utf8')));
      const archives = commits.map((commit) => `${commit}${ending}`);
      makeFolder(this.#folder);
      const kept = (await readdir(folder)).filter((name) => name === map || name.endsWith(ending));
      for (const name of kept) await move(join(folder, name), join(this.#folder, name), { overwrite: true });
      const old = (await readdir(this.#folder)).filter((name) => ![map, ...archives].includes(name));
      for (const name of old) await remove(join(this.#folder, name));
    });
  }
}

async function succeeds(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch {
    return false;
  }
}

function findUserCache({ XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local }: Env): string {
  if (isAbsolute(xdg)) return xdg;
  if (process.platform === 'win32') return local ?? join(homedir(), 'AppData', 'Local');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
