//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use std::time::Duration;

use serde::Deserialize;

use crate::fields::is_token;

/// Which requests share a bucket.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Key {
    All,
    #[default]
    Address,
    /// The value of the header with this name.
    Header(String),
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "all" => Ok(Self::All),
            "address" => Ok(Self::Address),
            text => match text.strip_prefix("header:") {
                Some(name) if is_token(name) => Ok(Self::Header(name.to_ascii_lowercase())),
                _ => Err("expected `all`, `address` or `header:` and a name".to_owned()),
            },
        }
    }
}

/// The time between two tokens that a bucket gets.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Interval(#[serde(deserialize_with = "crate::fields::per_second")] pub Duration);

impl Default for Interval {
    fn default() -> Self {
        Self(Duration::from_millis(100))
    }
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub key: Key,
    #[serde(rename = "requests_per_second")]
    pub interval: Interval,
    /// The most tokens in a bucket. If absent, as many as it gets in a second, at least 1.
    #[serde(deserialize_with = "crate::fields::some_count")]
    pub burst: Option<u32>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Config, Interval, Key};
    use crate::fields::parse;

    #[test]
    fn names_the_field_that_is_wrong() {
        for (json, why) in [
            (
                r#"{"kye": "all"}"#,
                "kye: unknown field `kye`, expected one of `key`",
            ),
            (r#"{"key": 1}"#, "key: invalid type: integer `1`"),
            (
                r#"{"key": "adress"}"#,
                "key: expected `all`, `address` or `header:` and a name",
            ),
            (
                r#"{"key": "header:"}"#,
                "key: expected `all`, `address` or `header:` and a name",
            ),
            (
                r#"{"key": "header::path"}"#,
                "key: expected `all`, `address` or `header:` and a name",
            ),
            (
                r#"{"requests_per_second": 0}"#,
                "requests_per_second: expected a number from 0.001 to 1000000",
            ),
            (
                r#"{"burst": 0}"#,
                "burst: expected an integer from 1 to 1000000",
            ),
        ] {
            let error = parse::<Config>(json.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn reads_every_field() {
        let config = parse::<Config>(
            br#"{"key": "header:X-Api-Key", "requests_per_second": 0.5, "burst": 20}"#,
        );
        let expected = Config {
            key: Key::Header("x-api-key".to_owned()),
            interval: Interval(Duration::from_secs(2)),
            burst: Some(20),
        };
        assert_eq!(config, Ok(expected));
        for (json, key) in [
            (r#"{"key": "all"}"#, Key::All),
            (r#"{"key": "address"}"#, Key::Address),
        ] {
            assert_eq!(parse::<Config>(json.as_bytes()).map(|c| c.key), Ok(key));
        }
    }

    #[test]
    fn nothing_means_the_defaults() {
        assert_eq!(parse(b""), Ok(Config::default()));
    }
}
