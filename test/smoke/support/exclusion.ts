import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';

/** Runs `use` when no other test, in any file, runs something under the same name. */
export async function exclusively<Result>(name: string, use: () => Promise<Result>): Promise<Result> {
  const shared = inject('shared');
  const lock = join(shared, `${name}.lock`);
  await mkdir(shared, { recursive: true });
  // Creating a folder succeeds only once.
  const tryToLock = () =>
    mkdir(lock).then(
      () => true,
      () => false,
    );
  while (!(await tryToLock())) await sleep(100);
  try {
    return await use();
  } finally {
    await rmdir(lock);
  }
}
