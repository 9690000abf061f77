/**
 * What a callback does with the headers, bytes or trailers it was called for.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_action_t`.
 */
export enum Action {
  /** Passes them on to the next filter. */
  Continue = 0,
  /**
   * Holds them back. After a pause in a headers callback, the whole message waits until the filter lets it go on. After
   * a pause in a callback for a body or a connection, the bytes gather, and the next callback sees all of them; how
   * many can gather is said there.
   */
  Pause = 1,
}
