/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { Fields, Parsed } from "./json/fields";
import { isToken, toLowerCaseAscii } from "./json/header-name";

/** Which requests share a bucket. */
export enum Key {
  All,
  Address,
  /** Those with the same value of a header. */
  Header,
}

const HEADER = "header:";

export class Config {
  key: Key = Key.Address;
  /** The name of the header, if that is the key. */
  header: string = "";
  /** The time between two tokens that a bucket gets, in nanoseconds. */
  interval: u64 = 100_000_000;
  /** The most tokens in a bucket. If 0, as many as it gets in a second, at least 1. */
  burst: i32 = 0;
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): Parsed<Config> {
  const parsed = new Parsed<Config>();
  const config = parsed.config;
  const fields = new Fields(json);
  readKey(fields, config);
  config.interval = fields.perSecond("requests_per_second", config.interval);
  config.burst = fields.integer("burst", config.burst, 1, 1_000_000);
  parsed.error = fields.error();
  return parsed;
}

function readKey(fields: Fields, config: Config): void {
  const text = fields.string("key", "address");
  if (text === "address") return;
  if (text === "all") {
    config.key = Key.All;
    return;
  }
  config.key = Key.Header;
  config.header = toLowerCaseAscii(text.substring(HEADER.length));
  if (!text.startsWith(HEADER) || !isToken(config.header)) {
    fields.fail("key", "expected `all`, `address` or `header:` and a name");
  }
}
