//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use serde::Deserialize;

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The beginning of the line that greets a client.
    #[serde(deserialize_with = "crate::fields::single_line")]
    pub greeting: String,
    /// Connections from this IP address are closed. If empty, none are.
    pub deny_address: String,
    /// Connections that begin with these bytes are closed. If empty, none are.
    pub deny_prefix: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            greeting: "Hello world".to_owned(),
            deny_address: String::new(),
            deny_prefix: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::parse;

    #[test]
    fn nothing_means_the_defaults() {
        assert_eq!(parse(b""), Ok(Config::default()));
    }

    #[test]
    fn reads_every_field() {
        let config = parse::<Config>(
            br#"{"greeting": "Hi", "deny_address": "192.0.2.1", "deny_prefix": "\u0016\u0003"}"#,
        );
        let expected = Config {
            greeting: "Hi".to_owned(),
            deny_address: "192.0.2.1".to_owned(),
            deny_prefix: "\x16\x03".to_owned(),
        };
        assert_eq!(config, Ok(expected));
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        for (json, why) in [
            (
                r#"{"greeting": "a\nb"}"#,
                "greeting: control characters are not allowed",
            ),
            (
                r#"{"deny_prefx": "x"}"#,
                "deny_prefx: unknown field `deny_prefx`, expected one of `greeting`, `deny_address`, `deny_prefix`",
            ),
            (
                r#"{"deny_address": ["192.0.2.1"]}"#,
                "deny_address: invalid type: sequence, expected a string",
            ),
            (
                r#"{"deny_prefix": 1}"#,
                "deny_prefix: invalid type: integer `1`, expected a string",
            ),
        ] {
            let error = parse::<Config>(json.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
