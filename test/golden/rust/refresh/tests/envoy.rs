//! Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::bootstrap::{bootstrap, with_configuration};
use support::crash::{TOO_MANY, with_crashes};
use support::http_client::agent;
use support::upstream::{Upstream, http};
use support::{Envoy, eventually};
use ureq::http::HeaderValue;

/// How often the service refreshes here.
const PERIOD: Duration = Duration::from_millis(200);
const DAY: Duration = Duration::from_hours(24);

/// The name of both plugins in envoy-bootstrap.yml.
const PLUGIN: &str = env!("CARGO_PKG_NAME");

/// An Envoy whose service refreshes from `upstream`.
fn start(upstream: &Upstream) -> Envoy {
    Envoy::run(&with_refresh(&with_upstream(upstream), PERIOD, PERIOD / 2)).unwrap()
}

/// envoy-bootstrap.yml with its cluster `refresh` leading to `upstream` instead of Envoy's own listener.
fn with_upstream(upstream: &Upstream) -> String {
    let own = "port_value: 0 } } # REFRESH_PORT";
    bootstrap().replace(own, &format!("port_value: {} }} }}", upstream.port))
}

/// Makes the first plugin in `bootstrap` refresh from the source that the filter's configuration names.
fn with_refresh(bootstrap: &str, period: Duration, timeout: Duration) -> String {
    let configuration = json!({
        "refresh_cluster": "refresh",
        "refresh_path": "/greeting",
        "refresh_period_ms": period.as_millis(),
        "refresh_timeout_ms": timeout.as_millis(),
    });
    with_configuration(bootstrap, &configuration.to_string())
}

/// As in Istio and Envoy Gateway: the HTTP filter is the only plugin.
fn without_service(bootstrap: &str) -> String {
    let (before, service) = bootstrap
        .split_once("- name: envoy.bootstrap.wasm")
        .unwrap();
    let (_, after) = service.split_once("\n- name:").unwrap();
    format!("{before}- name:{after}")
}

/// The header `x-hello` that the HTTP filter's upstream receives.
fn hello(envoy: &Envoy) -> Value {
    hello_through(envoy, "ingress")
}

fn hello_through(envoy: &Envoy, listener: &str) -> Value {
    upstream_headers(envoy, listener, b"")["x-hello"].clone()
}

fn upstream_headers(envoy: &Envoy, listener: &str, raw: &[u8]) -> Value {
    let mut response = agent()
        .get(format!("http://{}/headers", envoy.address(listener)))
        .header("host", "example.com")
        .header("x-raw", HeaderValue::from_bytes(raw).unwrap())
        // The filter replaces a client's own x-hello.
        .header("x-hello", "client")
        .call()
        .unwrap();
    assert_eq!(response.status(), 200);
    let body: Value = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
    body["headers"].clone()
}

fn successes(envoy: &Envoy) -> u64 {
    count(envoy, PLUGIN, "refresh_successes_total")
}

fn failures(envoy: &Envoy) -> u64 {
    count(envoy, PLUGIN, "refresh_failures_total")
}

fn count(envoy: &Envoy, plugin: &str, name: &str) -> u64 {
    envoy.stat(&format!("wasmcustom.wasm_filter.{plugin}.{name}"))
}

#[test]
fn greets_as_configured_while_the_upstream_refuses_connections() {
    let envoy = Envoy::start();
    assert!(eventually(|| failures(&envoy) > 0));
    assert_eq!(hello(&envoy), "Hello world from example.com");
}

#[test]
fn greets_with_what_the_service_has_fetched() {
    let upstream = Upstream::start(http(200, r#"{"greeting": "Grüß Gott"}"#));
    let envoy = start(&upstream);
    // The echo answers with each byte of a header as the character with that code.
    let bytes = "Grüß Gott from example.com".bytes();
    let expected: String = bytes.map(char::from).collect();
    assert!(eventually(|| hello(&envoy) == expected));

    upstream.answer(http(200, r#"{"greeting": "Good morning"}"#));
    let expected = "Good morning from example.com";
    assert!(eventually(|| hello(&envoy) == expected));
}

#[test]
fn refreshes_soon_after_the_start_however_long_the_period() {
    let upstream = Upstream::start(http(200, r#"{"greeting": "Hi"}"#));
    let envoy = Envoy::run(&with_refresh(&with_upstream(&upstream), DAY, DAY)).unwrap();
    assert!(eventually(|| successes(&envoy) > 0));
}

#[test]
fn asks_for_the_configured_path() {
    let upstream = Upstream::start("");
    let configuration = json!({
        "refresh_cluster": "refresh",
        "refresh_path": "/a/greeting?x=1",
        "refresh_period_ms": 100,
    });
    let bootstrap = with_configuration(&with_upstream(&upstream), &configuration.to_string());
    let _envoy = Envoy::run(&bootstrap).unwrap();
    assert!(eventually(|| !upstream.last_request().is_empty()));
    let request = upstream.last_request();
    assert!(
        request.starts_with(
            "GET /a/greeting?x=1 HTTP/1.1\r\nhost: refresh\r\naccept: application/json\r\n"
        ),
        "{request}"
    );
}

#[test]
fn calls_the_cluster_by_the_configured_authority() {
    let upstream = Upstream::start("");
    let configuration = json!({
        "refresh_cluster": "refresh",
        "refresh_authority": "greeter.example.com",
        "refresh_period_ms": 100,
    });
    let bootstrap = with_configuration(&with_upstream(&upstream), &configuration.to_string());
    let _envoy = Envoy::run(&bootstrap).unwrap();
    assert!(eventually(|| !upstream.last_request().is_empty()));
    let request = upstream.last_request();
    assert!(
        request.contains("\r\nhost: greeter.example.com\r\n"),
        "{request}"
    );
}

#[test]
fn keeps_the_last_greeting_and_goes_on_whatever_the_upstream_does() {
    let upstream = Upstream::start("");
    let envoy = start(&upstream);
    let too_long = "x".repeat(5_000);
    let bad_answers = [
        http(500, r#"{"greeting": "bad"}"#),
        http(200, "no JSON"),
        http(200, r#"{"greting": "bad"}"#),
        http(200, b"{\"greeting\": \"bad\xff\"}"),
        http(200, r#"{"greeting": "bad\r\nx-bad: bad"}"#),
        http(200, format!(r#"{{"greeting": "{too_long}"}}"#)),
        b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{".to_vec(),
        b"no HTTP\r\n\r\n".to_vec(),
        b"".to_vec(),
    ];
    for (number, bad_answer) in bad_answers.iter().enumerate() {
        upstream.answer(http(200, format!(r#"{{"greeting": "Good {number}"}}"#)));
        let expected = format!("Good {number} from example.com");
        assert!(eventually(|| hello(&envoy) == expected));

        upstream.answer(bad_answer.clone());
        assert_fails_twice(&envoy, &bad_answer.escape_ascii().to_string());
        assert_eq!(hello(&envoy), expected);
    }
    let last = hello(&envoy);
    upstream.stop();
    assert_fails_twice(&envoy, "connection refused");
    assert_eq!(hello(&envoy), last);
}

/// The first failure may belong to an earlier call.
fn assert_fails_twice(envoy: &Envoy, why: &str) {
    let before = failures(envoy);
    assert!(eventually(|| failures(envoy) >= before + 2), "{why}");
}

#[test]
fn asks_again_only_after_the_answer_or_the_time_out() {
    let upstream = Upstream::start("");
    let timeout = 5 * PERIOD;
    let bootstrap = with_refresh(&with_upstream(&upstream), PERIOD, timeout);
    let begin = Instant::now();
    let envoy = Envoy::run(&bootstrap).unwrap();
    assert!(eventually(|| failures(&envoy) >= 3));
    assert!(begin.elapsed() > 3 * timeout, "{:?}", begin.elapsed());
}

#[test]
fn goes_on_where_the_cluster_does_not_exist() {
    let nowhere = json!({ "refresh_cluster": "nowhere", "refresh_period_ms": 100 });
    let envoy = Envoy::start_with(&nowhere.to_string()).unwrap();
    assert!(eventually(|| failures(&envoy) >= 3));
    assert_eq!(hello(&envoy), "Hello world from example.com");
}

/// Every thread has a root context, whose first tick comes 50 ms after the start.
#[test]
fn without_a_service_one_thread_at_a_time_refreshes() {
    let upstream = Upstream::start(http(200, r#"{"greeting": "Hi"}"#));
    let bootstrap = without_service(&with_upstream(&upstream));
    let envoy = Envoy::run(&with_refresh(&bootstrap, DAY, DAY)).unwrap();
    assert!(eventually(|| hello(&envoy) == "Hi from example.com"));
    // On a slow machine the others may still be to come, but none that should not.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(successes(&envoy), 1);
}

#[test]
fn without_a_service_it_goes_on() {
    let upstream = Upstream::start(http(200, r#"{"greeting": "Hi"}"#));
    let bootstrap = without_service(&with_upstream(&upstream));
    let envoy = Envoy::run(&with_refresh(&bootstrap, PERIOD, PERIOD / 2)).unwrap();
    assert!(eventually(|| successes(&envoy) >= 10));
    assert_eq!(hello(&envoy), "Hi from example.com");
}

/// As in Istio, which sets no `vm_id`: all plugins of a proxy have the same shared data and statistics.
#[test]
fn plugins_of_different_names_have_nothing_in_common() {
    let upstream = Upstream::start(http(200, r#"{"greeting": "Good morning"}"#));
    let bootstrap = without_service(&with_upstream(&upstream)).replace("vm_id:", "# vm_id:");
    let (before, rest) = bootstrap.split_once("  - name: ingress\n").unwrap();
    let (ingress, after) = rest.split_once("\n\n").unwrap();
    let other = ingress.replace(&format!("name: {PLUGIN}"), "name: other");
    let listeners = [
        ("ingress", with_refresh(ingress, PERIOD, PERIOD)),
        ("other", with_refresh(&other, DAY, PERIOD)),
    ]
    .map(|(name, rest)| format!("  - name: {name}\n{rest}\n"));
    let envoy = Envoy::run(&format!("{before}{}\n{after}", listeners.concat())).unwrap();
    let morning = "Good morning from example.com";
    assert!(eventually(|| hello_through(&envoy, "other") == morning));

    upstream.answer(http(200, r#"{"greeting": "Good evening"}"#));
    let evening = "Good evening from example.com";
    assert!(eventually(|| hello(&envoy) == evening));
    assert_eq!(hello_through(&envoy, "other"), morning);
    assert_eq!(count(&envoy, "other", "refresh_successes_total"), 1);
    assert!(eventually(|| successes(&envoy) > 1));
}

#[test]
fn a_bad_configuration_keeps_envoy_from_starting() {
    let log = Envoy::start_with(r#"{"refresh_perod_ms": 500}"#)
        .err()
        .unwrap();
    assert!(
        log.contains("configuration: refresh_perod_ms: unknown field `refresh_perod_ms`"),
        "{log}"
    );
}

#[test]
fn a_header_that_is_not_utf_8_survives() {
    let envoy = Envoy::start();
    let headers = upstream_headers(&envoy, "ingress", b"\xff\xfe");
    assert_eq!(headers["x-raw"], "\u{ff}\u{fe}");
    assert_eq!(headers["x-hello"], "Hello world from example.com");
}

#[test]
fn the_service_goes_on_when_the_filter_crashes() {
    let upstream = Upstream::start(http(200, r#"{"greeting": "Hi"}"#));
    let crashing = with_crashes(&with_upstream(&upstream), "proxy_on_request_headers");
    let envoy = Envoy::run(&with_refresh(&crashing, PERIOD, PERIOD / 2)).unwrap();
    assert!(eventually(|| hello(&envoy) == "Hi from example.com"));

    let mut request = agent().get(format!("http://{}/", envoy.address("ingress")));
    for number in 0..TOO_MANY {
        request = request.header(format!("x-{number}"), "x");
    }
    assert_eq!(request.call().unwrap().status(), 503);
    // Longer than the back-off in envoy-bootstrap.yml.
    thread::sleep(Duration::from_millis(50));
    upstream.answer(http(200, r#"{"greeting": "Good morning"}"#));
    assert!(eventually(
        || hello(&envoy) == "Good morning from example.com"
    ));
}
