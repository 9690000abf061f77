//! Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use serde_json::Value;
use support::bootstrap::{bootstrap, with_upstream};
use support::connection::Connection;
use support::http_client::agent;
use support::upstream::{Upstream, http};
use support::{Envoy, at_once};
use ureq::Agent;
use ureq::http::HeaderValue;

/// The request headers that the upstream receives: it answers with them as JSON.
fn upstream_headers(envoy: &Envoy, client: &Agent, raw: &[u8]) -> Value {
    let mut response = client
        .get(format!("http://{}/headers", envoy.address("ingress")))
        .header("host", "example.com")
        .header("x-raw", HeaderValue::from_bytes(raw).unwrap())
        .call()
        .unwrap();
    assert_eq!(response.status(), 200);
    let body: Value = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
    body["headers"].clone()
}

#[test]
fn adds_the_header() {
    let envoy = Envoy::start();
    let headers = upstream_headers(&envoy, &agent(), b"");
    assert_eq!(headers["x-hello"], "Hello world from example.com");
}

#[test]
fn takes_the_greeting_from_the_configuration() {
    let envoy = Envoy::start_with(r#"{"greeting": "Good morning"}"#).unwrap();
    let headers = upstream_headers(&envoy, &agent(), b"");
    assert_eq!(headers["x-hello"], "Good morning from example.com");
}

#[test]
fn a_bad_configuration_keeps_envoy_from_starting() {
    let log = Envoy::start_with(r#"{"greting": "Good morning"}"#)
        .err()
        .unwrap();
    assert!(
        log.contains("configuration: greting: unknown field `greting`"),
        "{log}"
    );
}

#[test]
fn a_header_that_is_not_utf_8_survives() {
    let envoy = Envoy::start();
    let headers = upstream_headers(&envoy, &agent(), b"\xff\xfe");
    // The upstream answers with each byte as the character with that code.
    assert_eq!(headers["x-raw"], "\u{ff}\u{fe}");
    assert_eq!(headers["x-hello"], "Hello world from example.com");
}

#[test]
fn takes_a_request_that_arrives_byte_by_byte() {
    let envoy = Envoy::start();
    let client = Connection::open(&envoy);
    client.send_split("GET / HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n");
    let reply = String::from_utf8(client.receive_all()).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
    assert!(
        reply.contains(r#""x-hello": "Hello world from example.com""#),
        "{reply}"
    );
}

#[test]
fn serves_200_requests_over_one_connection() {
    let envoy = Envoy::start();
    let client = agent();
    for _ in 0..200 {
        assert_eq!(
            upstream_headers(&envoy, &client, b"")["x-hello"],
            "Hello world from example.com"
        );
    }
    assert_eq!(envoy.stat("http.ingress.downstream_cx_total"), 1);
}

#[test]
fn serves_100_requests_at_once() {
    let envoy = Envoy::start();
    for headers in at_once(100, |_| upstream_headers(&envoy, &agent(), b"")) {
        assert_eq!(headers["x-hello"], "Hello world from example.com");
    }
}

#[test]
fn works_with_a_real_upstream() {
    let upstream = Upstream::start(http(201, "created"));
    let envoy = Envoy::run(&with_upstream(&bootstrap(), upstream.port)).unwrap();
    let url = format!("http://{}/", envoy.address("ingress"));
    let request = agent().post(url).header("host", "example.com");
    let mut response = request.send("body").unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.body_mut().read_to_string().unwrap(), "created");
    let request = upstream.last_request();
    assert!(
        request.contains("\r\nx-hello: Hello world from example.com\r\n"),
        "{request}"
    );
    assert!(request.ends_with("\r\n\r\nbody"), "{request}");
}
