/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { Fields } from "./json/fields";

export class Config {
  /** What `x-hello` begins with until a greeting has been fetched. */
  greeting: string = "Hello world";
  /**
   * The Envoy cluster that the greeting is fetched from, by this plugin or by another of the same name. Where this is
   * empty, none is.
   */
  refreshCluster: string = "";
  /** The `:authority` of the call; where this is empty, it is the cluster's name. */
  refreshAuthority: string = "";
  refreshPath: string = "/greeting";
  /** How often this plugin fetches it, in milliseconds; 0 leaves that to another. */
  refreshPeriod: i32 = 0;
  /** In milliseconds. */
  refreshTimeout: i32 = 1_000;
}

export class ParsedConfig {
  config: Config = new Config();
  /** Why there is no configuration, with the name of the field; null where there is one. */
  error: string | null = null;
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): ParsedConfig {
  const parsed = new ParsedConfig();
  const config = parsed.config;
  const fields = new Fields(json);
  config.greeting = headerValue(fields, "greeting", config.greeting);
  config.refreshCluster = headerValue(fields, "refresh_cluster", config.refreshCluster);
  config.refreshAuthority = headerValue(fields, "refresh_authority", config.refreshAuthority);
  config.refreshPath = path(fields, "refresh_path", config.refreshPath);
  config.refreshPeriod = milliseconds(fields, "refresh_period_ms", config.refreshPeriod);
  config.refreshTimeout = milliseconds(fields, "refresh_timeout_ms", config.refreshTimeout);
  parsed.error = fields.error();
  return parsed;
}

/**
 * The key of the greeting in the shared data. It contains the name of `plugin`, since other plugins may have the same
 * shared data, and where the greeting comes from: a change of that must not leave the old greeting in use, which the old
 * plugin goes on fetching until its connections have been drained.
 */
export function keyOf(plugin: string, config: Config): string {
  // Cluster, authority and path contain no line break, so different ones never make the same key.
  return `${plugin}\n${config.refreshCluster}\n${config.refreshAuthority}\n${config.refreshPath}`;
}

/** Whether this may stand in a header: a control character would end the header or break the request. */
export function isHeaderValue(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    if (isControl(text.charCodeAt(i))) return false;
  }
  return true;
}

function isControl(c: i32): bool {
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

function headerValue(fields: Fields, name: string, fallback: string): string {
  const text = fields.string(name, fallback);
  if (!isHeaderValue(text)) fields.fail(name, "control characters are not allowed");
  return text;
}

function path(fields: Fields, name: string, fallback: string): string {
  const text = fields.string(name, fallback);
  if (!isPath(text)) fields.fail(name, "expected a path such as /greeting");
  return text;
}

function isPath(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f) return false;
  }
  return text.startsWith("/");
}

/** From a tenth of a second, so that nobody who means seconds floods the upstream, to a day. */
function milliseconds(fields: Fields, name: string, fallback: i32): i32 {
  return fields.integer(name, fallback, 100, 86_400_000);
}
