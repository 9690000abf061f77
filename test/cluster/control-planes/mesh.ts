import type { ApiServer } from '../support/api-server.ts';

/** A mesh with a Gateway `my-gateway`, whose proxy runs on this machine. */
export type Mesh = Readonly<{
  api: ApiServer;
  /** Where the proxy takes HTTP requests. */
  url: string;
  /** What the proxy has logged, and what runs it. */
  log: () => string;
  stop: () => Promise<void>;
}>;

/** Where a mesh is started: a scratch folder, and the address of the upstreams. */
export type Place = Readonly<{ folder: string; upstreams: string }>;
