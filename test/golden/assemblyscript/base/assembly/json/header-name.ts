/** Names of headers in a configuration. */

import { decodeUtf8Lossy, encodeUtf8 } from "../bytes";
import { isDigit } from "./characters";

/** Why the header `name`, in lower case, cannot be copied from one message to another; null if it can. */
export function whyUncopiable(name: string): string | null {
  if (!isToken(name)) return "is not the name of a header";
  return isUncopiable(name) ? "cannot be copied to another message" : null;
}

/** `text` with the letters of ASCII in lower case. Much smaller than `toLowerCase`, which knows all of Unicode. */
export function toLowerCaseAscii(text: string): string {
  const bytes = encodeUtf8(text);
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] >= 0x41 && bytes[i] <= 0x5a) bytes[i] |= 0x20;
  }
  return decodeUtf8Lossy(bytes);
}

/** Whether RFC 9110 allows `name`, in lower case, as the name of a header. */
export function isToken(name: string): bool {
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (!isDigit(c) && !isLowerCase(c) && !"!#$%&'*+-.^_`|~".includes(name.charAt(i))) return false;
  }
  return name !== "";
}

function isLowerCase(c: i32): bool {
  return c >= 0x61 && c <= 0x7a;
}

/** What these headers say is true of one message or connection only. `name` is a token, without a space. */
function isUncopiable(name: string): bool {
  const connection = "connection keep-alive proxy-connection te trailer transfer-encoding upgrade";
  return ` ${connection} content-length host `.includes(` ${name} `);
}
