//! The filter's decisions, without Proxy-Wasm types.

use crate::config::Config;

/// What to do with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The first bytes may still become the denied prefix: hold them back.
    Wait,
    Pass,
    Deny,
}

/// Whether to close a connection from `address`, an IP address with a port, before its first bytes arrive.
pub fn denies_address(config: &Config, address: &[u8]) -> bool {
    let host = config.deny_address.as_bytes();
    let rest = address.strip_prefix(host).unwrap_or_default();
    !host.is_empty() && rest.starts_with(b":")
}

/// Judges a connection by its first bytes: `start` has those received so far, at most as many as the prefix.
pub fn judge(config: &Config, start: &[u8], end_of_stream: bool) -> Verdict {
    let prefix = config.deny_prefix.as_bytes();
    if prefix.is_empty() {
        Verdict::Pass
    } else if start.starts_with(prefix) {
        Verdict::Deny
    } else if prefix.starts_with(start) && !end_of_stream {
        Verdict::Wait
    } else {
        Verdict::Pass
    }
}

/// The line to send to the client before the upstream's first bytes.
pub fn hello(config: &Config, address: Option<&[u8]>) -> Vec<u8> {
    let address = address.unwrap_or(b"unknown");
    [config.greeting.as_bytes(), b" from ", address, b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denies_the_address_whatever_its_port() {
        for (denied, address, expected) in [
            ("192.0.2.1", "192.0.2.1:5000", true),
            ("192.0.2.1", "192.0.2.10:5000", false),
            ("192.0.2.1", "", false),
            ("[2001:db8::1]", "[2001:db8::1]:5000", true),
            ("", "192.0.2.1:5000", false),
            ("", ":5000", false),
        ] {
            let config = Config {
                deny_address: denied.to_owned(),
                ..Config::default()
            };
            assert_eq!(denies_address(&config, address.as_bytes()), expected);
        }
    }

    #[test]
    fn denies_the_prefix_and_what_follows_it() {
        for start in [&b"EVIL"[..], b"EVIL\0"] {
            assert_eq!(judge(&denying("EVIL"), start, false), Verdict::Deny);
            assert_eq!(judge(&denying("EVIL"), start, true), Verdict::Deny);
        }
    }

    #[test]
    fn waits_for_the_rest_of_the_prefix() {
        for start in [&b""[..], b"E", b"EVI"] {
            assert_eq!(judge(&denying("EVIL"), start, false), Verdict::Wait);
        }
    }

    #[test]
    fn passes_a_client_that_stops_inside_the_prefix() {
        for start in [&b""[..], b"E", b"EVI"] {
            assert_eq!(judge(&denying("EVIL"), start, true), Verdict::Pass);
        }
    }

    #[test]
    fn passes_other_bytes_at_once() {
        for start in [&b"evil"[..], b"EVOL", b"x", b"\0", b"\xff"] {
            assert_eq!(judge(&denying("EVIL"), start, false), Verdict::Pass);
        }
    }

    #[test]
    fn passes_everything_where_no_prefix_is_denied() {
        for start in [&b""[..], b"EVIL"] {
            assert_eq!(judge(&Config::default(), start, false), Verdict::Pass);
        }
    }

    #[test]
    fn greets_from_the_address() {
        let line = hello(&Config::default(), Some(b"192.0.2.1:5000"));
        assert_eq!(line, b"Hello world from 192.0.2.1:5000\n");
    }

    #[test]
    fn greets_from_unknown_without_an_address() {
        let line = hello(&Config::default(), None);
        assert_eq!(line, b"Hello world from unknown\n");
    }

    #[test]
    fn takes_the_greeting_from_the_configuration() {
        let config = Config {
            greeting: "Grüß Gott".to_owned(),
            ..Config::default()
        };
        let line = hello(&config, Some(b"a"));
        assert_eq!(line, "Grüß Gott from a\n".as_bytes());
    }

    fn denying(prefix: &str) -> Config {
        Config {
            deny_prefix: prefix.to_owned(),
            ..Config::default()
        }
    }
}
