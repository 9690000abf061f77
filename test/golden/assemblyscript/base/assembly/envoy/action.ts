/**
 * What a callback makes of what it was told of. Source: Proxy-Wasm ABI 0.2.1, `proxy_action_t`.
 */
export enum Action {
  /** It goes on to the next filter. */
  Continue = 0,
  /**
   * It stays here. Paused in a headers callback, a message waits as a whole until the filter lets it go on; in a callback
   * for a body or a connection, the bytes gather, and the callback comes again with all of them. Envoy holds back 1 MiB
   * at most (`per_connection_buffer_limit_bytes`): then it answers a request with an error, and of a connection it reads
   * no more.
   */
  Pause = 1,
}
