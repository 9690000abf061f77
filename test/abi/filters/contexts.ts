/** Its root context creates contexts that are neither for requests nor for connections. */

import { Context, RootContext, setRootContext } from "./envoy/context";

export * from "./envoy/exports/http";
export * from "./envoy/exports/root";
export * from "./envoy/exports/stream";

setRootContext((id: u32) => new Root(id));

class Root extends RootContext {
  override createContext(id: u32): Context {
    return new Context(id);
  }
}
