/**
 * Holds each request until a service has been asked, by an HTTP call, whether it may pass.
 *
 * Only this file talks to Envoy. The filter's decisions are in filter.ts, its configuration is in config.ts: plain code,
 * tested without Envoy.
 */

import { encodeUtf8 } from "./bytes";
import { Config, parseConfig } from "./config";
import { Action } from "./envoy/action";
import { getMonotonicTime } from "./envoy/clock";
import { configOrLog } from "./envoy/configuration";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { HeaderMap } from "./envoy/header-map";
import { Header } from "./envoy/headers";
import { continueRequest, HttpContext, requestHeaders, requestTrailers } from "./envoy/http";
import { callResponseHeaders, getCallResponseBody, httpCall } from "./envoy/http-call";
import { sendLocalResponse } from "./envoy/local-response";
import { LogLevel, log } from "./envoy/log";
import { Counter, Histogram } from "./envoy/metric";
import { Status } from "./envoy/status";
import {
  CANNOT_ASK,
  isReserved,
  judge,
  NO_VERDICT,
  question,
  statusOf,
  taken,
  told,
  Verdict,
  whyFailed,
} from "./filter";

// The callbacks. Envoy makes those that a class overrides: the build leaves out the others.
export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

setRootContext((id: u32) => new FilterRoot(id));

/** One per plugin configuration and thread; outlives every request it serves. */
class FilterRoot extends RootContext {
  private readonly metrics: Metrics = new Metrics();
  private config: Config = new Config();

  override onConfigure(configuration: Uint8Array): bool {
    const config = configOrLog(parseConfig(configuration));
    // Envoy then rejects the configuration.
    if (config === null) return false;
    this.config = config;
    return true;
  }

  override createContext(id: u32): Context {
    return new Filter(id, this.config, this.metrics);
  }
}

class Metrics {
  readonly allowed: Counter = new Counter("allowed_total");
  readonly denied: Counter = new Counter("denied_total");
  readonly failed: Counter = new Counter("failed_total");
  readonly wait: Histogram = new Histogram("wait_ms");
}

/** One per request. Exactly one callback lets the request pass or answers it: Envoy cannot take both. */
class Filter extends HttpContext {
  private readonly begin: u64 = getMonotonicTime();

  constructor(
    id: u32,
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {
    super(id);
  }

  /**
   * Pausing here also holds the body and the trailers back. Envoy buffers what fits into its limit and then stops
   * reading from the client.
   */
  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    const request = requestHeaders.getAll();
    const call = question(this.config, request);
    this.removeReserved(requestHeaders, request);
    return call === null ? this.deny(403, [], encodeUtf8(CANNOT_ASK)) : this.ask(call);
  }

  /** Some servers add the trailers to the headers. */
  override onRequestTrailers(count: u32): Action {
    this.removeReserved(requestTrailers, requestTrailers.getAll());
    return Action.Continue;
  }

  /** Called once for each call, after a time-out too, but not if the client has left. */
  override onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.metrics.wait.record((getMonotonicTime() - this.begin) / NANOSECONDS_PER_MILLISECOND);
    const response = callResponseHeaders.getAll();
    if (this.obey(response) === Action.Continue) continueRequest();
  }

  private removeReserved(from: HeaderMap, headers: Header[]): void {
    for (let i = 0; i < headers.length; i++) {
      const name = headers[i].name;
      if (isReserved(this.config, name)) from.remove(name);
    }
  }

  private ask(headers: Header[]): Action {
    const cluster = this.config.authCluster;
    const call = httpCall(cluster, headers, new Uint8Array(0), [], this.config.authTimeout);
    if (call.status === Status.Ok) return Action.Pause;
    return this.fail(`cluster ${cluster} cannot be called: ${Status[call.status]}`);
  }

  private obey(response: Header[]): Action {
    const status = statusOf(response);
    switch (judge(status)) {
      case Verdict.Allow:
        return this.allow(response);
      case Verdict.Deny:
        return this.deny(status, told(this.config, response), getCallResponseBody());
      default:
        return this.fail(whyFailed(status));
    }
  }

  private allow(response: Header[]): Action {
    const headers = taken(this.config, response);
    for (let i = 0; i < headers.length; i++) requestHeaders.add(headers[i].name, headers[i].value);
    this.metrics.allowed.add();
    return Action.Continue;
  }

  private deny(status: u32, headers: Header[], body: Uint8Array): Action {
    this.metrics.denied.add();
    sendLocalResponse(status, body, headers);
    return Action.Pause;
  }

  private fail(why: string): Action {
    this.metrics.failed.add();
    log(LogLevel.Warn, `cannot authorize a request: ${why}`);
    if (this.config.failOpen) return Action.Continue;
    sendLocalResponse(503, encodeUtf8(NO_VERDICT));
    return Action.Pause;
  }
}
