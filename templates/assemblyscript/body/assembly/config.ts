/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { Fields, Parsed } from "./json/fields";

/** 16 MiB. A worker may hold that much for each response in flight. */
const MOST_BYTES = 16 * 1024 * 1024;

/** In bytes. It bounds how much a body can grow, since every value may be shorter. */
const LONGEST_REPLACEMENT = 100;

export enum Oversize {
  Pass,
  Refuse,
}

export class Config {
  /** The names of the fields whose values are replaced. */
  redact: string[] = ["password", "token"];
  /** What each value becomes: this text, as a JSON string. */
  replacement: string = "[redacted]";
  /** The size of the largest body to redact. */
  maxBytes: i32 = 1024 * 1024;
  /** What happens to larger ones. */
  oversize: Oversize = Oversize.Refuse;
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): Parsed<Config> {
  const parsed = new Parsed<Config>();
  const config = parsed.config;
  const fields = new Fields(json);
  config.redact = fields.strings("redact", config.redact);
  if (config.redact.length === 0 || config.redact.includes("")) {
    fields.fail("redact", "expected one name or more, none of them empty");
  }
  config.replacement = fields.string("replacement", config.replacement);
  if (String.UTF8.byteLength(config.replacement) > LONGEST_REPLACEMENT) {
    fields.fail("replacement", `expected at most ${LONGEST_REPLACEMENT} bytes`);
  }
  config.maxBytes = fields.integer("max_bytes", config.maxBytes, 1, MOST_BYTES);
  config.oversize = fields.choice("oversize", config.oversize, ["pass", "refuse"]);
  parsed.error = fields.error();
  return parsed;
}
