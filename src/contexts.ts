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
];
