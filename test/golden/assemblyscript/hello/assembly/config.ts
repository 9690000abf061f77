/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { encodeUtf8 } from "./bytes";
import { Fields, Parsed } from "./json/fields";

const GREETING = "Hello world";

export class Config {
  /** What `x-hello` begins with, in UTF-8. */
  greeting: Uint8Array = encodeUtf8(GREETING);
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): Parsed<Config> {
  const parsed = new Parsed<Config>();
  const fields = new Fields(json);
  parsed.config.greeting = encodeUtf8(fields.singleLine("greeting", GREETING));
  parsed.error = fields.error();
  return parsed;
}
