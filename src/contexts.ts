/** A kind of Proxy-Wasm context that a filter can start from, as data. */
export type Context = Readonly<{
  /** Value of `--context`, and the name of its template folder. */
  id: 'http' | 'stream' | 'root';
  label: string;
  hint: string;
  /** The command that shows it, while `make deploy` runs. */
  tryIt: string;
}>;

/** Every context type on offer; the first is the default. */
export const contexts: readonly [Context, ...Context[]] = [
  {
    id: 'http',
    label: 'HTTP filter',
    hint: 'reads and changes requests and responses',
    tryIt: 'curl localhost:8080/headers',
  },
  {
    id: 'stream',
    label: 'TCP filter',
    hint: 'reads and changes the bytes of connections',
    tryIt: 'echo hi | curl -sm1 telnet://localhost:8080',
  },
  {
    id: 'root',
    label: 'background service',
    hint: 'works on a timer, and an HTTP filter uses what it fetches',
    tryIt: 'curl localhost:8080/headers',
  },
];
