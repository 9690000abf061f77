import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import { findFreePort, startGroup } from '../../scripts/deployment.mjs';

/** A real registry on loopback. */
export class Registry {
  readonly #group: ReturnType<typeof startGroup>;

  private constructor(
    /** `host:port`, as names of images begin with it. */
    readonly host: string,
    group: ReturnType<typeof startGroup>,
  ) {
    this.#group = group;
  }

  static async start(): Promise<Registry> {
    const address = `127.0.0.1:${await findFreePort()}`;
    const group = startGroup(['crane', 'registry', 'serve', '--address', address], {
      cwd: process.cwd(),
      env: process.env,
    });
    await vi.waitFor(() => fetch(`http://${address}/v2/`), 20_000);
    return new Registry(address, group);
  }

  async stop(): Promise<void> {
    this.#group.signal('SIGKILL');
    await this.#group.end();
  }
}

/** Hands `use` the address of a server that asks for a password and accepts none. */
export async function withRefusingRegistry<Result>(use: (host: string) => Promise<Result>): Promise<Result> {
  const server: Server = createServer((_request, response) =>
    response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end(),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}
