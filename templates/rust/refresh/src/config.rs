//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What `x-hello` begins with until a greeting has been fetched.
    #[serde(deserialize_with = "header_value")]
    pub greeting: String,
    /// The Envoy cluster from which the greeting is fetched; where this is empty, none is.
    #[serde(deserialize_with = "header_value")]
    pub refresh_cluster: String,
    /// The `:authority` of the call; where this is empty, it is the cluster's name.
    #[serde(deserialize_with = "header_value")]
    pub refresh_authority: String,
    #[serde(deserialize_with = "path")]
    pub refresh_path: String,
    #[serde(rename = "refresh_period_ms", deserialize_with = "milliseconds")]
    pub refresh_period: Duration,
    #[serde(rename = "refresh_timeout_ms", deserialize_with = "milliseconds")]
    pub refresh_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            greeting: "Hello world".to_owned(),
            refresh_cluster: String::new(),
            refresh_authority: String::new(),
            refresh_path: "/greeting".to_owned(),
            refresh_period: Duration::from_secs(5),
            refresh_timeout: Duration::from_secs(1),
        }
    }
}

impl Config {
    /// No configuration at all means the defaults. An error names the field.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let json = match json.trim_ascii() {
            b"" => b"{}",
            json => json,
        };
        // serde would take an array for a struct.
        if !json.starts_with(b"{") {
            return Err("expected a JSON object".to_owned());
        }
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let config =
            serde_path_to_error::deserialize(&mut deserializer).map_err(|e| e.to_string())?;
        deserializer.end().map_err(|e| e.to_string())?;
        Ok(config)
    }
}

/// May this stand in a header? A control character would end the header or break the request.
pub fn is_header_value(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn header_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if !is_header_value(&text) {
        return Err(D::Error::custom("control characters are not allowed"));
    }
    Ok(text)
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if !text.starts_with('/') || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(D::Error::custom("expected a path such as /greeting"));
    }
    Ok(text)
}

/// From a tenth of a second, so that nobody who means seconds floods the upstream, to a day.
fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if !(100..=86_400_000).contains(&number) {
        return Err(D::Error::custom("expected an integer from 100 to 86400000"));
    }
    Ok(Duration::from_millis(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_means_the_defaults() {
        for json in ["", " \n", "{}"] {
            assert_eq!(Config::parse(json.as_bytes()), Ok(Config::default()));
        }
    }

    #[test]
    fn reads_every_field() {
        let config = Config::parse(
            br#"{
                "greeting": "Hi",
                "refresh_cluster": "greeter",
                "refresh_authority": "greeter.example.com",
                "refresh_path": "/hi?x=1",
                "refresh_period_ms": 100,
                "refresh_timeout_ms": 86400000
            }"#,
        );
        let expected = Config {
            greeting: "Hi".to_owned(),
            refresh_cluster: "greeter".to_owned(),
            refresh_authority: "greeter.example.com".to_owned(),
            refresh_path: "/hi?x=1".to_owned(),
            refresh_period: Duration::from_millis(100),
            refresh_timeout: Duration::from_secs(24 * 60 * 60),
        };
        assert_eq!(config, Ok(expected));
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        for (json, why) in [
            (
                r#"{"refresh_perod_ms": 500}"#,
                "refresh_perod_ms: unknown field `refresh_perod_ms`, expected one of `greeting`",
            ),
            (
                r#"{"greeting": 1}"#,
                "greeting: invalid type: integer `1`, expected a string",
            ),
            (
                r#"{"greeting": "a\nb"}"#,
                "greeting: control characters are not allowed",
            ),
            (
                r#"{"refresh_cluster": "a\nb"}"#,
                "refresh_cluster: control characters are not allowed",
            ),
            (
                r#"{"refresh_authority": "a\nb"}"#,
                "refresh_authority: control characters are not allowed",
            ),
            (
                r#"{"refresh_path": "greeting"}"#,
                "refresh_path: expected a path such as /greeting",
            ),
            (
                r#"{"refresh_path": "/a b"}"#,
                "refresh_path: expected a path such as /greeting",
            ),
            (
                r#"{"refresh_period_ms": "5s"}"#,
                "refresh_period_ms: invalid type: string \"5s\"",
            ),
            (
                r#"{"refresh_period_ms": 99}"#,
                "refresh_period_ms: expected an integer from 100 to 86400000",
            ),
            (
                r#"{"refresh_timeout_ms": 86400001}"#,
                "refresh_timeout_ms: expected an integer from 100 to 86400000",
            ),
        ] {
            assert_refused(json.as_bytes(), why);
        }
    }

    #[test]
    fn refuses_what_is_not_one_json_object() {
        for (json, why) in [
            (&b"hello"[..], "expected a JSON object"),
            (br#"["Hi"]"#, "expected a JSON object"),
            (b"{", "EOF while parsing"),
            (b"{} {}", "trailing characters"),
            (b"{\"greeting\": \"\xff\"}", "invalid unicode"),
        ] {
            assert_refused(json, why);
        }
    }

    fn assert_refused(json: &[u8], why: &str) {
        let error = Config::parse(json).err().unwrap_or_default();
        assert!(error.contains(why), "{}: {error}", json.escape_ascii());
    }
}
