/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { encodeUtf8 } from "./bytes";
import { Fields } from "./json/fields";

export class Config {
  /** What the line that greets a client begins with. */
  greeting: string = "Hello world";
  /** A connection from this IP address is closed; where this is empty, none is. */
  denyAddress: Uint8Array = new Uint8Array(0);
  /** A connection whose first bytes are these is closed; where there are none, none is. */
  denyPrefix: Uint8Array = new Uint8Array(0);
}

export class ParsedConfig {
  config: Config = new Config();
  /** Why there is no configuration, with the name of the field; null where there is one. */
  error: string | null = null;
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): ParsedConfig {
  const parsed = new ParsedConfig();
  const fields = new Fields(json);
  parsed.config.greeting = withinALine(fields, "greeting", parsed.config.greeting);
  parsed.config.denyAddress = encodeUtf8(fields.string("deny_address", ""));
  parsed.config.denyPrefix = encodeUtf8(fields.string("deny_prefix", ""));
  parsed.error = fields.error();
  return parsed;
}

/** A string that may stand in a line: a control character could end it. */
function withinALine(fields: Fields, name: string, fallback: string): string {
  const text = fields.string(name, fallback);
  for (let i = 0; i < text.length; i++) {
    if (isControl(text.charCodeAt(i))) fields.fail(name, "control characters are not allowed");
  }
  return text;
}

function isControl(c: i32): bool {
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}
