//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the line that greets a client begins with.
    #[serde(deserialize_with = "within_a_line")]
    pub greeting: String,
    /// A connection from this IP address is closed; where this is empty, none is.
    pub deny_address: String,
    /// A connection whose first bytes are these is closed; where this is empty, none is.
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

/// A string that may stand in a line: a control character could end it.
fn within_a_line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.chars().any(char::is_control) {
        return Err(D::Error::custom("control characters are not allowed"));
    }
    Ok(text)
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
            (
                r#"{"greeting": "a\nb"}"#,
                "greeting: control characters are not allowed",
            ),
        ] {
            assert_refused(json.as_bytes(), why);
        }
    }

    #[test]
    fn refuses_what_is_not_one_json_object() {
        for (json, why) in [
            (&b"hello"[..], "expected a JSON object"),
            (br#"["Hi", "x"]"#, "expected a JSON object"),
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
