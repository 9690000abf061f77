//! Limits the rate of requests: each key has a token bucket, and a request that finds it empty gets the status 429.
//! All threads share the buckets, in Envoy's shared data.
//!
//! Only this file and [`metric`] talk to Envoy. The decisions are in [`bucket`], [`pages`] and [`filter`], the
//! configuration is in [`config`]: plain Rust, tested without Envoy.
#![cfg_attr(not(test), deny(clippy::disallowed_macros))]

mod bucket;
mod config;
mod fields;
mod filter;
mod metric;
mod pages;

use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;
use std::time::UNIX_EPOCH;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, Bytes, ContextType, LogLevel};

use bucket::{Limit, Outcome};
use config::{Config, Key};
use metric::{Counter, plugin_name};

/// How often a request tries to take its token before other threads do.
const MAX_TRIES: usize = 16;

proxy_wasm::main! {{
    // All: Envoy decides what it shows.
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::<FilterRoot>::default());
}}

/// One per plugin configuration and thread. Its requests share the limiter.
#[derive(Default)]
struct FilterRoot {
    limiter: Option<Rc<Limiter>>,
}

impl Context for FilterRoot {}

impl RootContext for FilterRoot {
    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter {
            limiter: Rc::clone(self.limiter.as_ref()?),
            outcome: None,
        }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    /// Returning `false` makes Envoy reject the configuration.
    fn on_configure(&mut self, _plugin_configuration_size: usize) -> bool {
        let json = self.get_plugin_configuration().unwrap_or_default();
        let Some(config) = fields::parse_or_log::<Config>(&json) else {
            return false;
        };
        // Plugins of other names may share the data.
        let plugin = plugin_name();
        let limit = Limit::new(&config);
        self.limiter = Some(Rc::new(Limiter {
            policy: filter::policy(&config.key, &limit),
            limit,
            key: config.key,
            seed: self.create_pages(&plugin),
            plugin,
            counters: Counters::define(),
        }));
        true
    }
}

impl FilterRoot {
    /// Creates the pages unless they exist, and returns the seed. The main thread gets here before the workers. A new
    /// configuration finds the buckets as they are.
    fn create_pages(&self, plugin: &str) -> Bytes {
        let seed_key = format!("{plugin}\nseed");
        if let (Some(seed), _) = self.get_shared_data(&seed_key) {
            return seed;
        }
        for page in 0..pages::PAGES {
            let _ = self.set_shared_data(&page_key(plugin, page), Some(&pages::NEW_PAGE), None);
        }
        let seed = RandomState::new().hash_one(plugin).to_le_bytes();
        let _ = self.set_shared_data(&seed_key, Some(&seed), None);
        seed.to_vec()
    }
}

fn page_key(plugin: &str, page: u16) -> String {
    format!("{plugin}\npage\n{page}")
}

/// What all requests have in common.
struct Limiter {
    key: Key,
    limit: Limit,
    /// The header `ratelimit-policy`.
    policy: String,
    plugin: String,
    seed: Bytes,
    counters: Counters,
}

/// One per request.
struct Filter {
    limiter: Rc<Limiter>,
    outcome: Option<Outcome>,
}

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        let outcome = self.take(&self.key());
        let action = if outcome.is_allowed {
            self.limiter.counters.allowed.add(1);
            Action::Continue
        } else {
            self.limiter.counters.limited.add(1);
            let retry_after = filter::retry_after(&outcome);
            let headers = vec![("retry-after", retry_after.as_str())];
            self.send_http_response(429, headers, Some(b"too many requests\n"));
            Action::Pause
        };
        self.outcome = Some(outcome);
        action
    }

    /// Also called for the response that this filter sent.
    fn on_http_response_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        if let Some(outcome) = &self.outcome {
            let state = filter::state(&self.limiter.key, outcome);
            // An upstream may have limits of its own.
            self.add_http_response_header("ratelimit-policy", &self.limiter.policy);
            self.add_http_response_header("ratelimit", &state);
        }
        Action::Continue
    }
}

impl Filter {
    /// Requests with the same key share a bucket. Those without one do, too: leaving a header out must not be a way
    /// around the limit.
    fn key(&self) -> Bytes {
        match &self.limiter.key {
            Key::All => Bytes::new(),
            Key::Address => {
                let address = self.get_property(vec!["source", "address"]);
                filter::network(&address.unwrap_or_default())
            }
            // Clients can send bytes that are not UTF-8: the getters that return a String would panic.
            Key::Header(name) => self.get_http_request_header_bytes(name).unwrap_or_default(),
        }
    }

    /// Takes a token from the key's bucket. If another thread changes the page meanwhile, tries again.
    fn take(&self, key: &[u8]) -> Outcome {
        let Limiter {
            limit,
            plugin,
            seed,
            ..
        } = self.limiter.as_ref();
        let place = pages::find(seed, key);
        let entry = page_key(plugin, place.page);
        let now = self.get_current_time().duration_since(UNIX_EPOCH);
        let now = u64::try_from(now.unwrap_or_default().as_nanos()).unwrap_or_default();
        for _ in 0..MAX_TRIES {
            let (page, version) = self.get_shared_data(&entry);
            let mut page = page.unwrap_or_else(|| pages::NEW_PAGE.to_vec());
            let full_at = place.read(&page);
            let outcome = limit.take(full_at, now);
            if outcome.full_at == full_at {
                return outcome;
            }
            place.write(&mut page, outcome.full_at);
            // An error means that another thread was faster.
            if self.set_shared_data(&entry, Some(&page), version).is_ok() {
                return outcome;
            }
        }
        // Allowing a request without a token would break the limit.
        self.limiter.counters.contended.add(1);
        limit.refuse(now)
    }
}

struct Counters {
    allowed: Counter,
    limited: Counter,
    contended: Counter,
}

impl Counters {
    fn define() -> Self {
        Self {
            allowed: Counter::define("allowed_total"),
            limited: Counter::define("limited_total"),
            contended: Counter::define("contended_total"),
        }
    }
}
