/**
 * Sends each client the line `<greeting> from <its address>` before the first bytes of the upstream, closes
 * connections from the denied address and those that begin with the denied prefix, and counts the bytes that
 * it passes on.
 *
 * Only this file talks to Envoy. The filter's decisions are in filter.ts, its configuration is in config.ts:
 * plain code, tested without Envoy.
 */

import { Config, parseConfig } from "./config";
import { Action } from "./envoy/action";
import { configOrLog } from "./envoy/configuration";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { Counter } from "./envoy/metric";
import { getProperty } from "./envoy/property";
import { closeDownstream, downstreamData, StreamContext, upstreamData } from "./envoy/stream";
import { deniesAddress, hello, judge, Verdict } from "./filter";

// The callbacks. Envoy makes those that a class overrides: the build leaves out the others.
export * from "./envoy/exports/root";
export * from "./envoy/exports/stream";

setRootContext((id: u32) => new FilterRoot(id));

/** One per plugin configuration and thread; outlives every connection it serves. */
class FilterRoot extends RootContext {
  private config: Config = new Config();
  private readonly counters: Counters = new Counters();

  override onConfigure(configuration: Uint8Array): bool {
    const config = configOrLog(parseConfig(configuration));
    if (config === null) return false;
    this.config = config;
    return true;
  }

  override createContext(id: u32): Context {
    return new Filter(id, this.config, this.counters);
  }
}

/** One per connection. */
class Filter extends StreamContext {
  private verdict: Verdict = Verdict.Wait;
  private hasGreeted: bool = false;

  constructor(
    id: u32,
    private readonly config: Config,
    private readonly counters: Counters,
  ) {
    super(id);
  }

  /** Decides what needs no bytes from the client. Envoy has not connected to the upstream yet. */
  override onNewConnection(): Action {
    const address = getProperty(["source", "address"]);
    if (address !== null && deniesAddress(this.config, address)) return this.deny();
    return Action.Continue;
  }

  /** By now Envoy has connected to the upstream, which may have sent bytes first. */
  override onDownstreamData(size: u32, endOfStream: bool): Action {
    if (this.verdict === Verdict.Wait) {
      // Envoy shows the bytes that were held back again, followed by the new ones.
      const start = downstreamData.get(0, this.config.denyPrefix.length);
      this.verdict = judge(this.config, start, endOfStream);
    }
    if (this.verdict === Verdict.Wait) return Action.Pause;
    if (this.verdict === Verdict.Deny) return this.deny();
    this.counters.downstreamBytes.add(size);
    return Action.Continue;
  }

  override onUpstreamData(size: u32, endOfStream: bool): Action {
    this.counters.upstreamBytes.add(size);
    if (!this.hasGreeted && size > 0) {
      this.hasGreeted = true;
      const address = getProperty(["source", "address"]);
      upstreamData.prepend(hello(this.config, address));
    }
    return Action.Continue;
  }

  private deny(): Action {
    this.counters.deniedConnections.add();
    closeDownstream();
    return Action.Pause;
  }
}

class Counters {
  readonly downstreamBytes: Counter = new Counter("downstream_bytes_total");
  readonly upstreamBytes: Counter = new Counter("upstream_bytes_total");
  readonly deniedConnections: Counter = new Counter("denied_connections_total");
}
