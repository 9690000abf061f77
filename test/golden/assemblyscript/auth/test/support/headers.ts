/** Headers for filter.test.js, which can hold objects with a constructor but not see into them. */

import { Header } from "../../assembly/envoy/headers";

export function makeHeader(name: string, value: Uint8Array): Header {
  return new Header(name, value);
}

export function readName(header: Header): string {
  return header.name;
}

export function readValue(header: Header): Uint8Array {
  return header.value;
}
