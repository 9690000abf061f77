//! Metrics: numbers in Envoy's statistics.
#![allow(dead_code, reason = "not every kind of metric is in use")]

use proxy_wasm::hostcalls;
use proxy_wasm::types::MetricType;

/// A metric that only grows: `wasmcustom.wasm_filter.<plugin name>.<name>` in Envoy's statistics.
///
/// All threads share it. The plugin's name is part of it since all plugins share Envoy's statistics. Istio makes
/// what follows `wasm_filter.` a label, up to the first dot, so a dot in the plugin's name becomes `_`.
#[derive(Clone, Copy, Default)]
pub struct Counter(Option<u32>);

impl Counter {
    pub fn define(name: &str) -> Self {
        Self(define(MetricType::Counter, name))
    }

    /// A metric that cannot be recorded is ignored: it is no reason to fail.
    pub fn add(self, amount: usize) {
        if let (Some(id), Ok(amount)) = (self.0, i64::try_from(amount)) {
            let _ = hostcalls::increment_metric(id, amount);
        }
    }
}

/// A distribution of values, named as a [`Counter`] is.
#[derive(Clone, Copy, Default)]
pub struct Histogram(Option<u32>);

impl Histogram {
    pub fn define(name: &str) -> Self {
        Self(define(MetricType::Histogram, name))
    }

    /// As [`Counter::add`].
    pub fn record(self, value: u64) {
        if let Some(id) = self.0 {
            let _ = hostcalls::record_metric(id, value);
        }
    }
}

fn define(kind: MetricType, name: &str) -> Option<u32> {
    let plugin = plugin_name().replace('.', "_");
    let name = format!("wasm_filter.{plugin}.{name}");
    hostcalls::define_metric(kind, &name).ok()
}

/// The plugin's `name` in Envoy's configuration, which may be empty. Istio sets `<namespace>.<resource>`.
pub fn plugin_name() -> String {
    let name = hostcalls::get_property(vec!["plugin_name"]);
    String::from_utf8_lossy(&name.ok().flatten().unwrap_or_default()).into_owned()
}
