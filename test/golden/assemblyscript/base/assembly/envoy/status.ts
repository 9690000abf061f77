/** The outcome of a hostcall. Source: Proxy-Wasm ABI 0.2.1, `proxy_status_t`. */
export enum Status {
  Ok = 0,
  /** There is nothing with that name. */
  NotFound = 1,
  /** Envoy does not do this, or not at this moment: once headers have been passed on, they cannot be changed. */
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
