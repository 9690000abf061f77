/** A filter that crashes or pauses on demand, and marks what it serves. As a service, it crashes on its third tick. */

import { encodeUtf8 } from "./bytes";
import { Action } from "./envoy/action";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { HttpContext, requestHeaders, responseHeaders } from "./envoy/http";
import { Counter } from "./envoy/metric";
import { downstreamData, StreamContext } from "./envoy/stream";
import { setTickPeriod } from "./envoy/timer";

export * from "./envoy/exports/http";
export * from "./envoy/exports/root";
export * from "./envoy/exports/stream";

setRootContext((id: u32) => new Root(id));

/** Pauses a request or connection, for ever. */
function pause(): Action {
  new Counter("pauses").add();
  return Action.Pause;
}

class Root extends RootContext {
  private kind: string = "";
  private ticks: u32 = 0;
  private readonly counter: Counter = new Counter("ticks");

  override onConfigure(configuration: Uint8Array): bool {
    this.kind = String.UTF8.decode(configuration.buffer);
    if (this.kind === "service") setTickPeriod(20);
    return true;
  }

  override onTick(): void {
    this.ticks += 1;
    this.counter.add();
    if (this.ticks === 3) unreachable();
  }

  override createContext(id: u32): Context {
    return this.kind === "tcp" ? new Connection(id) : new Request(id);
  }
}

class Request extends HttpContext {
  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    if (requestHeaders.get("x-crash") !== null) unreachable();
    return requestHeaders.get("x-pause") === null ? Action.Continue : pause();
  }

  override onResponseHeaders(count: u32, endOfStream: bool): Action {
    responseHeaders.set("x-served", encodeUtf8("1"));
    return Action.Continue;
  }
}

class Connection extends StreamContext {
  override onDownstreamData(size: u32, endOfStream: bool): Action {
    const bytes = downstreamData.get(0, size);
    if (bytes.length > 0 && bytes[0] === 0x21) unreachable();
    if (bytes.length > 0 && bytes[0] === 0x3f) return pause();
    downstreamData.prepend(encodeUtf8("served "));
    return Action.Continue;
  }
}
