import { setTimeout as sleep } from 'node:timers/promises';
import { startGroup } from '../../../scripts/deployment.mjs';

type Group = ReturnType<typeof startGroup>;
export type Started = Group & Readonly<{ stop: () => Promise<void> }>;

/** Starts a program, which must not end by itself. */
export function start(
  command: readonly [string, ...string[]],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Started {
  const group = startGroup([...command], { cwd, env: { ...process.env, ...env } });
  const stop = async () => {
    if (!group.hasEnded()) group.signal('SIGTERM');
    const isOver = group.end();
    const isLate = sleep(5_000, 'late', { ref: false });
    if ((await Promise.race([isOver, isLate])) === 'late') group.signal('SIGKILL');
    await isOver;
  };
  return { ...group, stop };
}

/** Waits until `isReady` holds. Throws with the output if the program ends, or after a minute. */
export async function waitFor(program: Started, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isReady().catch(() => false))) {
    if (program.hasEnded()) throw new Error(`it ended:\n${program.output()}`);
    if (Date.now() > deadline) throw new Error(`it is not ready after a minute:\n${program.output()}`);
    await sleep(100);
  }
}

/** Whether a URL answers with the status 200. */
export async function isFine(url: string): Promise<boolean> {
  const { ok, body } = await fetch(url);
  await body?.cancel();
  return ok;
}
