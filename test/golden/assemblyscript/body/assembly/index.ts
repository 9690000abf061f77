/**
 * Replaces the values of fields in JSON responses.
 *
 * Only this file talks to Envoy. filter.ts decides what to do with a response, redactor.ts changes JSON, and config.ts
 * reads the configuration: plain code, tested without Envoy.
 */

import { encodeUtf8 } from "./bytes";
import { Config, Oversize, parseConfig } from "./config";
import { Action } from "./envoy/action";
import { configOrLog } from "./envoy/configuration";
import { Context, RootContext, setRootContext } from "./envoy/context";
import {
  HttpContext,
  requestHeaders,
  resetResponse,
  responseBody,
  responseHeaders,
  responseTrailers,
} from "./envoy/http";
import { sendLocalResponse } from "./envoy/local-response";
import { Counter } from "./envoy/metric";
import { Body, BROKEN_HEADERS, bodyEnd, Headers, Outcome, Plan, plan, Step, TOO_LARGE, weaken } from "./filter";
import { Redactor } from "./redactor";

// The callbacks. Envoy makes those that a class overrides: the build leaves out the others.
export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

setRootContext((id: u32) => new FilterRoot(id));

/** One per plugin configuration and thread. Its requests share what it has. */
class FilterRoot extends RootContext {
  config: Config = new Config();
  redactor: Redactor = new Redactor([], "");
  readonly changed: Counter = new Counter("changed_total");
  readonly skipped: Counter = new Counter("skipped_total");
  readonly invalid: Counter = new Counter("invalid_total");
  readonly oversize: Counter = new Counter("oversize_total");

  override createContext(id: u32): Context {
    return new Filter(id, this);
  }

  override onConfigure(configuration: Uint8Array): bool {
    const config = configOrLog(parseConfig(configuration));
    if (config === null) return false;
    this.config = config;
    this.redactor = new Redactor(config.redact, config.replacement);
    return true;
  }

  count(outcome: Outcome): void {
    if (outcome === Outcome.Changed) this.changed.add();
    else if (outcome === Outcome.Invalid) this.invalid.add();
    else if (outcome === Outcome.Oversize) this.oversize.add();
  }
}

class ResponseHeaders extends Headers {
  override getText(name: string): string | null {
    return responseHeaders.getText(name);
  }
}

const headers = new ResponseHeaders();

/** One per request. */
class Filter extends HttpContext {
  /** The body of the response, if it may have to be changed. */
  private body: Body | null = null;

  constructor(
    id: u32,
    private readonly plugin: FilterRoot,
  ) {
    super(id);
  }

  /** Asks for the whole body, uncompressed. Otherwise a client could get around the filter. */
  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    requestHeaders.remove("accept-encoding");
    requestHeaders.remove("range");
    return Action.Continue;
  }

  override onResponseHeaders(count: u32, endOfStream: bool): Action {
    if (endOfStream) return Action.Continue;
    switch (plan(this.plugin.config, headers)) {
      case Plan.Skip:
        this.plugin.skipped.add();
        return Action.Continue;
      case Plan.Oversize:
        this.plugin.oversize.add();
        if (this.plugin.config.oversize === Oversize.Pass) return Action.Continue;
        sendLocalResponse(502, encodeUtf8(TOO_LARGE));
        return Action.Pause;
      case Plan.Collect:
        this.collect();
        return Action.Continue;
      default:
        return Action.Continue;
    }
  }

  override onResponseBody(size: u32, endOfStream: bool): Action {
    const body = this.body;
    return body === null ? Action.Continue : this.carryOut(body, body.add(responseBody.get(), endOfStream));
  }

  override onResponseTrailers(count: u32): Action {
    const body = this.body;
    if (body === null) return Action.Continue;
    for (let i = 0; i < BROKEN_HEADERS.length; i++) responseTrailers.remove(BROKEN_HEADERS[i]);
    return this.carryOut(body, body.finish());
  }

  private collect(): void {
    this.body = new Body(this.plugin.config, this.plugin.redactor, bodyEnd(headers));
    // The headers are sent before the body has arrived.
    for (let i = 0; i < BROKEN_HEADERS.length; i++) responseHeaders.remove(BROKEN_HEADERS[i]);
    const etag = responseHeaders.get("etag");
    if (etag !== null) responseHeaders.set("etag", weaken(etag));
  }

  private carryOut(body: Body, step: Step): Action {
    this.plugin.count(body.outcome);
    switch (step) {
      case Step.Pass:
        return Action.Continue;
      case Step.Send:
        responseBody.set(body.output);
        body.output = new Uint8Array(0);
        return Action.Continue;
      case Step.Break:
        resetResponse();
        return Action.Pause;
      default:
        responseBody.set(new Uint8Array(0));
        return step === Step.Hold ? Action.Pause : Action.Continue;
    }
  }
}
