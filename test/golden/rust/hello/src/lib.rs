//! Sets the request header `x-hello` to `<greeting> from <:authority>`.
//!
//! Only this file talks to Envoy. The filter's decisions are in [`filter`], its configuration is in
//! [`config`]: plain Rust, tested without Envoy.
#![cfg_attr(not(test), deny(clippy::disallowed_macros))]

mod config;
mod fields;
mod filter;

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

use config::Config;

proxy_wasm::main! {{
    // All: Envoy decides what it shows.
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::<FilterRoot>::default());
}}

/// One per plugin configuration and thread; outlives every request it serves.
#[derive(Default)]
struct FilterRoot {
    config: Rc<Config>,
}

impl Context for FilterRoot {}

impl RootContext for FilterRoot {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter {
            config: Rc::clone(&self.config),
        }))
    }

    /// Returning `false` makes Envoy reject the configuration.
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let json = self.get_plugin_configuration().unwrap_or_default();
        let Some(config) = fields::parse_or_log(&json) else {
            return false;
        };
        self.config = Rc::new(config);
        true
    }
}

/// One per request.
struct Filter {
    config: Rc<Config>,
}

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        // Clients can send bytes that are not UTF-8: the getters that return a String would panic.
        let authority = self.get_http_request_header_bytes(":authority");
        let hello = filter::hello(&self.config, authority.as_deref());
        self.set_http_request_header_bytes("x-hello", Some(&hello));
        Action::Continue
    }
}
