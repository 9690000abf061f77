//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use std::time::Duration;

use serde::Deserialize;

use crate::fields;

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Requests with the same key share a bucket.
    pub key: Key,
    /// How often a bucket gets a token.
    #[serde(
        rename = "requests_per_second",
        deserialize_with = "fields::per_second"
    )]
    pub interval: Duration,
    /// The most tokens in a bucket. If absent, as many as it gets in a second, at least 1.
    #[serde(deserialize_with = "fields::some_count")]
    pub burst: Option<u32>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            key: Key::Address,
            interval: Duration::from_millis(100),
            burst: None,
        }
    }
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Key {
    All,
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
                Some(name) if fields::is_token(name) => Ok(Self::Header(name.to_ascii_lowercase())),
                _ => Err("expected `all`, `address` or `header:` and a name".to_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_means_the_defaults() {
        assert_eq!(fields::parse(b""), Ok(Config::default()));
    }

    #[test]
    fn reads_every_field() {
        let config = fields::parse::<Config>(
            br#"{"key": "header:X-Api-Key", "requests_per_second": 0.5, "burst": 20}"#,
        );
        let expected = Config {
            key: Key::Header("x-api-key".to_owned()),
            interval: Duration::from_secs(2),
            burst: Some(20),
        };
        assert_eq!(config, Ok(expected));
        for (json, key) in [
            (r#"{"key": "all"}"#, Key::All),
            (r#"{"key": "address"}"#, Key::Address),
        ] {
            assert_eq!(
                fields::parse::<Config>(json.as_bytes()).map(|c| c.key),
                Ok(key)
            );
        }
    }

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
            let error = fields::parse::<Config>(json.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
