/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { encodeUtf8 } from "./bytes";
import { Fields, Parsed } from "./json/fields";

export class Config {
  /** The beginning of the line that greets a client. */
  greeting: string = "Hello world";
  /** Connections from this IP address are closed. If empty, none are. */
  denyAddress: Uint8Array = new Uint8Array(0);
  /** Connections that begin with these bytes are closed. If empty, none are. */
  denyPrefix: Uint8Array = new Uint8Array(0);
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): Parsed<Config> {
  const parsed = new Parsed<Config>();
  const fields = new Fields(json);
  parsed.config.greeting = fields.singleLine("greeting", parsed.config.greeting);
  parsed.config.denyAddress = encodeUtf8(fields.string("deny_address", ""));
  parsed.config.denyPrefix = encodeUtf8(fields.string("deny_prefix", ""));
  parsed.error = fields.error();
  return parsed;
}
