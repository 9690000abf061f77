//! A crash drill: what a crash of the filter costs, whatever the filter does.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use support::bootstrap::bootstrap;
use support::crash::{TOO_MANY, with_crashes};
use support::http_client::agent;
use support::{Envoy, at_once, eventually};
use ureq::Agent;

/// An Envoy in which a request with too many headers crashes the filter.
fn start() -> Envoy {
    let envoy = Envoy::run(&with_crashes(&bootstrap(), "proxy_on_request_headers")).unwrap();
    assert!(
        is_served(&envoy, &agent()),
        "a request fails without a crash: see Envoy's log"
    );
    envoy
}

/// The status of a request with so many headers; 0 if there is no answer.
fn request(envoy: &Envoy, client: &Agent, headers: usize) -> u16 {
    let request = client.get(format!("http://{}/", envoy.address("ingress")));
    // Paused by the filter when it crashes, a request gets no answer at all.
    let time_out = Some(Duration::from_secs(3));
    let mut request = request.config().timeout_global(time_out).build();
    for number in 0..headers {
        request = request.header(format!("x-{number}"), "x");
    }
    let answer = request.call().and_then(|mut response| {
        response.body_mut().read_to_vec()?;
        Ok(response.status().as_u16())
    });
    answer.unwrap_or(0)
}

/// Envoy answers a request with 503 where the filter crashes, or has crashed and is not back.
fn is_served(envoy: &Envoy, client: &Agent) -> bool {
    ![0, 503].contains(&request(envoy, client, 0))
}

#[test]
fn a_crash_is_answered_with_503_and_the_filter_is_back() {
    let envoy = start();
    let client = agent();
    let reloads = format!("wasm.{}.vm_reload_success", env!("CARGO_PKG_NAME"));
    assert_eq!(request(&envoy, &client, TOO_MANY), 503);
    assert!(eventually(
        || is_served(&envoy, &client) && envoy.stat(&reloads) == 1
    ));
    let log = envoy.log();
    assert!(
        log.contains("Function: proxy_on_request_headers failed"),
        "{log}"
    );
}

#[test]
fn a_crash_costs_others_at_most_the_request_in_progress() {
    const CRASHES: usize = 5;
    let envoy = start();
    let is_over = AtomicBool::new(false);
    let count_failures = |_| {
        let client = agent();
        let mut failures = 0;
        while !is_over.load(Ordering::Relaxed) {
            failures += usize::from(!is_served(&envoy, &client));
        }
        failures
    };
    thread::scope(|scope| {
        let others = scope.spawn(|| at_once(8, count_failures));
        let client = agent();
        let crashes: Vec<_> = (0..CRASHES)
            .take_while(|_| eventually(|| is_served(&envoy, &client)))
            .map(|_| {
                // Longer than the back-off in envoy-bootstrap.yml.
                thread::sleep(Duration::from_millis(50));
                request(&envoy, &client, TOO_MANY)
            })
            .collect();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(crashes, [503; CRASHES]);
        let failures = others.join().unwrap();
        assert!(
            failures.iter().all(|count| *count <= CRASHES),
            "{failures:?}"
        );
    });
}
