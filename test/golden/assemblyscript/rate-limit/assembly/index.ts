/**
 * Limits the rate of requests: each key has a token bucket, and a request that finds it empty gets the status 429. All
 * threads share the buckets, in Envoy's shared data.
 *
 * Only this file talks to Envoy. The decisions are in bucket.ts, pages.ts and filter.ts, the configuration is in
 * config.ts: plain code, tested without Envoy.
 */

import { createLimit, Limit, Outcome, refuse, takeToken } from "./bucket";
import { encodeUtf8 } from "./bytes";
import { Config, Key, parseConfig } from "./config";
import { Action } from "./envoy/action";
import { getCurrentTime } from "./envoy/clock";
import { configOrLog } from "./envoy/configuration";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { Header } from "./envoy/headers";
import { HttpContext, requestHeaders, responseHeaders } from "./envoy/http";
import { sendLocalResponse } from "./envoy/local-response";
import { Counter } from "./envoy/metric";
import { getPluginName, getProperty } from "./envoy/property";
import { getRandomBytes } from "./envoy/random";
import { getSharedData, setSharedData } from "./envoy/shared-data";
import { Status } from "./envoy/status";
import { network, policy, retryAfter, state } from "./filter";
import { createPage, findPlace, PAGES, readBucket, writeBucket } from "./pages";

// The callbacks. The build leaves out those that no class overrides.
export * from "./envoy/exports/http";
export * from "./envoy/exports/root";

/** How often a request tries to take its token before other threads do. */
const MAX_TRIES = 16;

setRootContext((id: u32) => new FilterRoot(id));

/** One per plugin configuration and thread; outlives every request it serves. */
class FilterRoot extends RootContext {
  config: Config = new Config();
  limit: Limit = new Limit();
  /** The header `ratelimit-policy`. */
  policy: Uint8Array = new Uint8Array(0);
  /** Plugins of other names may share the data. */
  plugin: string = "";
  seed: Uint8Array = new Uint8Array(0);
  readonly allowed: Counter = new Counter("allowed_total");
  readonly limited: Counter = new Counter("limited_total");
  readonly contended: Counter = new Counter("contended_total");

  override onConfigure(configuration: Uint8Array): bool {
    const config = configOrLog(parseConfig(configuration));
    if (config === null) return false;
    this.config = config;
    this.limit = createLimit(config);
    this.policy = encodeUtf8(policy(config.key, this.limit));
    this.plugin = getPluginName();
    this.createPages();
    return true;
  }

  override createContext(id: u32): Context {
    return new Filter(id, this);
  }

  /** The key of a page in the shared data. */
  pageKey(page: i32): string {
    return `${this.plugin}\npage\n${page}`;
  }

  /**
   * Creates the pages and the seed unless they exist. The main thread gets here before the workers. A new configuration
   * finds the buckets as they are.
   */
  private createPages(): void {
    const seedKey = `${this.plugin}\nseed`;
    const seed = getSharedData(seedKey).value;
    if (seed !== null) {
      this.seed = seed;
      return;
    }
    const page = createPage();
    for (let i = 0; i < PAGES; i++) setSharedData(this.pageKey(i), page);
    this.seed = getRandomBytes(8);
    setSharedData(seedKey, this.seed);
  }
}

/** One per request. */
class Filter extends HttpContext {
  private outcome: Outcome | null = null;

  constructor(
    id: u32,
    private readonly root: FilterRoot,
  ) {
    super(id);
  }

  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    const outcome = this.take(this.key());
    this.outcome = outcome;
    if (outcome.isAllowed) {
      this.root.allowed.add();
      return Action.Continue;
    }
    this.root.limited.add();
    const headers = [new Header("retry-after", encodeUtf8(retryAfter(outcome)))];
    sendLocalResponse(429, encodeUtf8("too many requests\n"), headers);
    return Action.Pause;
  }

  /** Also called for the response that this filter sent. */
  override onResponseHeaders(count: u32, endOfStream: bool): Action {
    const outcome = this.outcome;
    if (outcome === null) return Action.Continue;
    // An upstream may have limits of its own.
    responseHeaders.add("ratelimit-policy", this.root.policy);
    responseHeaders.addText("ratelimit", state(this.root.config.key, outcome));
    return Action.Continue;
  }

  /**
   * Requests with the same key share a bucket. Those without one do, too: leaving a header out must not be a way around
   * the limit.
   */
  private key(): Uint8Array {
    const config = this.root.config;
    if (config.key === Key.Address) {
      const address = getProperty(["source", "address"]);
      if (address !== null) return network(address);
    } else if (config.key === Key.Header) {
      const value = requestHeaders.get(config.header);
      if (value !== null) return value;
    }
    return new Uint8Array(0);
  }

  /** Takes a token from the key's bucket. If another thread changes the page meanwhile, tries again. */
  private take(key: Uint8Array): Outcome {
    const limit = this.root.limit;
    const place = findPlace(this.root.seed, key);
    const pageKey = this.root.pageKey(place.page);
    const now = getCurrentTime();
    for (let i = 0; i < MAX_TRIES; i++) {
      const entry = getSharedData(pageKey);
      const value = entry.value;
      const page = value !== null ? value : createPage();
      const fullAt = readBucket(page, place.index);
      const outcome = takeToken(limit, fullAt, now);
      if (outcome.fullAt === fullAt) return outcome;
      // Any status but `Ok` means that another thread was faster.
      const status = setSharedData(pageKey, writeBucket(page, place.index, outcome.fullAt), entry.version);
      if (status === Status.Ok) return outcome;
    }
    // Allowing a request without a token would break the limit.
    this.root.contended.add();
    return refuse(limit, now);
  }
}
