import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { copy, move, pathExists, remove } from 'fs-extra/esm';
import type { Env } from '../args.ts';

const ending = '.tar.gz';
const map = 'map.json';

/** What is kept of a repository between runs: archives of commits, and degit's map of refs to commits. */
export class Cache {
  readonly #folder: string;

  constructor(env: Env, url: string) {
    // Any URL becomes a name that every file system takes.
    const name = createHash('sha256').update(url).digest('hex').slice(0, 32);
    this.#folder = join(findUserCache(env), 'create-envoy-filter', name);
  }

  /** Copies the map into a folder, or an archive. Returns whether it is kept. */
  async copyTo(folder: string, name = map): Promise<boolean> {
    const file = join(this.#folder, name);
    const isKept = await pathExists(file);
    if (isKept) await copy(file, join(folder, name));
    return isKept;
  }

  /** Keeps the map and the archives of a folder. Removes archives that the map no longer needs. */
  async keep(folder: string): Promise<void> {
    for (const name of await readdir(folder)) {
      if (name === map || name.endsWith(ending)) {
        await move(join(folder, name), join(this.#folder, name), { overwrite: true });
      }
    }
    const commits = Object.values(JSON.parse(await readFile(join(this.#folder, map), 'utf8')));
    const needed = commits.map((commit) => `${commit}${ending}`);
    for (const name of await readdir(this.#folder)) {
      if (name.endsWith(ending) && !needed.includes(name)) await remove(join(this.#folder, name));
    }
  }
}

function findUserCache({ XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local }: Env): string {
  if (isAbsolute(xdg)) return xdg;
  if (process.platform === 'win32') return local ?? join(homedir(), 'AppData', 'Local');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
