/** A Proxy-Wasm context type. */
export type Context = Readonly<{
  /** Value of `--context`. */
  id: string;
  label: string;
  hint: string;
}>;

export const http: Context = {
  id: 'http',
  label: 'HTTP filter',
  hint: 'reads and changes requests and responses',
};

export const stream: Context = {
  id: 'stream',
  label: 'TCP filter',
  hint: 'reads and changes the bytes of connections',
};

export const root: Context = {
  id: 'root',
  label: 'background service',
  hint: 'runs on a timer; an HTTP filter uses what it fetches',
};

/** All context types. The first is the default. */
export const contexts: readonly [Context, ...Context[]] = [http, stream, root];
