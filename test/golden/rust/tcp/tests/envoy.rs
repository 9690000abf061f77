//! Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use std::io::Write;
use std::net::TcpListener;
use std::thread;

use support::bootstrap::{
    bootstrap, replace, with_configuration, with_source_addresses, with_upstream,
};
use support::connection::Connection;
use support::http_client::proxy_line;
use support::{Envoy, at_once, eventually};

/// The denied prefix in envoy-bootstrap.yml.
const DENIED: &[u8] = b"EVIL";

// A client stays connected until it has received everything: the upstream, Envoy's echo, drops bytes in flight when a
// client stops sending.

fn assert_is_greeted(client: &Connection) {
    let address = client.address();
    assert_receives(client, format!("Hello world from {address}\n").as_bytes());
}

fn assert_receives(client: &Connection, expected: &[u8]) {
    assert_eq!(
        client.receive(expected.len()).escape_ascii().to_string(),
        expected.escape_ascii().to_string()
    );
}

fn assert_is_closed(client: &Connection) {
    assert!(client.receive(1).is_empty());
}

fn count(envoy: &Envoy, name: &str) -> u64 {
    let plugin = env!("CARGO_PKG_NAME");
    envoy.stat(&format!("wasmcustom.wasm_filter.{plugin}.{name}"))
}

/// Envoy's own count.
fn bytes_to_upstream(envoy: &Envoy) -> u64 {
    envoy.stat("cluster.upstream.upstream_cx_tx_bytes_total")
}

#[test]
fn greets_once_before_the_first_bytes_of_the_upstream() {
    let envoy = Envoy::start();
    let client = Connection::open(&envoy);
    client.send(b"one");
    assert_is_greeted(&client);
    assert_receives(&client, b"one");
    client.send(b"two");
    assert_receives(&client, b"two");
}

#[test]
fn does_not_greet_where_the_upstream_sends_nothing() {
    let envoy = Envoy::start();
    let client = Connection::open(&envoy);
    client.stop_sending();
    assert_is_closed(&client);
}

#[test]
fn greets_before_an_upstream_that_speaks_first() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let envoy = Envoy::run(&with_upstream(&bootstrap(), port)).unwrap();
    let client = Connection::open(&envoy);
    // The filter holds these bytes back, but not those of the upstream.
    client.send(b"EV");
    // `accept` alone would wait forever if the filter crashed.
    listener.set_nonblocking(true).unwrap();
    let mut accepted = None;
    assert!(eventually(|| {
        accepted = listener.accept().ok();
        accepted.is_some()
    }));
    let (mut upstream, _) = accepted.unwrap();
    upstream.write_all(b"ready").unwrap();
    assert_is_greeted(&client);
    assert_receives(&client, b"ready");
}

#[test]
fn takes_the_greeting_from_the_configuration() {
    let envoy = Envoy::start_with(r#"{"greeting": "Good morning"}"#).unwrap();
    let client = Connection::open(&envoy);
    client.send(b"x");
    assert_receives(&client, b"Good morning from 127.0.0.1:");
}

#[test]
fn greets_by_the_address_that_a_load_balancer_names() {
    let envoy = Envoy::run(&with_source_addresses(&bootstrap())).unwrap();
    let client = Connection::open(&envoy);
    client.send(proxy_line("192.0.2.1"));
    client.send(b"x");
    assert_receives(&client, b"Hello world from 192.0.2.1:1234\nx");
}

#[test]
fn a_bad_configuration_keeps_envoy_from_starting() {
    let log = Envoy::start_with(r#"{"deny_prefx": "EVIL"}"#)
        .err()
        .unwrap();
    assert!(
        log.contains("configuration: deny_prefx: unknown field `deny_prefx`"),
        "{log}"
    );
}

#[test]
fn closes_a_connection_that_begins_with_the_denied_prefix() {
    let envoy = Envoy::start();
    let whole = Connection::open(&envoy);
    whole.send(b"EVIL and more");
    assert_is_closed(&whole);

    let split = Connection::open(&envoy);
    split.send_split(DENIED);
    assert_is_closed(&split);

    assert_eq!(count(&envoy, "denied_connections_total"), 2);
    assert_eq!(count(&envoy, "downstream_bytes_total"), 0);
    // Envoy has connected, but no byte has passed.
    assert_eq!(envoy.stat("cluster.upstream.upstream_cx_total"), 2);
    assert_eq!(bytes_to_upstream(&envoy), 0);
}

#[test]
fn closes_a_connection_from_the_denied_address_before_it_reaches_the_upstream() {
    let denying = with_configuration(&bootstrap(), r#"{"deny_address": "192.0.2.1"}"#);
    let envoy = Envoy::run(&with_source_addresses(&denying)).unwrap();
    let denied = Connection::open(&envoy);
    denied.send(proxy_line("192.0.2.1"));
    assert_is_closed(&denied);
    assert_eq!(count(&envoy, "denied_connections_total"), 1);
    assert_eq!(envoy.stat("cluster.upstream.upstream_cx_total"), 0);

    let other = Connection::open(&envoy);
    other.send(proxy_line("192.0.2.10"));
    other.send(b"x");
    assert_receives(&other, b"Hello world from 192.0.2.10:1234\nx");
}

#[test]
fn passes_what_begins_like_the_denied_prefix_but_is_not() {
    let envoy = Envoy::start();
    let client = Connection::open(&envoy);
    client.send_split(b"EVIdent");
    assert_is_greeted(&client);
    assert_receives(&client, b"EVIdent");
    // Only the first bytes of a connection are checked.
    client.send(DENIED);
    assert_receives(&client, DENIED);
    // Bytes that were held back are counted once.
    assert_eq!(count(&envoy, "downstream_bytes_total"), 11);
}

#[test]
fn a_client_that_stops_inside_the_denied_prefix_is_not_lost() {
    let envoy = Envoy::start();
    let client = Connection::open(&envoy);
    client.send(b"EV");
    client.stop_sending();
    assert!(eventually(|| bytes_to_upstream(&envoy) == 2));
}

#[test]
fn a_client_that_falls_silent_inside_the_denied_prefix_is_not_kept() {
    let hasty = replace(&bootstrap(), "idle_timeout: 60s", "idle_timeout: 1s");
    let envoy = Envoy::run(&hasty).unwrap();
    let client = Connection::open(&envoy);
    client.send(b"EV");
    assert_is_closed(&client);
}

#[test]
fn every_byte_is_legal() {
    let envoy = Envoy::start();
    let bytes: Vec<u8> = (0..=255).collect();
    for first in [0, 0x80, 0xff] {
        let client = Connection::open(&envoy);
        client.send([first]);
        client.send(&bytes);
        assert_is_greeted(&client);
        assert_receives(&client, &[first]);
        assert_receives(&client, &bytes);
    }
}

#[test]
fn passes_and_counts_10_mb_both_ways() {
    let envoy = Envoy::start();
    let client = Connection::open(&envoy);
    let bytes: Vec<u8> = (0..10_000_000_u32).map(|n| (n % 251) as u8).collect();
    thread::scope(|scope| {
        scope.spawn(|| client.send(&bytes));
        assert_is_greeted(&client);
        assert!(
            client.receive(bytes.len()) == bytes,
            "the bytes have changed"
        );
    });
    assert_eq!(count(&envoy, "downstream_bytes_total"), 10_000_000);
    assert_eq!(count(&envoy, "upstream_bytes_total"), 10_000_000);
}

#[test]
fn serves_200_connections_10_at_once() {
    let envoy = Envoy::start();
    for _ in 0..20 {
        at_once(10, |_| {
            let client = Connection::open(&envoy);
            client.send(b"x");
            assert_is_greeted(&client);
            assert_receives(&client, b"x");
        });
    }
    assert_eq!(count(&envoy, "downstream_bytes_total"), 200);
}
