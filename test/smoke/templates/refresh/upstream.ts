import { once } from 'node:events';
import { createServer } from 'node:net';
import { withServer } from '../../../support/server.ts';
import { configureFirst } from '../../support/bootstrap.ts';
import { setConcurrency } from '../../support/concurrency.ts';
import { all, type Deployment, type Project } from '../../support/project.ts';
import { refreshFrom } from './bootstrap.ts';

/** The response: bytes, after which the connection ends, or nothing, and it stays open. */
export type Answer = Buffer | 'none';

/** An upstream of the service. It records requests and answers with any bytes. */
export class RefreshUpstream {
  requests: string[] = [];
  /** The highest number of simultaneous connections. */
  mostWaiting = 0;
  #waiting = 0;
  answer: (request: string) => Answer | Promise<Answer> = () => 'none';

  /** The server to listen with. */
  readonly server = createServer((socket) => {
    let request = '';
    this.mostWaiting = Math.max(this.mostWaiting, ++this.#waiting);
    socket.on('close', () => this.#waiting--);
    // Envoy closes the connection after the time-out.
    socket.on('error', () => {});
    socket.on('data', async (bytes) => {
      request += bytes.toString('latin1');
      if (!request.endsWith('\r\n\r\n')) return;
      this.requests.push(request);
      const answer = await this.answer(request);
      if (answer !== 'none') socket.end(answer);
    });
  });

  hasBeenAskedFor(path: string): boolean {
    return this.requests.some((request) => request.startsWith(`GET ${path} `));
  }

  /** Refuses connections while `use` runs. */
  async refuse(use: () => Promise<void>): Promise<void> {
    const address = this.server.address();
    this.server.close();
    await use();
    this.server.listen(address);
    await once(this.server, 'listening');
  }
}

/** An HTTP response. */
export function http(status: number, body: string | Uint8Array, ...fields: readonly string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status} x`, `content-length: ${bytes.length}`, 'connection: close', ...fields];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** The correct response with that greeting. */
export function greet(greeting: string): Buffer {
  return http(200, JSON.stringify({ greeting }));
}

/** Differences from the other tests' deployment: fields of the configuration, lines of the bootstrap. */
type Differences = Readonly<{
  fields?: Readonly<Record<string, string | number>>;
  change?: (bootstrap: string) => string;
  concurrency?: number;
}>;

/** The longest period in milliseconds. */
export const day = 24 * 60 * 60 * 1000;

/** The configuration of the plugin that refreshes, for the bootstrap's filter. */
export const refreshing = {
  refresh_cluster: 'refresh',
  refresh_path: '/greeting',
  refresh_period_ms: 100,
  refresh_timeout_ms: 300,
};

/** Deploys the project with an `upstream` from which its first plugin (the service, if any) refreshes. */
export async function deployRefreshing(
  project: Project,
  upstream: RefreshUpstream,
  { fields, change = (bootstrap) => bootstrap, concurrency = 2 }: Differences,
  use: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const configuration = JSON.stringify({ ...refreshing, ...fields });
  const variables = await setConcurrency(project, concurrency);
  return withServer(upstream.server, (port) =>
    project.withBootstrap(all(change, refreshFrom(port), configureFirst(configuration)), () =>
      project.deploy(use, {}, variables),
    ),
  );
}
