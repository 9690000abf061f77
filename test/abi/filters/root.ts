/**
 * What comes of a root context from its beginning to its end, and what has to do with time and the log. The plugin
 * configuration is a tag, a line feed and a script.
 */

import { decodeUtf8Lossy, encodeUtf8 } from "./bytes";
import { getCurrentTime, getMonotonicTime } from "./envoy/clock";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { done } from "./envoy/done";
import { setEffectiveContext } from "./envoy/effective-context";
import { Header } from "./envoy/headers";
import { HttpContext } from "./envoy/http";
import { httpCall } from "./envoy/http-call";
import { getLogLevel, LogLevel, log } from "./envoy/log";
import { getProperty, setProperty } from "./envoy/property";
import { getSharedData, setSharedData } from "./envoy/shared-data";
import { setTickPeriod } from "./envoy/timer";
import { Runner, Script, show, showStatus, toBytes } from "./script";

export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

setRootContext((id: u32) => new Root(id));

log(LogLevel.Critical, "said top of the file");

class RootRunner extends Runner {
  override run(operation: string, args: string[]): string {
    if (operation === "logAll") return logAll();
    if (operation === "getLogLevel") return getLogLevel().toString();
    if (operation === "getCurrentTime") return getCurrentTime().toString();
    if (operation === "getMonotonicTime") return getMonotonicTime().toString();
    if (operation === "setTickPeriod") return showStatus(setTickPeriod(U32.parseInt(args[0])));
    if (operation === "setEffectiveContext") return showStatus(setEffectiveContext(U32.parseInt(args[0])));
    if (operation === "getProperty") return show(getProperty(args));
    if (operation === "setProperty") return showStatus(setProperty(args[0], toBytes(args[1])));
    if (operation === "getSharedData") return show(getSharedData(args[0]).value);
    if (operation === "setSharedData") return showStatus(setSharedData(args[0], toBytes(args[1])));
    if (operation === "done") return showStatus(done());
    if (operation === "httpCall") return showStatus(call());
    if (operation === "memory") return memory.size().toString();
    if (operation === "trap") throw new Error("on purpose");
    return `there is no ${operation}`;
  }
}

function logAll(): string {
  for (let level = LogLevel.Trace; level <= LogLevel.Critical; level++) log(level, `level ${level}`);
  return "logged";
}

function call(): i32 {
  const headers = [
    new Header(":method", encodeUtf8("GET")),
    new Header(":path", encodeUtf8("/")),
    new Header(":authority", encodeUtf8("host")),
  ];
  return httpCall("upstream", headers, new Uint8Array(0), [], 1000).status;
}

class Root extends RootContext {
  private runner: RootRunner = new RootRunner(new Script("", ""));
  private vmConfiguration: string = "";

  override onVmStart(configuration: Uint8Array): bool {
    this.vmConfiguration = decodeUtf8Lossy(configuration);
    return this.vmConfiguration !== "refused";
  }

  override onConfigure(configuration: Uint8Array): bool {
    const lines = decodeUtf8Lossy(configuration).split("\n");
    if (lines.length < 2) return false;
    this.runner = new RootRunner(new Script(lines[0], lines[1]));
    if (this.runner.script.of("callbacks").length > 0) this.runner.script.say(`onConfigure ${this.vmConfiguration}`);
    this.runner.call("onConfigure");
    return true;
  }

  override onTick(): void {
    this.runner.call("onTick");
  }

  override onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.runner.script.say(`onHttpCallResponse ${headers > 0}`);
    this.runner.call("onHttpCallResponse");
  }

  /** To stay is the operation `pause`. */
  override onDone(): bool {
    if (this.runner.script.of("callbacks").length > 0) this.runner.script.say("onDone");
    return this.runner.call("onDone") === 0;
  }

  override onDelete(): void {
    if (this.runner.script.of("callbacks").length > 0) this.runner.script.say("onDelete");
  }

  override createContext(id: u32): Context {
    return new HttpContext(id);
  }
}
