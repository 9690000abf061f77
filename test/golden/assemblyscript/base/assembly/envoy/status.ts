/** How a hostcall has ended. Source: Proxy-Wasm ABI 0.2.1, `proxy_status_t`. */
export enum Status {
  Ok = 0,
  /** There is nothing of that name. */
  NotFound = 1,
  /** Envoy does not do this, or not at this moment: the headers of a message are gone once they have been passed on. */
  BadArgument = 2,
  SerializationFailure = 3,
  ParseFailure = 4,
  BadExpression = 5,
  InvalidMemoryAccess = 6,
  Empty = 7,
  CasMismatch = 8,
  ResultMismatch = 9,
  InternalFailure = 10,
  BrokenConnection = 11,
  Unimplemented = 12,
}
