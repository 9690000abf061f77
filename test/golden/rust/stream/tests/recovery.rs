//! A crash drill: what a crash of the filter costs, whatever the filter does.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use support::bootstrap::bootstrap;
use support::crash::{TOO_MANY, with_crashes};
use support::{Envoy, PATIENCE, at_once, eventually};

/// An Envoy in which too many bytes crash the filter.
fn start() -> Envoy {
    let envoy = Envoy::run(&with_crashes(&bootstrap(), "proxy_on_downstream_data")).unwrap();
    assert!(
        is_answered(&envoy, 1),
        "a connection fails without a crash: see Envoy's log"
    );
    envoy
}

/// Opens a connection and sends so many bytes. Returns whether there is an answer: Envoy closes the connection where the
/// filter crashes, or has crashed and is not back.
fn is_answered(envoy: &Envoy, bytes: usize) -> bool {
    let mut connection = TcpStream::connect(envoy.address("ingress")).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let sent = connection.write_all(&vec![b'x'; bytes]);
    sent.and_then(|()| connection.read_exact(&mut [0])).is_ok()
}

#[test]
fn a_crash_closes_the_connection_and_the_filter_is_back() {
    let envoy = start();
    let reloads = format!("wasm.{}.vm_reload_success", env!("CARGO_PKG_NAME"));
    assert!(!is_answered(&envoy, TOO_MANY));
    assert!(eventually(
        || is_answered(&envoy, 1) && envoy.stat(&reloads) == 1
    ));
    let log = envoy.log();
    assert!(
        log.contains("Function: proxy_on_downstream_data failed"),
        "{log}"
    );
}

#[test]
fn a_crash_costs_others_at_most_the_connection_in_progress() {
    const CRASHES: usize = 5;
    let envoy = start();
    let is_over = AtomicBool::new(false);
    let count_failures = |_| {
        let mut failures = 0;
        while !is_over.load(Ordering::Relaxed) {
            failures += usize::from(!is_answered(&envoy, 1));
        }
        failures
    };
    thread::scope(|scope| {
        let others = scope.spawn(|| at_once(8, count_failures));
        let crashes: Vec<_> = (0..CRASHES)
            .take_while(|_| eventually(|| is_answered(&envoy, 1)))
            .map(|_| {
                // Longer than the back-off in envoy-bootstrap.yml.
                thread::sleep(Duration::from_millis(50));
                is_answered(&envoy, TOO_MANY)
            })
            .collect();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(crashes, [false; CRASHES]);
        let failures = others.join().unwrap();
        assert!(
            failures.iter().all(|count| *count <= CRASHES),
            "{failures:?}"
        );
    });
}
