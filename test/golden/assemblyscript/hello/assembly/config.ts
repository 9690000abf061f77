/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { Fields, Parsed } from "./json/fields";

export class Config {
  /** What `x-hello` begins with. */
  greeting: string = "Hello world";
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): Parsed<Config> {
  const parsed = new Parsed<Config>();
  const fields = new Fields(json);
  parsed.config.greeting = fields.singleLine("greeting", parsed.config.greeting);
  parsed.error = fields.error();
  return parsed;
}
