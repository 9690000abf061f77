/** What outlasts a request: shared data, shared queues and metrics; foreign functions and random bytes. Driven as http.ts is. */

import { Action } from "./envoy/action";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { proxy_increment_metric, proxy_record_metric } from "./envoy/env";
import { callForeignFunction } from "./envoy/foreign-function";
import { HttpContext, requestHeaders } from "./envoy/http";
import { Counter, Gauge, Histogram } from "./envoy/metric";
import { getRandomBytes } from "./envoy/random";
import { getSharedData, setSharedData } from "./envoy/shared-data";
import { findSharedQueue, registerSharedQueue, SharedQueue } from "./envoy/shared-queue";
import { Runner, Script, show, showStatus, toBytes, toNumber } from "./script";

export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

setRootContext((id: u32) => new Root(id));

class SharedRunner extends Runner {
  private queue: SharedQueue = new SharedQueue(0);
  private result: Uint8Array | null = null;

  override run(operation: string, args: string[]): string {
    if (operation === "repeat") return this.repeat(I32.parseInt(args[0]), args[1], args.slice(2));
    if (operation === "memory") return memory.size().toString();
    if (operation.endsWith("SharedData")) return runOnData(operation, args);
    if (operation.endsWith("ueue")) return this.runOnQueue(operation, args);
    if (operation === "callForeignFunction") return this.callForeign(args[0], toBytes(args[1]));
    if (operation === "getRandomBytes") return showEnds(getRandomBytes(I32.parseInt(args[0])));
    if (operation === "callWithResult") return this.callForeign(args[0], this.result);
    return runOnMetric(operation, args);
  }

  private repeat(times: i32, operation: string, args: string[]): string {
    let result = "";
    for (let i = 0; i < times; i++) result = this.run(operation, args);
    return result;
  }

  private runOnQueue(operation: string, args: string[]): string {
    if (operation === "enqueue") return showStatus(this.queue.enqueue(toBytes(args[0])));
    if (operation === "dequeue") return show(this.queue.dequeue());
    if (operation === "noQueue") this.queue = new SharedQueue(U32.MAX_VALUE);
    if (operation === "registerSharedQueue") this.queue = registerSharedQueue(args[0]);
    if (operation === "findSharedQueue") {
      const found = findSharedQueue(args[0] === "_" ? "" : args[0], args[1]);
      if (found === null) return "null";
      this.queue = found;
    }
    return "queue";
  }

  private callForeign(name: string, argument: Uint8Array | null): string {
    const result = callForeignFunction(name, argument === null ? new Uint8Array(0) : argument);
    this.result = result.bytes;
    return `${showStatus(result.status)} ${show(result.bytes)}`;
  }
}

/** The length, and 8 bytes from each end. */
function showEnds(bytes: Uint8Array): string {
  return `${bytes.length} ${bytes.slice(0, 8).join(",")} ${bytes.slice(-8).join(",")}`;
}

function runOnData(operation: string, args: string[]): string {
  const before = getSharedData(args[0]);
  if (operation === "getSharedData") return `${show(before.value)} ${before.version > 0}`;
  const value = toBytes(args[1]);
  if (operation === "swapSharedData") return showStatus(setSharedData(args[0], value, before.version));
  if (operation === "setSharedData") return showStatus(setSharedData(args[0], value));
  // The version is one that the entry had before.
  setSharedData(args[0], toBytes("other"));
  return showStatus(setSharedData(args[0], value, before.version));
}

function runOnMetric(operation: string, args: string[]): string {
  if (operation === "addToNone") return showStatus(proxy_increment_metric(0, 1));
  if (operation === "recordInNone") return showStatus(proxy_record_metric(0, 1));
  const amount = args.length > 1 ? toNumber(args[1]) : 0;
  if (operation === "addOne") return showStatus(new Counter(args[0]).add());
  if (operation === "addToCounter") return showStatus(new Counter(args[0]).add(<u32>amount));
  if (operation === "getCounter") return new Counter(args[0]).get().toString();
  if (operation === "addToGauge") return showStatus(new Gauge(args[0]).add(amount));
  if (operation === "setGauge") return showStatus(new Gauge(args[0]).set(<u64>amount));
  if (operation === "getGauge") return new Gauge(args[0]).get().toString();
  if (operation === "record") return showStatus(new Histogram(args[0]).record(<u64>amount));
  return `there is no ${operation}`;
}

class Root extends RootContext {
  private runner: SharedRunner = new SharedRunner(new Script("", ""));
  private registered: SharedQueue | null = null;

  override onConfigure(configuration: Uint8Array): bool {
    const name = String.UTF8.decodeUnsafe(configuration.dataStart, configuration.length);
    if (name === "") return true;
    this.runner = new SharedRunner(new Script(name, ""));
    this.registered = registerSharedQueue("queue");
    return true;
  }

  override onQueueReady(queueId: u32): void {
    const queue = this.registered;
    if (queue === null) return;
    this.runner.script.say(`onQueueReady ${queue.id === queueId} ${show(queue.dequeue())}`);
  }

  override createContext(id: u32): Context {
    return new Request(id);
  }
}

class Request extends HttpContext {
  private runner: SharedRunner = new SharedRunner(new Script("", ""));

  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    const tag = requestHeaders.getText("x-tag");
    const script = requestHeaders.getText("x-script");
    if (tag !== null && script !== null) this.runner = new SharedRunner(new Script(tag, script));
    return this.runner.call("onRequestHeaders");
  }

  override onDelete(): void {
    this.runner.script.say("end");
  }
}
