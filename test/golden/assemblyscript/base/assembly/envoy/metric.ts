import { concat, encodeUtf8 } from "../bytes";
import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from "./env";
import { RETURNED_NUMBER } from "./memory";
import { getPluginName } from "./property";
import { Status } from "./status";

/** Source: Proxy-Wasm ABI 0.2.1, `proxy_metric_type_t`. */
enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

/**
 * A number in Envoy's statistics: `wasmcustom.wasm_filter.<plugin name>.<name>` at the admin port. All threads share it.
 * The plugin's name is part of it since all plugins share Envoy's statistics. Istio makes what follows `wasm_filter.` a
 * label, up to the first dot, so a dot in the plugin's name becomes `_`.
 *
 * Create it with its root context. Do not create one per request, since Envoy keeps them all, nor at the top level of a
 * file, since `log` is the only hostcall that Envoy allows while the module starts.
 */
class Metric {
  protected readonly id: u32;

  /** Source: Proxy-Wasm ABI 0.2.1, `proxy_define_metric`. */
  constructor(type: MetricType, name: string) {
    const plugin = encodeUtf8(getPluginName());
    for (let i = 0; i < plugin.length; i++) if (plugin[i] === 0x2e) plugin[i] = 0x5f;
    const bytes = concat(encodeUtf8("wasm_filter."), plugin, encodeUtf8(`.${name}`));
    // A metric that could not be defined gets the id 0, which Envoy never uses: `NotFound`.
    store<u32>(RETURNED_NUMBER, 0);
    proxy_define_metric(type, bytes.dataStart, bytes.length, RETURNED_NUMBER);
    this.id = load<u32>(RETURNED_NUMBER);
  }
}

/** A number that only grows. */
export class Counter extends Metric {
  constructor(name: string) {
    super(MetricType.Counter, name);
  }

  /** `BadArgument` if `amount` is 0. Source: Proxy-Wasm ABI 0.2.1, `proxy_increment_metric`. */
  add(amount: u32 = 1): Status {
    return proxy_increment_metric(this.id, amount);
  }

  get(): u64 {
    return getMetric(this.id);
  }
}

/** A number that can go up and down. */
export class Gauge extends Metric {
  constructor(name: string) {
    super(MetricType.Gauge, name);
  }

  /**
   * Adds `amount`, which may be negative; below 0 it wraps around. Source: Proxy-Wasm ABI 0.2.1,
   * `proxy_increment_metric`.
   */
  add(amount: i64): Status {
    return proxy_increment_metric(this.id, amount);
  }

  /** Source: Proxy-Wasm ABI 0.2.1, `proxy_record_metric`. */
  set(value: u64): Status {
    return proxy_record_metric(this.id, value);
  }

  get(): u64 {
    return getMetric(this.id);
  }
}

/** A distribution of values. */
export class Histogram extends Metric {
  constructor(name: string) {
    super(MetricType.Histogram, name);
  }

  /** Source: Proxy-Wasm ABI 0.2.1, `proxy_record_metric`. */
  record(value: u64): Status {
    return proxy_record_metric(this.id, value);
  }
}

/** Source: Proxy-Wasm ABI 0.2.1, `proxy_get_metric`. */
function getMetric(id: u32): u64 {
  store<u64>(RETURNED_NUMBER, 0);
  proxy_get_metric(id, RETURNED_NUMBER);
  return load<u64>(RETURNED_NUMBER);
}
