/**
 * A TCP filter. The plugin configuration says what to do with a new connection; the first two lines that a client sends
 * are its tag and its script, and are not passed on.
 */

import { decodeUtf8Lossy, encodeUtf8 } from "./bytes";
import { Action } from "./envoy/action";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { setEffectiveContext } from "./envoy/effective-context";
import { proxy_continue_stream } from "./envoy/env";
import { getProperty, setProperty } from "./envoy/property";
import {
  closeDownstream,
  closeUpstream,
  continueDownstream,
  downstreamData,
  Peer,
  StreamContext,
  upstreamData,
} from "./envoy/stream";
import { setTickPeriod } from "./envoy/timer";
import { runOnBuffer } from "./messages";
import { Runner, Script, show, showStatus, toBytes } from "./script";

export * from "./envoy/exports/root";
export * from "./envoy/exports/stream";

setRootContext((id: u32) => new Root(id));

/** Who waits for the next tick. */
const waiting: Connection[] = [];

class Root extends RootContext {
  private script: Script = new Script("", "");

  override onConfigure(configuration: Uint8Array): bool {
    this.script = new Script("new", decodeUtf8Lossy(configuration));
    setTickPeriod(50);
    return true;
  }

  override createContext(id: u32): Context {
    return new Connection(id, new StreamRunner(this.script));
  }

  override onTick(): void {
    for (let i = 0; i < waiting.length; i++) waiting[i].tick();
    waiting.length = 0;
  }
}

class StreamRunner extends Runner {
  override run(operation: string, args: string[]): string {
    const words = operation.split(".");
    if (words[0] === "downstreamData") return runOnBuffer(downstreamData, words[1], args);
    if (words[0] === "upstreamData") return runOnBuffer(upstreamData, words[1], args);
    if (operation === "continueDownstream") return showStatus(continueDownstream());
    // The layer has no function for this: Envoy does not do it.
    if (operation === "continueUpstream") return showStatus(proxy_continue_stream(3));
    if (operation === "closeDownstream") return showStatus(closeDownstream());
    if (operation === "closeUpstream") return showStatus(closeUpstream());
    if (operation === "getProperty") return show(getProperty(args));
    if (operation === "setProperty") return showStatus(setProperty(args[0], toBytes(args[1])));
    return `there is no ${operation}`;
  }
}

class Connection extends StreamContext {
  private hasScript: bool = false;

  constructor(
    id: u32,
    private runner: StreamRunner,
  ) {
    super(id);
  }

  tick(): void {
    this.runner.script.say(showStatus(setEffectiveContext(this.id)));
    this.runner.call("onTick");
  }

  override onNewConnection(): Action {
    return this.call("onNewConnection", "");
  }

  override onDownstreamData(size: u32, endOfStream: bool): Action {
    if (!this.hasScript) this.readScript();
    if (endOfStream) this.runner.call("onDownstreamEnd");
    return this.call("onDownstreamData", `${size} ${endOfStream}`);
  }

  override onUpstreamData(size: u32, endOfStream: bool): Action {
    return this.call("onUpstreamData", `${size} ${endOfStream}`);
  }

  override onDownstreamClose(peer: Peer): void {
    this.call("onDownstreamClose", `${peer}`);
  }

  override onUpstreamClose(peer: Peer): void {
    this.call("onUpstreamClose", `${peer}`);
  }

  override onLog(): void {
    this.call("onLog", "");
  }

  override onDelete(): void {
    this.runner.script.say("end");
  }

  private readScript(): void {
    const lines = decodeUtf8Lossy(downstreamData.get()).split("\n");
    if (lines.length < 3) return;
    this.hasScript = true;
    this.runner = new StreamRunner(new Script(lines[0], lines[1]));
    downstreamData.set(encodeUtf8(lines[2]));
  }

  private call(callback: string, told: string): Action {
    const script = this.runner.script;
    if (script.of("callbacks").length > 0) script.say(`${callback} ${told}`);
    if (script.of("onTick").length > 0 && script.of(callback).includes("pause")) waiting.push(this);
    return this.runner.call(callback);
  }
}
