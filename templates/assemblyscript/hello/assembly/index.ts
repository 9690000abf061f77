/**
 * Sets the request header `x-hello` to `<greeting> from <:authority>`.
 *
 * Only this file talks to Envoy. The filter's decisions are in filter.ts, its configuration is in config.ts: plain code,
 * tested without Envoy.
 */

import { Config, parseConfig } from "./config";
import { Action } from "./envoy/action";
import { configOrLog } from "./envoy/configuration";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { HttpContext, requestHeaders } from "./envoy/http";
import { hello } from "./filter";

// The callbacks. Envoy makes those that a class overrides: the build leaves out the others.
export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

setRootContext((id: u32) => new FilterRoot(id));

/** One per plugin configuration and thread; outlives every request it serves. */
class FilterRoot extends RootContext {
  private config: Config = new Config();

  override createContext(id: u32): Context {
    return new Filter(id, this.config);
  }

  override onConfigure(configuration: Uint8Array): bool {
    const config = configOrLog(parseConfig(configuration));
    if (config === null) return false;
    this.config = config;
    return true;
  }
}

/** One per request. */
class Filter extends HttpContext {
  constructor(
    id: u32,
    private readonly config: Config,
  ) {
    super(id);
  }

  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    // Clients can send bytes that are not UTF-8, which a string cannot hold.
    const authority = requestHeaders.get(":authority");
    requestHeaders.set("x-hello", hello(this.config, authority));
    return Action.Continue;
  }
}
