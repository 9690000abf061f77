//! Metrics: numbers in Envoy's statistics.

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
        let plugin = plugin_name().replace('.', "_");
        let name = format!("wasm_filter.{plugin}.{name}");
        Self(hostcalls::define_metric(MetricType::Counter, &name).ok())
    }

    /// A metric that cannot be recorded is ignored: it is no reason to fail.
    pub fn add(self, amount: usize) {
        if let (Some(id), Ok(amount)) = (self.0, i64::try_from(amount)) {
            let _ = hostcalls::increment_metric(id, amount);
        }
    }
}

/// The plugin's `name` in Envoy's configuration, which may be empty. Istio sets `<namespace>.<resource>`.
pub fn plugin_name() -> String {
    let name = hostcalls::get_property(vec!["plugin_name"]);
    String::from_utf8_lossy(&name.ok().flatten().unwrap_or_default()).into_owned()
}
