//! Sends each client the line `<greeting> from <its address>` before the first bytes of the upstream, closes
//! connections from the denied address and those that begin with the denied prefix, and counts the bytes that
//! it passes on.
//!
//! Only this file and [`metric`] talk to Envoy. The filter's decisions are in [`filter`], its configuration is
//! in [`config`]: plain Rust, tested without Envoy.
#![cfg_attr(not(test), deny(clippy::disallowed_macros))]

mod config;
mod fields;
mod filter;
mod metric;

use std::rc::Rc;

use proxy_wasm::traits::{Context, RootContext, StreamContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

use config::Config;
use filter::Verdict;
use metric::Counter;

proxy_wasm::main! {{
    // All: Envoy decides what it shows.
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::<FilterRoot>::default());
}}

/// One per plugin configuration and thread; outlives every connection it serves.
#[derive(Default)]
struct FilterRoot {
    config: Rc<Config>,
    counters: Counters,
}

impl Context for FilterRoot {}

impl RootContext for FilterRoot {
    /// Returning `false` makes Envoy reject the configuration.
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let json = self.get_plugin_configuration().unwrap_or_default();
        let Some(config) = fields::parse_or_log(&json) else {
            return false;
        };
        self.config = Rc::new(config);
        self.counters = Counters::define();
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::StreamContext)
    }

    fn create_stream_context(&self, _context_id: u32) -> Option<Box<dyn StreamContext>> {
        Some(Box::new(Filter {
            config: Rc::clone(&self.config),
            counters: self.counters,
            verdict: Verdict::Wait,
            has_greeted: false,
        }))
    }
}

/// One per connection.
struct Filter {
    config: Rc<Config>,
    counters: Counters,
    verdict: Verdict,
    has_greeted: bool,
}

impl Context for Filter {}

impl StreamContext for Filter {
    /// Decides what needs no bytes from the client. Envoy has not connected to the upstream yet.
    fn on_new_connection(&mut self) -> Action {
        let address = self.get_property(vec!["source", "address"]);
        if filter::denies_address(&self.config, &address.unwrap_or_default()) {
            return self.deny();
        }
        Action::Continue
    }

    /// By now Envoy has connected to the upstream, which may have sent bytes first.
    fn on_downstream_data(&mut self, data_size: usize, end_of_stream: bool) -> Action {
        if self.verdict == Verdict::Wait {
            // Envoy shows the bytes that were held back again, followed by the new ones.
            let start = self.get_downstream_data(0, self.config.deny_prefix.len());
            let start = start.unwrap_or_default();
            self.verdict = filter::judge(&self.config, &start, end_of_stream);
        }
        match self.verdict {
            Verdict::Wait => Action::Pause,
            Verdict::Deny => self.deny(),
            Verdict::Pass => {
                self.counters.downstream_bytes.add(data_size);
                Action::Continue
            }
        }
    }

    fn on_upstream_data(&mut self, data_size: usize, _end_of_stream: bool) -> Action {
        self.counters.upstream_bytes.add(data_size);
        if !self.has_greeted && data_size > 0 {
            self.has_greeted = true;
            let address = self.get_property(vec!["source", "address"]);
            let line = filter::hello(&self.config, address.as_deref());
            // Replacing no bytes at the start inserts the line before them.
            self.set_upstream_data(0, 0, &line);
        }
        Action::Continue
    }
}

impl Filter {
    fn deny(&self) -> Action {
        self.counters.denied_connections.add(1);
        self.close_downstream();
        Action::Pause
    }
}

#[derive(Clone, Copy, Default)]
struct Counters {
    downstream_bytes: Counter,
    upstream_bytes: Counter,
    denied_connections: Counter,
}

impl Counters {
    fn define() -> Self {
        Self {
            downstream_bytes: Counter::define("downstream_bytes_total"),
            upstream_bytes: Counter::define("upstream_bytes_total"),
            denied_connections: Counter::define("denied_connections_total"),
        }
    }
}
