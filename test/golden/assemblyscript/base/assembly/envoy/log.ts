import { encodeUtf8 } from "../bytes";
import { proxy_get_log_level, proxy_log } from "./env";
import { RETURNED_NUMBER } from "./memory";

/** Source: Proxy-Wasm ABI 0.2.1, `proxy_log_level_t`. */
export enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/**
 * Writes `message` to Envoy's log. Envoy's option `--component-log-level wasm:info` says which levels are shown; `make
 * deploy` shows `Info` and above.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_log`.
 */
export function log(level: LogLevel, message: string): void {
  const bytes = encodeUtf8(message);
  proxy_log(level, bytes.dataStart, bytes.length);
}

/**
 * The lowest level that is shown. Ask before you compose a message that is expensive.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_log_level`.
 */
export function getLogLevel(): LogLevel {
  proxy_get_log_level(RETURNED_NUMBER);
  return load<u32>(RETURNED_NUMBER);
}
