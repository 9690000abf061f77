//! The filter's decisions, without Proxy-Wasm types.

use crate::config::Config;

/// The value of the header `x-hello`.
pub fn hello(config: &Config, authority: Option<&[u8]>) -> Vec<u8> {
    let authority = authority.unwrap_or(b"unknown");
    [config.greeting.as_bytes(), b" from ", authority].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greets_from_the_authority() {
        let value = hello(&Config::default(), Some(b"example.com:8080"));
        assert_eq!(value, b"Hello world from example.com:8080");
    }

    #[test]
    fn greets_from_unknown_without_an_authority() {
        assert_eq!(hello(&Config::default(), None), b"Hello world from unknown");
    }

    #[test]
    fn takes_the_greeting_from_the_configuration() {
        let config = Config {
            greeting: "Grüß Gott".to_owned(),
        };
        assert_eq!(hello(&config, Some(b"a")), "Grüß Gott from a".as_bytes());
    }

    #[test]
    fn keeps_bytes_that_are_not_utf_8() {
        assert_eq!(
            hello(&Config::default(), Some(b"\xff\x80")),
            b"Hello world from \xff\x80"
        );
    }
}
