import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeScript } from '../../support/command.ts';

/** A process that ran Envoy, and its parent. */
type EnvoyProcess = Readonly<{ pid: number; parent: number }>;

/** A wrapper of the real Envoy that records the process ids of those that serve. */
export class Recorder {
  readonly #file: string;
  /** The variables that make a project use it. */
  readonly env: Readonly<{ ENVOY: string }>;

  private constructor(file: string, script: string) {
    this.#file = file;
    this.env = { ENVOY: script };
  }

  static async create(scratch: string): Promise<Recorder> {
    const file = join(await mkdtemp(join(scratch, 'recorder-')), 'processes');
    await writeFile(file, '');
    const record = `case "$*" in *--version* | *init_only*) ;; *) echo "$$ $PPID" >> '${file}' ;; esac`;
    return new Recorder(file, await writeScript(scratch, `${record}\nexec '${process.env.ENVOY}' "$@"`));
  }

  /** Every Envoy that was started. */
  async started(): Promise<readonly EnvoyProcess[]> {
    const lines = (await readFile(this.#file, 'utf8')).trim().split('\n').filter(Boolean);
    return lines.map((line) => {
      const [pid, parent] = line.split(' ').map(Number);
      return { pid: Number(pid), parent: Number(parent) };
    });
  }

  /** Waits for the first Envoy to be started. */
  async first(): Promise<EnvoyProcess> {
    for (;;) {
      const [first] = await this.started();
      if (first !== undefined) return first;
      await sleep(20);
    }
  }

  /** Waits up to five seconds for every Envoy to end. Returns those still running. */
  async leftOver(): Promise<readonly EnvoyProcess[]> {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const started = await this.started();
      const alive = await Promise.all(started.map(({ pid }) => isAlive(pid)));
      const leftOver = started.filter((_, index) => alive[index]);
      if (leftOver.length === 0 || Date.now() > deadline) return leftOver;
      await sleep(50);
    }
  }
}

/** A zombie has ended, even if its parent has not waited for it yet. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' Z ');
  return !/ [ZX] /.test(stat);
}
