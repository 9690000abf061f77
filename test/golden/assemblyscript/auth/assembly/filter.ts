/** The decisions of the filter, without hostcalls. */

import { concat, decodeUtf8, decodeUtf8Lossy, encodeUtf8 } from "./bytes";
import { Config } from "./config";
import { Header } from "./envoy/headers";

/** What the response of the service means. */
export enum Verdict {
  Allow,
  /** The client gets the response. */
  Deny,
  /** The service has not decided. */
  Fail,
}

/** The body of the response to a request about which the service cannot be asked. */
export const CANNOT_ASK = "this request cannot be authorized\n";
/** The body of the response where the service has not decided. */
export const NO_VERDICT = "authorization is not available\n";

/**
 * The headers of the call that asks about a request.
 *
 * null where no call can say what the request says: CONNECT has no path, and services read bytes that are not UTF-8 in
 * different ways. Such a request must not pass even if the filter fails open, because a client can send one at will.
 */
export function question(config: Config, request: Header[]): Header[] | null {
  const method = find(request, ":method");
  const path = find(request, ":path");
  const authority = find(request, ":authority");
  if (method === null || path === null || authority === null) return null;
  if (decodeUtf8Lossy(method) === "CONNECT") return null;
  const headers = [
    new Header(":method", method),
    new Header(":path", concat(encodeUtf8(config.authPath), path)),
    new Header(":authority", authority),
  ].concat(select(request, config.askHeaders));
  return headers.every((header) => isText(header)) ? headers : null;
}

/**
 * Whether only the service may set this header of the request.
 *
 * Many servers turn `x-auth-user` and `x_auth_user` into the same variable, so `_` and `-` count as the same here.
 */
export function isReserved(config: Config, name: string): bool {
  const names = config.takeHeaders;
  for (let i = 0; i < names.length; i++) {
    if (areAlike(names[i], name)) return true;
  }
  return false;
}

/** The status of a response; 0 if it broke off. */
export function statusOf(response: Header[]): u32 {
  const value = find(response, ":status");
  const text = value === null ? "" : decodeUtf8Lossy(value);
  const status = U32.parseInt(text);
  // Other texts do not survive the round trip.
  return status.toString() === text ? status : 0;
}

export function judge(status: u32): Verdict {
  if (status >= 200 && status <= 299) return Verdict.Allow;
  switch (status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
    case 401:
    case 403:
      return Verdict.Deny;
    default:
      return Verdict.Fail;
  }
}

/** What the log says about a response that decides nothing. */
export function whyFailed(status: u32): string {
  // Envoy itself responds with 503 if it cannot connect, and with 504 after the time-out.
  return status === 0 ? "the response broke off" : `status ${status}`;
}

/** The headers of the response that the upstream gets. */
export function taken(config: Config, response: Header[]): Header[] {
  return select(response, config.takeHeaders);
}

/** The headers of the response that the client gets, without those that are not text. */
export function told(config: Config, response: Header[]): Header[] {
  const headers: Header[] = [];
  // The body needs its type.
  const type = find(response, "content-type");
  if (type !== null) headers.push(new Header("content-type", type));
  const others = select(response, config.tellHeaders);
  for (let i = 0; i < others.length; i++) {
    if (others[i].name !== "content-type") headers.push(others[i]);
  }
  return headers.filter((header) => isText(header));
}

/** Compares without a copy, because this is done for each header of each request. */
function areAlike(a: string, b: string): bool {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (hyphenate(a.charCodeAt(i)) !== hyphenate(b.charCodeAt(i))) return false;
  }
  return true;
}

/** `_` becomes `-`. */
function hyphenate(c: i32): i32 {
  return c === 0x5f ? 0x2d : c;
}

function find(headers: Header[], name: string): Uint8Array | null {
  for (let i = 0; i < headers.length; i++) {
    if (headers[i].name === name) return headers[i].value;
  }
  return null;
}

/** The headers with these names, as often as they occur. */
function select(headers: Header[], names: string[]): Header[] {
  const selected: Header[] = [];
  for (let i = 0; i < headers.length; i++) {
    if (names.includes(headers[i].name)) selected.push(headers[i]);
  }
  return selected;
}

function isText(header: Header): bool {
  return decodeUtf8(header.value) !== null;
}
