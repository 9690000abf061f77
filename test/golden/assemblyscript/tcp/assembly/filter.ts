/** The filter's decisions, without Proxy-Wasm. */

import { concat, encodeUtf8 } from "./bytes";
import { Config } from "./config";

/** What to do with a connection. */
export enum Verdict {
  /** The first bytes may still become the denied prefix: hold them back. */
  Wait,
  Pass,
  Deny,
}

/** Whether to close a connection from `address`, an IP address with a port, before its first bytes arrive. */
export function deniesAddress(config: Config, address: Uint8Array): bool {
  const host = config.denyAddress;
  return host.length > 0 && startsWith(address, concat(host, encodeUtf8(":")));
}

/** Judges a connection by its first bytes: `start` has those received so far, at most as many as the prefix. */
export function judge(config: Config, start: Uint8Array, endOfStream: bool): Verdict {
  const prefix = config.denyPrefix;
  if (prefix.length === 0) return Verdict.Pass;
  if (startsWith(start, prefix)) return Verdict.Deny;
  return startsWith(prefix, start) && !endOfStream ? Verdict.Wait : Verdict.Pass;
}

/** The line to send to the client before the upstream's first bytes. */
export function hello(config: Config, address: Uint8Array | null): Uint8Array {
  const from = address !== null ? address : encodeUtf8("unknown");
  return concat(encodeUtf8(`${config.greeting} from `), from, encodeUtf8("\n"));
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): bool {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) {
    if (bytes[i] !== prefix[i]) return false;
  }
  return true;
}
