/** The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml. */

import { Fields, Parsed } from "./json/fields";

export class Config {
  /** The Envoy cluster of the service that decides. It is required, so that a lost configuration opens nothing. */
  authCluster: string = "";
  /** Comes before the request's path in what the service is asked. */
  authPath: string = "";
  /** In milliseconds. */
  authTimeout: i32 = 1_000;
  /** Whether requests pass if the service does not decide. */
  failOpen: bool = false;
  /** The headers of the request that the service sees. */
  askHeaders: string[] = ["authorization"];
  /** The headers that the upstream gets from the service. A client cannot send them. */
  takeHeaders: string[] = ["x-auth-user"];
  /** The headers that the client gets from the service with a refusal. */
  tellHeaders: string[] = ["location", "set-cookie", "www-authenticate"];
}

export function parseConfig(json: Uint8Array): Parsed<Config> {
  const parsed = new Parsed<Config>();
  const config = parsed.config;
  const fields = new Fields(json);
  config.authCluster = fields.cluster("auth_cluster");
  config.authPath = fields.pathPrefix("auth_path", config.authPath);
  config.authTimeout = fields.milliseconds("auth_timeout_ms", config.authTimeout);
  config.failOpen = fields.boolean("fail_open", config.failOpen);
  config.askHeaders = fields.headerNames("ask_headers", config.askHeaders);
  config.takeHeaders = fields.headerNames("take_headers", config.takeHeaders);
  config.tellHeaders = fields.headerNames("tell_headers", config.tellHeaders);
  parsed.error = fields.error();
  return parsed;
}
