import { createServer, request } from 'node:http';
import { vi } from 'vitest';
import { startGroup } from '../../scripts/deployment.mjs';
import { withServer } from './server.ts';

/** A real registry on loopback that admits everybody. */
export class Registry {
  readonly #group = startGroup(['crane', 'registry', 'serve', '--address', '127.0.0.1:0'], {
    cwd: '/',
    env: process.env,
  });

  static async start(): Promise<Registry> {
    const registry = new Registry();
    await vi.waitUntil(() => registry.port > 0, { timeout: 20_000 });
    return registry;
  }

  get port(): number {
    return Number(this.#group.output().match(/serving on port (\d+)/)?.[1]);
  }

  /** The prefix of image names. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#group.signal('SIGTERM');
    await this.#group.end();
  }
}

/** Runs a registry during `use`. It admits only the user with the password. */
export async function withGuardedRegistry<Result>(
  [user, password]: readonly [user: string, password: string],
  use: (registry: string) => Promise<Result>,
): Promise<Result> {
  const registry = await Registry.start();
  // crane's registry has no users.
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const guard = createServer((incoming, answer) => {
    if (incoming.headers.authorization !== expected) {
      answer.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
      return;
    }
    const { url, method, headers } = incoming;
    const options = { host: '127.0.0.1', port: registry.port, path: url, method, headers };
    const passed = request(options, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(passed);
  });
  try {
    return await withServer(guard, (port) => use(`localhost:${port}`));
  } finally {
    await registry.stop();
  }
}
