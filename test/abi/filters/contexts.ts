/** Its root context creates contexts that are neither for requests nor for connections. */

import { Action } from "./envoy/action";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { HttpContext } from "./envoy/http";
import { StreamContext } from "./envoy/stream";

export * from "./envoy/exports/http";
export * from "./envoy/exports/root";
export * from "./envoy/exports/stream";

setRootContext((id: u32) => new Root(id));

class Root extends RootContext {
  override createContext(id: u32): Context {
    return new Context(id);
  }
}

/** What the root context should create for a request. */
export class Request extends HttpContext {
  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    return Action.Continue;
  }
}

/** What the root context should create for a connection. */
export class Connection extends StreamContext {
  override onNewConnection(): Action {
    return Action.Continue;
  }
}
