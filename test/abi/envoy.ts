import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGroup } from '../../scripts/deployment.mjs';

const patience = 8_000;

/** A real Envoy. */
export class Envoy {
  readonly folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-envoy-'));
  readonly #group: ReturnType<typeof startGroup>;
  #admin = '';

  private constructor(bootstrap: object, concurrency: number, path: string) {
    const config = join(this.folder, 'bootstrap.json');
    writeFileSync(config, JSON.stringify(bootstrap));
    const files = ['-c', config, '--admin-address-path', this.#adminFile];
    const logging = ['-l', 'error', '--component-log-level', 'wasm:error'];
    const command = [path, ...files, ...logging, '--disable-hot-restart'];
    const rest = [
      '--concurrency',
      `${concurrency}`,
      '--drain-time-s',
      '1',
      '--file-flush-interval-msec',
      '20',
    ];
    this.#group = startGroup([...command, ...rest], { cwd: this.folder, env: process.env });
  }

  /** Starts an Envoy with a bootstrap. Throws with its log if it does not start. */
  static async start(
    bootstrap: object,
    concurrency = 1,
    path = process.env.ENVOY ?? 'envoy',
  ): Promise<Envoy> {
    const envoy = new Envoy(bootstrap, concurrency, path);
    try {
      await envoy.eventually(() => envoy.#isReady(), 'Envoy is ready');
    } catch (error) {
      await envoy.stop();
      throw error;
    }
    return envoy;
  }

  /** All that it has logged so far. */
  log(): string {
    return this.#group.output();
  }

  /** A response of the admin port. Throws unless it is 200. */
  async admin(path: string, method = 'GET'): Promise<string> {
    const response = await fetch(`${this.#admin}${path}`, { method });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }

  /** The value of a counter or gauge, NaN if it does not exist. */
  async stat(name: string): Promise<number> {
    const stats = await this.admin(`/stats?filter=^${name}$`);
    return Number(stats.match(/: (\d+)/)?.[1] ?? Number.NaN);
  }

  /** The port of a listener. */
  async port(listener: string): Promise<number> {
    const listeners = await this.admin('/listeners');
    return Number(listeners.match(new RegExp(`^${listener}::.*:(\\d+)$`, 'm'))?.[1]);
  }

  /** Waits until `condition` returns neither false nor undefined. Returns the value, or throws with the log. */
  async eventually<Result>(
    condition: () => Result | Promise<Result>,
    what = 'it',
  ): Promise<Exclude<Result, false | undefined>> {
    for (const deadline = Date.now() + patience; ; await sleep(10)) {
      const result = await condition();
      if (result !== false && result !== undefined) return result as Exclude<Result, false | undefined>;
      if (this.#group.hasEnded() || Date.now() > deadline)
        throw new Error(`${what}: never; the end of Envoy's log:\n${this.log().slice(-3000)}`);
    }
  }

  /** Ends it, and returns Envoy's own complaints in its log, for example about a trap in a filter. */
  async stop(): Promise<readonly string[]> {
    const complaints = this.#group.hasEnded() ? ['Envoy has ended by itself'] : [];
    if (complaints.length === 0) this.#group.signal('SIGINT');
    const killer = setTimeout(() => {
      complaints.push('Envoy does not end');
      this.#group.signal('SIGKILL');
    }, patience);
    await this.#group.end();
    clearTimeout(killer);
    rmSync(this.folder, { recursive: true });
    const lines = this.log().split('\n');
    return [
      ...complaints,
      ...lines.filter(
        (line) =>
          /\[(warning|error|critical)\]|^\S*(assert|Caught)/.test(line) && !/\[wasm\] .* wasm log/.test(line),
      ),
    ];
  }

  get #adminFile(): string {
    return join(this.folder, 'admin');
  }

  async #isReady(): Promise<boolean> {
    if (!existsSync(this.#adminFile)) return false;
    this.#admin = `http://${readFileSync(this.#adminFile, 'utf8')}`;
    return this.admin('/ready').then(
      () => true,
      () => false,
    );
  }
}
