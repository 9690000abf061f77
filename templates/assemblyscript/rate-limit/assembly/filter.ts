/** What the filter reads from requests and tells clients, without Proxy-Wasm. */

import { Limit, Outcome } from "./bucket";
import { decodeUtf8Lossy, encodeUtf8 } from "./bytes";
import { Key } from "./config";

const COLON: u8 = 0x3a;
const OPENING_BRACKET: u8 = 0x5b;

/**
 * The network of a client, from its `address` with a port. An IPv6 client can use any address of its /64 network, so
 * that counts as one client.
 */
export function network(address: Uint8Array): Uint8Array {
  const end = address.lastIndexOf(COLON);
  if (end < 0) return address;
  if (address[0] !== OPENING_BRACKET) return address.slice(0, end);
  return encodeUtf8(networkOfIpv6(decodeUtf8Lossy(address.slice(1, end - 1))));
}

function networkOfIpv6(ip: string): string {
  // An IPv4 client: ::ffff:192.0.2.1.
  if (ip.includes(".")) return ip.substring(ip.lastIndexOf(":") + 1);
  const halves = ip.split("::");
  const groups = splitGroups(halves[0]);
  if (halves.length > 1) {
    const last = splitGroups(halves[1]);
    while (groups.length + last.length < 8) groups.push("0");
    for (let i = 0; i < last.length; i++) groups.push(last[i]);
  }
  return groups.slice(0, 4).join(":");
}

function splitGroups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}

/** The header `ratelimit-policy`: how many requests in how many seconds. */
export function policy(key: Key, limit: Limit): string {
  return `"${nameOf(key)}";q=${limit.burst};w=${seconds(limit.window)}`;
}

/** The header `ratelimit`: how many requests are left, and in how many seconds all of them will be. */
export function state(key: Key, outcome: Outcome): string {
  return `"${nameOf(key)}";r=${outcome.remaining};t=${seconds(outcome.fullIn)}`;
}

/** The header `retry-after` of a refusal. */
export function retryAfter(outcome: Outcome): string {
  return seconds(outcome.tokenIn).toString();
}

/** What the limit is for. The name of the header stays secret. */
function nameOf(key: Key): string {
  if (key === Key.All) return "all";
  return key === Key.Address ? "address" : "header";
}

/** Rounded up: a client that waits so long does not come too early. */
function seconds(nanoseconds: u64): u64 {
  return (nanoseconds + 999_999_999) / 1_000_000_000;
}
