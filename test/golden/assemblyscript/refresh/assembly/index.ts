/**
 * A background service that fetches a greeting on a timer, and an HTTP filter that sets the request header `x-hello` to
 * `<greeting> from <:authority>`. They share the greeting in Envoy's shared data.
 *
 * Both are one module, and the plugin configuration says what an instance of it does: one with a
 * `refresh_period_ms` fetches. Where Envoy has no background service, the filter does both.
 *
 * Only this file talks to Envoy. The decisions are in filter.ts and lease.ts, the configuration is in config.ts: plain
 * code, tested without Envoy.
 */

import { encodeUtf8 } from "./bytes";
import { Config, keyOf, parseConfig } from "./config";
import { Action } from "./envoy/action";
import { getCurrentTime } from "./envoy/clock";
import { configOrLog } from "./envoy/configuration";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { Header } from "./envoy/headers";
import { HttpContext, requestHeaders } from "./envoy/http";
import { callResponseHeaders, getCallResponseBody, httpCall } from "./envoy/http-call";
import { LogLevel, log } from "./envoy/log";
import { Counter } from "./envoy/metric";
import { getPluginName } from "./envoy/property";
import { getSharedData, setSharedData } from "./envoy/shared-data";
import { Status } from "./envoy/status";
import { setTickPeriod } from "./envoy/timer";
import { hello, MAX_ANSWER, readGreeting } from "./filter";
import { isLeaseOver, takeLease } from "./lease";

// The callbacks. Envoy makes those that a class overrides: the build leaves out the others.
export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

/**
 * The first refresh comes soon after the start, but not in `onConfigure`: Envoy does not serve yet, and a call
 * to one of its own listeners would fail.
 */
const FIRST_TICK_MILLISECONDS: u32 = 50;

const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

setRootContext((id: u32) => new Root(id));

/**
 * The service has one, the HTTP filter one per plugin configuration and thread. A crash here would end the service
 * until Envoy restarts.
 */
class Root extends RootContext {
  private config: Config = new Config();
  /** The key of the greeting in the shared data. */
  private key: string = "";
  private readonly successes: Counter = new Counter("refresh_successes_total");
  private readonly failures: Counter = new Counter("refresh_failures_total");
  /** Whether a call is in progress. */
  private isWaiting: bool = false;

  override onConfigure(configuration: Uint8Array): bool {
    const config = configOrLog(parseConfig(configuration));
    if (config === null) return false;
    this.config = config;
    this.key = keyOf(getPluginName(), this.config);
    if (this.config.refreshCluster !== "" && this.config.refreshPeriod > 0) this.startRefreshing();
    return true;
  }

  override onTick(): void {
    // The first tick came early: from now on, the period is the configured one.
    setTickPeriod(this.config.refreshPeriod);
    if (!this.isWaiting && this.takesLease()) this.refresh();
  }

  /** Called once for each call, after a timeout too. */
  override onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.isWaiting = false;
    const answer = readGreeting(callResponseHeaders.get(":status"), getCallResponseBody(MAX_ANSWER));
    const error = answer.error;
    if (error === null) this.succeed(answer.greeting);
    else this.fail(error);
  }

  override createContext(id: u32): Context {
    return new Filter(id, this.key, this.config);
  }

  private startRefreshing(): void {
    // Compare-and-swap needs an existing entry. The main thread gets here before the workers.
    const key = this.leaseKey();
    if (getSharedData(key).value === null) setSharedData(key, new Uint8Array(0));
    setTickPeriod(FIRST_TICK_MILLISECONDS);
  }

  /** Returns `false` if another thread does this refresh. */
  private takesLease(): bool {
    const now = getCurrentTime() / NANOSECONDS_PER_MILLISECOND;
    const period = this.config.refreshPeriod;
    const key = this.leaseKey();
    const lease = getSharedData(key);
    if (!isLeaseOver(lease.value, now, period)) return false;
    // Any status but `Ok` means that another thread was faster.
    return setSharedData(key, takeLease(now, period), lease.version) === Status.Ok;
  }

  private leaseKey(): string {
    return `${this.key}\nlease`;
  }

  private refresh(): void {
    const cluster = this.config.refreshCluster;
    const authority = this.config.refreshAuthority;
    const headers = [
      new Header(":method", encodeUtf8("GET")),
      new Header(":path", encodeUtf8(this.config.refreshPath)),
      new Header(":authority", encodeUtf8(authority !== "" ? authority : cluster)),
      new Header("accept", encodeUtf8("application/json")),
    ];
    const call = httpCall(cluster, headers, new Uint8Array(0), [], this.config.refreshTimeout);
    if (call.status === Status.Ok) this.isWaiting = true;
    else this.fail(`cluster ${cluster} cannot be called: ${Status[call.status]}`);
  }

  private succeed(greeting: string): void {
    setSharedData(this.key, encodeUtf8(greeting));
    this.successes.add();
    log(LogLevel.Info, `refreshed: ${greeting}`);
  }

  private fail(why: string): void {
    this.failures.add();
    log(LogLevel.Warn, `refresh failed, the last greeting stays: ${why}`);
  }
}

/** One per request. */
class Filter extends HttpContext {
  constructor(
    id: u32,
    private readonly key: string,
    private readonly config: Config,
  ) {
    super(id);
  }

  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    const fetched = getSharedData(this.key).value;
    const greeting = fetched !== null ? fetched : encodeUtf8(this.config.greeting);
    // Clients can send bytes that are not UTF-8, which a string cannot hold.
    const authority = requestHeaders.get(":authority");
    requestHeaders.set("x-hello", hello(greeting, authority));
    return Action.Continue;
  }
}
