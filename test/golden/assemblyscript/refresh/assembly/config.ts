/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { Fields, Parsed } from "./json/fields";

export class Config {
  /** What `x-hello` begins with until a greeting has been fetched. */
  greeting: string = "Hello world";
  /**
   * The Envoy cluster that the greeting is fetched from, by this plugin or by another of the same name. If
   * empty, none is fetched.
   */
  refreshCluster: string = "";
  /** The `:authority` of the call. If empty, the cluster's name. */
  refreshAuthority: string = "";
  refreshPath: string = "/greeting";
  /** How often this plugin fetches it, in milliseconds. If 0, another plugin does. */
  refreshPeriod: i32 = 0;
  /** In milliseconds. */
  refreshTimeout: i32 = 1_000;
}

/** No configuration at all means the defaults. */
export function parseConfig(json: Uint8Array): Parsed<Config> {
  const parsed = new Parsed<Config>();
  const config = parsed.config;
  const fields = new Fields(json);
  config.greeting = fields.singleLine("greeting", config.greeting);
  config.refreshCluster = fields.singleLine("refresh_cluster", config.refreshCluster);
  config.refreshAuthority = fields.singleLine("refresh_authority", config.refreshAuthority);
  config.refreshPath = fields.path("refresh_path", config.refreshPath);
  config.refreshPeriod = fields.milliseconds("refresh_period_ms", config.refreshPeriod);
  config.refreshTimeout = fields.milliseconds("refresh_timeout_ms", config.refreshTimeout);
  parsed.error = fields.error();
  return parsed;
}

/**
 * The key of the greeting in the shared data. It contains the plugin's name, because other plugins may share the
 * data, and the greeting's source: once that has changed, the old greeting must not be used, although the old plugin
 * goes on fetching it until its connections are drained.
 */
export function keyOf(plugin: string, config: Config): string {
  // Cluster, authority and path contain no line break, so different ones never make the same key.
  return `${plugin}\n${config.refreshCluster}\n${config.refreshAuthority}\n${config.refreshPath}`;
}
