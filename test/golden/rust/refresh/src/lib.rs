//! A background service that fetches a greeting on a timer, and an HTTP filter that sets the request header
//! `x-hello` to `<greeting> from <:authority>`. They share the greeting in Envoy's shared data.
//!
//! Both are one module, and the plugin configuration says what an instance of it does: one with a
//! `refresh_period_ms` fetches. Where Envoy has no background service, the filter does both.
//!
//! Only this file and [`metric`] talk to Envoy. The decisions are in [`filter`] and [`lease`], the configuration
//! is in [`config`]: plain Rust, tested without Envoy.
#![cfg_attr(not(test), deny(clippy::disallowed_macros))]

mod config;
mod fields;
mod filter;
mod lease;
mod metric;

use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use log::{info, warn};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

use config::Config;
use metric::{Counter, plugin_name};

/// The first refresh comes soon after the start, but not in `on_configure`: Envoy does not serve
/// yet, and a call to one of its own listeners would fail.
const FIRST_TICK: Duration = Duration::from_millis(50);

proxy_wasm::main! {{
    // All: Envoy decides what it shows.
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::<Root>::default());
}}

/// The service has one, the HTTP filter one per plugin configuration and thread. A crash here would end
/// the service until Envoy restarts.
#[derive(Default)]
struct Root {
    config: Rc<Config>,
    /// The key of the greeting in the shared data.
    key: Rc<str>,
    successes: Counter,
    failures: Counter,
    /// Whether a call is in progress.
    is_waiting: bool,
}

impl RootContext for Root {
    /// Returning `false` makes Envoy reject the configuration.
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let json = self.get_plugin_configuration().unwrap_or_default();
        let Some(config) = fields::parse_or_log::<Config>(&json) else {
            return false;
        };
        self.key = config.key(&plugin_name()).into();
        self.config = Rc::new(config);
        self.successes = Counter::define("refresh_successes_total");
        self.failures = Counter::define("refresh_failures_total");
        if !self.config.refresh_cluster.is_empty() && self.config.refresh_period.is_some() {
            self.start_refreshing();
        }
        true
    }

    fn on_tick(&mut self) {
        let Some(period) = self.config.refresh_period else {
            return;
        };
        // The first tick came early: from now on, the period is the configured one.
        self.set_tick_period(period);
        if !self.is_waiting && self.takes_lease(period) {
            self.refresh();
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter {
            config: Rc::clone(&self.config),
            key: Rc::clone(&self.key),
        }))
    }
}

impl Context for Root {
    /// Called once for each call, after a timeout too.
    fn on_http_call_response(
        &mut self,
        _token_id: u32,
        num_headers: usize,
        _body_size: usize,
        _num_trailers: usize,
    ) {
        self.is_waiting = false;
        // An answer that broke off has no headers, and asking for one would crash.
        let status = match num_headers {
            0 => None,
            _ => self.get_http_call_response_header_bytes(":status"),
        };
        let body = self.get_http_call_response_body(0, filter::MAX_ANSWER);
        match filter::read_greeting(status.as_deref(), &body.unwrap_or_default()) {
            Ok(greeting) => self.succeed(&greeting),
            Err(why) => self.fail(&why),
        }
    }
}

impl Root {
    fn start_refreshing(&self) {
        // Compare-and-swap needs an existing entry. The main thread gets here before the workers.
        let key = self.lease_key();
        if self.get_shared_data(&key) == (None, None) {
            let _ = self.set_shared_data(&key, Some(b""), None);
        }
        self.set_tick_period(FIRST_TICK);
    }

    /// Returns `false` if another thread does this refresh.
    fn takes_lease(&self, period: Duration) -> bool {
        let now = self.get_current_time().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default();
        let key = self.lease_key();
        let (lease, cas) = self.get_shared_data(&key);
        lease::is_over(&lease.unwrap_or_default(), now, period)
            // An error means that another thread was faster.
            && self.set_shared_data(&key, Some(&lease::take(now, period)), cas).is_ok()
    }

    fn lease_key(&self) -> String {
        format!("{}\nlease", self.key)
    }

    fn refresh(&mut self) {
        let cluster = &self.config.refresh_cluster;
        let authority = match self.config.refresh_authority.as_str() {
            "" => cluster,
            authority => authority,
        };
        let headers = vec![
            (":method", "GET"),
            (":path", &self.config.refresh_path),
            (":authority", authority),
            ("accept", "application/json"),
        ];
        let timeout = self.config.refresh_timeout;
        match self.dispatch_http_call(cluster, headers, None, vec![], timeout) {
            Ok(_token_id) => self.is_waiting = true,
            Err(status) => self.fail(&format!("cluster {cluster} cannot be called: {status:?}")),
        }
    }

    fn succeed(&self, greeting: &str) {
        // Without a compare value, this always writes.
        let _ = self.set_shared_data(&self.key, Some(greeting.as_bytes()), None);
        self.successes.add(1);
        info!("refreshed: {greeting}");
    }

    fn fail(&self, why: &str) {
        self.failures.add(1);
        warn!("refresh failed, the last greeting stays: {why}");
    }
}

/// One per request.
struct Filter {
    config: Rc<Config>,
    key: Rc<str>,
}

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        let (fetched, _cas) = self.get_shared_data(&self.key);
        let greeting = fetched
            .as_deref()
            .unwrap_or(self.config.greeting.as_bytes());
        // Clients can send bytes that are not UTF-8: the getters that return a String would panic.
        let authority = self.get_http_request_header_bytes(":authority");
        let hello = filter::hello(greeting, authority.as_deref());
        self.set_http_request_header_bytes("x-hello", Some(&hello));
        Action::Continue
    }
}
