//! Replaces the values of fields in JSON responses.
//!
//! Only this file and [`metric`] talk to Envoy. [`filter`] decides what to do with a response, [`redactor`] changes
//! JSON, and [`config`] reads the configuration: plain Rust, tested without Envoy.
#![cfg_attr(not(test), deny(clippy::disallowed_macros))]

mod config;
mod fields;
mod filter;
mod json;
mod metric;
mod nesting;
mod redactor;

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

use config::{Config, Oversize};
use filter::{Body, Outcome, Plan, Step};
use metric::Counter;
use redactor::Redactor;

proxy_wasm::main! {{
    // All: Envoy decides what it shows.
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::<FilterRoot>::default());
}}

/// One per plugin configuration and thread. All its requests share what it holds.
#[derive(Default)]
struct FilterRoot {
    config: Rc<Config>,
    redactor: Rc<Redactor>,
    metrics: Metrics,
}

#[derive(Clone, Copy, Default)]
struct Metrics {
    changed: Counter,
    skipped: Counter,
    invalid: Counter,
    oversize: Counter,
}

impl Metrics {
    fn define() -> Self {
        Self {
            changed: Counter::define("changed_total"),
            skipped: Counter::define("skipped_total"),
            invalid: Counter::define("invalid_total"),
            oversize: Counter::define("oversize_total"),
        }
    }

    fn count(self, outcome: Outcome) {
        match outcome {
            Outcome::Changed => self.changed.add(1),
            Outcome::Invalid => self.invalid.add(1),
            Outcome::Oversize => self.oversize.add(1),
        }
    }
}

impl Context for FilterRoot {}

impl RootContext for FilterRoot {
    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter {
            config: Rc::clone(&self.config),
            redactor: Rc::clone(&self.redactor),
            metrics: self.metrics,
            body: None,
        }))
    }

    /// Envoy rejects the configuration if this returns `false`.
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let json = self.get_plugin_configuration().unwrap_or_default();
        let Some(config) = fields::parse_or_log::<Config>(&json) else {
            return false;
        };
        self.redactor = Rc::new(Redactor::new(&config.redact, &config.replacement));
        self.config = Rc::new(config);
        self.metrics = Metrics::define();
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// One per request.
struct Filter {
    config: Rc<Config>,
    redactor: Rc<Redactor>,
    metrics: Metrics,
    /// The body of the response, if it may have to be changed.
    body: Option<Body>,
}

impl Context for Filter {}

impl HttpContext for Filter {
    /// Asks for the whole body, uncompressed. Otherwise a client could get around the filter.
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        self.remove_http_request_header("accept-encoding");
        self.remove_http_request_header("range");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _num_headers: usize, end_of_stream: bool) -> Action {
        if end_of_stream {
            return Action::Continue;
        }
        match filter::plan(&self.config, |name| {
            self.get_http_response_header_bytes(name)
        }) {
            Plan::Ignore => Action::Continue,
            Plan::Skip => {
                self.metrics.skipped.add(1);
                Action::Continue
            }
            Plan::Oversize => {
                self.metrics.oversize.add(1);
                match self.config.oversize {
                    Oversize::Pass => Action::Continue,
                    Oversize::Refuse => {
                        self.send_http_response(502, vec![], Some(filter::TOO_LARGE));
                        Action::Pause
                    }
                }
            }
            Plan::Collect(end) => {
                // The headers are sent before the body has arrived.
                for name in filter::BROKEN_HEADERS {
                    self.remove_http_response_header(name);
                }
                if let Some(etag) = self.get_http_response_header_bytes("etag") {
                    let etag = filter::weaken(&etag);
                    self.set_http_response_header_bytes("etag", Some(&etag));
                }
                let (config, redactor) = (Rc::clone(&self.config), Rc::clone(&self.redactor));
                self.body = Some(Body::new(config, redactor, end));
                Action::Continue
            }
        }
    }

    fn on_http_response_body(&mut self, body_size: usize, end_of_stream: bool) -> Action {
        let Some(mut body) = self.body.take() else {
            return Action::Continue;
        };
        let piece = self
            .get_http_response_body(0, body_size)
            .unwrap_or_default();
        let step = body.add(&piece, end_of_stream);
        self.body = Some(body);
        self.carry_out(step)
    }

    fn on_http_response_trailers(&mut self, _num_trailers: usize) -> Action {
        let Some(body) = &mut self.body else {
            return Action::Continue;
        };
        let step = body.end();
        for name in filter::BROKEN_HEADERS {
            self.remove_http_response_trailer(name);
        }
        self.carry_out(step)
    }
}

impl Filter {
    fn carry_out(&self, (step, outcome): (Step, Option<Outcome>)) -> Action {
        if let Some(outcome) = outcome {
            self.metrics.count(outcome);
        }
        match step {
            Step::Hold => {
                self.replace_body(b"");
                Action::Pause
            }
            Step::Take => {
                self.replace_body(b"");
                Action::Continue
            }
            Step::Send(bytes) => {
                self.replace_body(&bytes);
                Action::Continue
            }
            Step::Pass => Action::Continue,
            Step::Break => {
                self.reset_http_response();
                Action::Pause
            }
        }
    }

    fn replace_body(&self, bytes: &[u8]) {
        self.set_http_response_body(0, usize::MAX, bytes);
    }
}
