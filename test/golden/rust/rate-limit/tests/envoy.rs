//! Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use std::thread;
use std::time::Duration;

use support::bootstrap::{bootstrap, with_configuration, with_source_addresses, with_upstream};
use support::crash::{TOO_MANY, with_crashes};
use support::http_client::{agent, agent_from};
use support::upstream::Upstream;
use support::{Envoy, at_once, eventually};
use ureq::Agent;
use ureq::http::{HeaderMap, HeaderValue};

/// Three requests, and then for a long time none.
const THREE: &str = r#"{"key": "all", "requests_per_second": 0.001, "burst": 3}"#;

/// As [`THREE`], for each value of the header `x-user`.
const THREE_EACH: &str = r#"{"key": "header:X-User", "requests_per_second": 0.001, "burst": 3}"#;

/// The status and headers that a client gets.
fn ask(envoy: &Envoy, client: &Agent, users: &[&[u8]]) -> (u16, HeaderMap) {
    let mut request = client.get(format!("http://{}/", envoy.address("ingress")));
    for user in users {
        request = request.header("x-user", HeaderValue::from_bytes(user).unwrap());
    }
    let response = request.call().unwrap();
    (response.status().as_u16(), response.headers().clone())
}

/// How many of `count` requests are allowed.
fn count_allowed(envoy: &Envoy, client: &Agent, users: &[&[u8]], count: usize) -> usize {
    let statuses = (0..count).map(|_| ask(envoy, client, users).0);
    statuses.filter(|status| *status == 200).count()
}

/// A counter of the plugin, whose name in envoy-bootstrap.yml is that of this crate.
fn count(envoy: &Envoy, name: &str) -> u64 {
    let plugin = env!("CARGO_PKG_NAME");
    envoy.stat(&format!("wasmcustom.wasm_filter.{plugin}.{name}"))
}

#[test]
fn allows_a_burst_and_refuses_the_next_request() {
    let envoy = Envoy::start_with(THREE).unwrap();
    for (status, remaining, reset) in [
        (200, 2, 1000),
        (200, 1, 2000),
        (200, 0, 3000),
        (429, 0, 3000),
    ] {
        let (found, headers) = ask(&envoy, &agent(), &[]);
        assert_eq!(found, status);
        assert_eq!(headers["ratelimit-policy"], r#""all";q=3;w=3000"#);
        assert_eq!(
            headers["ratelimit"],
            format!(r#""all";r={remaining};t={reset}"#)
        );
        assert_eq!(headers.contains_key("retry-after"), status == 429);
    }
    let (_, headers) = ask(&envoy, &agent(), &[]);
    assert_eq!(headers["retry-after"], "1000");
}

#[test]
fn allows_requests_again_after_a_while() {
    let json = r#"{"key": "all", "requests_per_second": 5, "burst": 1}"#;
    let envoy = Envoy::start_with(json).unwrap();
    assert!(eventually(|| ask(&envoy, &agent(), &[]).0 == 429));
    assert!(eventually(|| ask(&envoy, &agent(), &[]).0 == 200));
}

#[test]
fn refuses_a_request_with_a_body() {
    let envoy = Envoy::start_with(THREE).unwrap();
    let client = agent();
    for status in [200, 200, 200, 429, 429] {
        let url = format!("http://{}/", envoy.address("ingress"));
        let mut response = client.post(url).send(&vec![b'x'; 100_000]).unwrap();
        assert_eq!(response.status(), status);
        let body = response.body_mut().read_to_string().unwrap();
        assert_eq!(body == "too many requests\n", status == 429);
    }
}

#[test]
fn each_value_of_the_header_has_a_bucket() {
    let envoy = Envoy::start_with(THREE_EACH).unwrap();
    let huge = vec![b'x'; 40_000];
    for user in [
        &b"alice"[..],
        b"bob",
        b"\xff\x80",
        "Grüß Gott".as_bytes(),
        &huge,
    ] {
        assert_eq!(count_allowed(&envoy, &agent(), &[user], 5), 3);
    }
    // Of several headers, the first counts.
    assert_eq!(count_allowed(&envoy, &agent(), &[b"carol", b"alice"], 5), 3);
    assert_eq!(count_allowed(&envoy, &agent(), &[b"carol", b"dave"], 5), 0);
}

#[test]
fn requests_without_the_header_share_a_bucket() {
    let envoy = Envoy::start_with(THREE_EACH).unwrap();
    assert_eq!(count_allowed(&envoy, &agent(), &[], 2), 2);
    assert_eq!(count_allowed(&envoy, &agent(), &[b""], 5), 1);
    assert_eq!(count_allowed(&envoy, &agent(), &[], 5), 0);
}

#[test]
fn each_address_has_a_bucket() {
    let json = r#"{"key": "address", "requests_per_second": 0.001, "burst": 3}"#;
    let bootstrap = with_source_addresses(&with_configuration(&bootstrap(), json));
    let envoy = Envoy::run(&bootstrap).unwrap();
    for (address, expected) in [
        ("192.0.2.1", 3),
        ("192.0.2.2", 3),
        ("192.0.2.1", 0),
        ("2001:db8::1", 3),
        ("2001:db8::2", 0),
        ("2001:db8:0:1::1", 3),
    ] {
        let allowed = count_allowed(&envoy, &agent_from(address), &[], 4);
        assert_eq!(allowed, expected, "{address}");
    }
}

#[test]
fn all_threads_share_the_buckets() {
    let json = r#"{"key": "all", "requests_per_second": 0.001, "burst": 5000}"#;
    let envoy = Envoy::start_with(json).unwrap();
    let allowed = at_once(20, |_| count_allowed(&envoy, &agent(), &[], 500));
    assert_eq!(allowed.iter().sum::<usize>(), 5_000);
    assert_eq!(count(&envoy, "allowed_total"), 5_000);
    assert_eq!(count(&envoy, "limited_total"), 5_000);
    assert_eq!(count(&envoy, "contended_total"), 0);
}

#[test]
fn adds_to_the_limits_that_an_upstream_tells() {
    let upstream =
        Upstream::start("HTTP/1.1 200 x\r\nratelimit: \"own\";r=1\r\ncontent-length: 0\r\n\r\n");
    let bootstrap = with_configuration(&bootstrap(), THREE);
    let envoy = Envoy::run(&with_upstream(&bootstrap, upstream.port)).unwrap();
    let (_, headers) = ask(&envoy, &agent(), &[]);
    let limits: Vec<_> = headers.get_all("ratelimit").iter().collect();
    assert_eq!(limits, [r#""own";r=1"#, r#""all";r=2;t=1000"#]);
}

#[test]
fn a_bad_configuration_keeps_envoy_from_starting() {
    let log = Envoy::start_with(r#"{"key": "adress"}"#).err().unwrap();
    assert!(
        log.contains("configuration: key: expected `all`, `address` or `header:` and a name"),
        "{log}"
    );
}

#[test]
fn keeps_the_buckets_when_it_crashes() {
    let crashing = with_crashes(&bootstrap(), "proxy_on_request_headers");
    let envoy = Envoy::run(&with_configuration(&crashing, THREE)).unwrap();
    let client = agent();
    for remaining in [2, 1, 0] {
        let (status, headers) = ask(&envoy, &client, &[]);
        assert_eq!(status, 200);
        let limit = headers["ratelimit"].to_str().unwrap();
        assert!(limit.contains(&format!(";r={remaining};")), "{limit}");
        // Longer than the back-off in envoy-bootstrap.yml.
        thread::sleep(Duration::from_millis(50));
        assert_eq!(ask(&envoy, &client, &[b"x".as_slice(); TOO_MANY]).0, 503);
    }
    assert_eq!(ask(&envoy, &client, &[]).0, 429);
}
