//! Holds each request until a service has been asked, by an HTTP call, whether it may pass.
//!
//! Only this file and [`metric`] talk to Envoy. The decisions are in [`filter`], the configuration is in
//! [`config`]: plain Rust, tested without Envoy.
#![cfg_attr(not(test), deny(clippy::disallowed_macros))]

mod config;
mod fields;
mod filter;
mod metric;

use std::{rc::Rc, time::Instant};

use log::warn;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

use config::Config;
use filter::{Header, Verdict};
use metric::{Counter, Histogram};

proxy_wasm::main! {{
    // All: Envoy decides what it shows.
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::<FilterRoot>::default());
}}

/// One per plugin configuration and thread.
#[derive(Default)]
struct FilterRoot {
    config: Option<Rc<Config>>,
    metrics: Metrics,
}

impl Context for FilterRoot {}

impl RootContext for FilterRoot {
    /// Envoy rejects the configuration if this returns `false`.
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let json = self.get_plugin_configuration().unwrap_or_default();
        self.config = fields::parse_or_log(&json).map(Rc::new);
        self.metrics = Metrics::define();
        self.config.is_some()
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter {
            config: Rc::clone(self.config.as_ref()?),
            metrics: self.metrics,
            begin: Instant::now(),
        }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

#[derive(Clone, Copy, Default)]
struct Metrics {
    allowed: Counter,
    denied: Counter,
    failed: Counter,
    wait: Histogram,
}

impl Metrics {
    fn define() -> Self {
        Self {
            allowed: Counter::define("allowed_total"),
            denied: Counter::define("denied_total"),
            failed: Counter::define("failed_total"),
            wait: Histogram::define("wait_ms"),
        }
    }
}

/// One per request. Exactly one callback lets the request pass or answers it: Envoy cannot take both.
struct Filter {
    config: Rc<Config>,
    metrics: Metrics,
    begin: Instant,
}

impl HttpContext for Filter {
    /// Pausing here also holds the body and the trailers back. Envoy buffers what fits into its limit and then stops
    /// reading from the client.
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        let request = self.get_http_request_headers_bytes();
        let question = filter::question(&self.config, &request);
        for (name, _) in &request {
            if filter::is_reserved(&self.config, name) {
                self.remove_http_request_header(name);
            }
        }
        match question {
            Some(question) => self.ask(&question),
            None => self.deny(403, vec![], filter::CANNOT_ASK.as_bytes()),
        }
    }

    /// Some servers add trailers to the headers.
    fn on_http_request_trailers(&mut self, _num_trailers: usize) -> Action {
        for (name, _) in self.get_http_request_trailers_bytes() {
            if filter::is_reserved(&self.config, &name) {
                self.remove_http_request_trailer(&name);
            }
        }
        Action::Continue
    }
}

impl Context for Filter {
    /// Called once for each call, after a time-out too, but not if the client has left.
    fn on_http_call_response(
        &mut self,
        _token_id: u32,
        _num_headers: usize,
        body_size: usize,
        _num_trailers: usize,
    ) {
        let waited = self.begin.elapsed().as_millis();
        self.metrics
            .wait
            .record(waited.try_into().unwrap_or(u64::MAX));
        let response = self.get_http_call_response_headers_bytes();
        let action = match filter::judge(&response) {
            Verdict::Allow => self.allow(&response),
            Verdict::Deny(status) => {
                let body = self.get_http_call_response_body(0, body_size);
                let headers = filter::told(&self.config, &response);
                self.deny(status, headers, &body.unwrap_or_default())
            }
            Verdict::Fail(why) => self.fail(&why),
        };
        if action == Action::Continue {
            self.resume_http_request();
        }
    }
}

impl Filter {
    fn ask(&self, question: &[(&str, String)]) -> Action {
        let question = question.iter().map(|(name, value)| (*name, value.as_str()));
        let question = question.collect();
        let Config {
            auth_cluster: cluster,
            auth_timeout: timeout,
            ..
        } = &*self.config;
        match self.dispatch_http_call(cluster, question, None, vec![], *timeout) {
            Ok(_token_id) => Action::Pause,
            Err(status) => self.fail(&format!("cluster {cluster} cannot be called: {status:?}")),
        }
    }

    fn allow(&self, response: &[Header]) -> Action {
        for (name, value) in filter::taken(&self.config, response) {
            self.add_http_request_header_bytes(name, value);
        }
        self.metrics.allowed.add(1);
        Action::Continue
    }

    fn deny(&self, status: u32, headers: Vec<(&str, &str)>, body: &[u8]) -> Action {
        self.metrics.denied.add(1);
        self.send_http_response(status, headers, Some(body));
        Action::Pause
    }

    fn fail(&self, why: &str) -> Action {
        self.metrics.failed.add(1);
        warn!("cannot authorize a request: {why}");
        if self.config.fail_open {
            return Action::Continue;
        }
        self.send_http_response(503, vec![], Some(filter::NO_VERDICT.as_bytes()));
        Action::Pause
    }
}
