import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Runs a server on a free loopback port during `use`. */
export async function withServer<Result>(
  server: Server,
  use: (port: number) => Promise<Result>,
): Promise<Result> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}
