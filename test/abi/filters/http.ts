/** An HTTP filter that does what the request's header `x-script` says. */

import { encodeUtf8 } from "./bytes";
import { Action } from "./envoy/action";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { setEffectiveContext } from "./envoy/effective-context";
import {
  continueRequest,
  continueResponse,
  HttpContext,
  requestHeaders,
  resetRequest,
  resetResponse,
} from "./envoy/http";
import { sendLocalResponse } from "./envoy/local-response";
import { getProperty, setProperty } from "./envoy/property";
import { setTickPeriod } from "./envoy/timer";
import { runOnMessage } from "./messages";
import { Runner, Script, show, showStatus, toBytes, toHeaders } from "./script";

export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

setRootContext((id: u32) => new Root(id));

/** Who waits to be let go on at the next tick. */
const waiting: Filter[] = [];

class Root extends RootContext {
  override onConfigure(configuration: Uint8Array): bool {
    setTickPeriod(20);
    return true;
  }

  override createContext(id: u32): Context {
    return new Filter(id);
  }

  override onTick(): void {
    for (let i = 0; i < waiting.length; i++) waiting[i].goOn();
    waiting.length = 0;
  }
}

class HttpRunner extends Runner {
  override run(operation: string, args: string[]): string {
    const words = operation.split(".");
    if (words.length === 2) {
      const result = runOnMessage(words[0], words[1], args);
      if (result !== null) return result;
    }
    if (operation === "getProperty") return show(getProperty(args));
    if (operation === "setProperty") return showStatus(setProperty(args[0], toBytes(args[1])));
    if (operation === "continueRequest") return showStatus(continueRequest());
    if (operation === "continueResponse") return showStatus(continueResponse());
    if (operation === "resetRequest") return showStatus(resetRequest());
    if (operation === "resetResponse") return showStatus(resetResponse());
    if (operation === "sendLocalResponse") {
      const headers = toHeaders(args.slice(3));
      return showStatus(sendLocalResponse(U32.parseInt(args[0]), toBytes(args[1]), headers, args[2]));
    }
    if (operation === "plainLocalResponse") return showStatus(sendLocalResponse(U32.parseInt(args[0]), encodeUtf8("")));
    return `there is no ${operation}`;
  }
}

class Filter extends HttpContext {
  private runner: Runner = new HttpRunner(new Script("", ""));

  goOn(): void {
    this.runner.script.say(showStatus(setEffectiveContext(this.id)));
    this.runner.call("onTick");
  }

  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    const tag = requestHeaders.getText("x-tag");
    const script = requestHeaders.getText("x-script");
    if (tag !== null && script !== null) this.runner = new HttpRunner(new Script(tag, script));
    return this.call("onRequestHeaders", `${count === requestHeaders.getAll().length} ${endOfStream}`);
  }

  override onRequestBody(size: u32, endOfStream: bool): Action {
    return this.callBody("onRequestBody", size, endOfStream);
  }

  override onRequestTrailers(count: u32): Action {
    return this.call("onRequestTrailers", `${count}`);
  }

  override onResponseHeaders(count: u32, endOfStream: bool): Action {
    return this.call("onResponseHeaders", `${endOfStream}`);
  }

  override onResponseBody(size: u32, endOfStream: bool): Action {
    return this.callBody("onResponseBody", size, endOfStream);
  }

  override onResponseTrailers(count: u32): Action {
    return this.call("onResponseTrailers", `${count}`);
  }

  override onLog(): void {
    this.runner.call("onLog");
  }

  override onDelete(): void {
    this.call("onDelete", "");
    this.runner.script.say("end");
  }

  private call(callback: string, told: string): Action {
    const script = this.runner.script;
    if (script.of("callbacks").length > 0) script.say(`${callback} ${told}`);
    const waits = script.of("onTick").length > 0 && script.of(callback).includes("pause");
    if (waits && !waiting.includes(this)) waiting.push(this);
    return this.runner.call(callback);
  }

  /** The script may tell the last callback for a body from those before. */
  private callBody(callback: string, size: u32, endOfStream: bool): Action {
    const isLast = endOfStream && this.runner.script.of(`${callback}End`).length > 0;
    return this.call(isLast ? `${callback}End` : callback, `${size} ${endOfStream}`);
  }
}
