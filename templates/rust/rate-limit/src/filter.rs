//! What the filter reads from requests and tells clients, without Proxy-Wasm types.

use std::net::{IpAddr, SocketAddr};

use crate::bucket::{Limit, Outcome};
use crate::config::Key;

/// The network of a client, from its `address` with a port. An IPv6 client can use any address of its /64 network, so
/// that counts as one client.
pub fn network(address: &[u8]) -> Vec<u8> {
    let parsed = str::from_utf8(address).ok().and_then(|a| a.parse().ok());
    match parsed.map(|a: SocketAddr| a.ip().to_canonical()) {
        Some(IpAddr::V4(ip)) => ip.octets().to_vec(),
        Some(IpAddr::V6(ip)) => ip.octets().into_iter().take(8).collect(),
        // A Unix socket.
        None => address.to_vec(),
    }
}

/// The header `ratelimit-policy`: how many requests in how many seconds.
pub fn policy(key: &Key, limit: &Limit) -> String {
    let window = seconds(limit.window);
    format!("\"{}\";q={};w={window}", name(key), limit.burst)
}

/// The header `ratelimit`: how many requests are left, and in how many seconds all of them will be.
pub fn state(key: &Key, outcome: &Outcome) -> String {
    let reset = seconds(outcome.full_in);
    format!("\"{}\";r={};t={reset}", name(key), outcome.remaining)
}

/// The header `retry-after` of a refusal.
pub fn retry_after(outcome: &Outcome) -> String {
    seconds(outcome.token_in).to_string()
}

/// What the limit is for. The name of the header stays secret.
fn name(key: &Key) -> &str {
    match key {
        Key::All => "all",
        Key::Address => "address",
        Key::Header(_) => "header",
    }
}

/// Rounded up: a client that waits so long does not come too early.
fn seconds(nanoseconds: u64) -> u64 {
    nanoseconds.div_ceil(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{Config, Interval};

    #[test]
    fn the_port_of_an_address_does_not_count() {
        for (one, other) in [
            ("192.0.2.1:1234", "192.0.2.1:5678"),
            ("[2001:db8::1]:1234", "[2001:db8::1]:5678"),
        ] {
            assert_eq!(network(one.as_bytes()), network(other.as_bytes()));
        }
        assert_ne!(network(b"192.0.2.1:1234"), network(b"192.0.2.2:1234"));
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        let network_of = |ip: &str| network(format!("[{ip}]:80").as_bytes());
        for (one, other) in [
            ("2001:db8::1", "2001:db8::ffff:2"),
            ("2001:db8::1", "2001:db8:0:0:1:2:3:4"),
            ("2001:db8:1:2::", "2001:db8:1:2:3:4:5:6"),
            ("2001:db8:1::2:3:4:5", "2001:db8:1:0:a::"),
            ("::1", "::2"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ] {
            assert_eq!(network_of(one), network_of(other), "{one} {other}");
        }
        for (one, other) in [
            ("2001:db8::1", "2001:db8:0:1::1"),
            ("2001:db8:1:2::", "2001:db8:1:3::"),
            ("2001:db8::1:2:3:4:5", "2001:db8::2:3:4:5"),
            ("::1", "1::1"),
            // An IPv4 client.
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),
        ] {
            assert_ne!(network_of(one), network_of(other), "{one} {other}");
        }
    }

    #[test]
    fn anything_can_be_an_address() {
        for address in [
            &b""[..],
            b":",
            b"/tmp/a.sock",
            b"[",
            b"[]",
            b"[:::]:1",
            b"\xff:1",
        ] {
            assert_eq!(network(address), address);
        }
        assert_ne!(network(b"/tmp/a.sock"), network(b"/tmp/b.sock"));
    }

    #[test]
    fn tells_the_client_its_limit() {
        let limit = Limit::new(&Config {
            interval: Interval(Duration::from_millis(400)),
            burst: Some(4),
            ..Config::default()
        });
        let key = Key::Header("x-secret".to_owned());
        assert_eq!(policy(&Key::All, &limit), "\"all\";q=4;w=2");
        assert_eq!(policy(&key, &limit), "\"header\";q=4;w=2");
        let outcome = limit.take(0, 1_000);
        assert_eq!(state(&Key::Address, &outcome), "\"address\";r=3;t=1");
    }

    #[test]
    fn tells_the_client_when_to_come_again_in_whole_seconds() {
        let limit = Limit::new(&Config {
            interval: Interval(Duration::from_millis(1_500)),
            burst: Some(2),
            ..Config::default()
        });
        for (milliseconds, expected) in [(0, "2"), (500, "1"), (501, "1"), (1_499, "1")] {
            let outcome = limit.take(3_000_000_000, milliseconds * 1_000_000);
            assert_eq!(retry_after(&outcome), expected);
        }
        assert_eq!(state(&Key::All, &limit.refuse(0)), "\"all\";r=0;t=3");
        assert_eq!(retry_after(&limit.refuse(0)), "2");
    }
}
