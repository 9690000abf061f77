//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// 16 MiB. A worker may hold that much for each response in flight.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A body can consist of many short values, each of which becomes this long.
const LONGEST_REPLACEMENT: usize = 100;

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The names of the fields whose values are replaced.
    #[serde(deserialize_with = "names")]
    pub redact: Vec<String>,
    /// What each value becomes: this text, as a JSON string.
    #[serde(deserialize_with = "replacement")]
    pub replacement: String,
    /// The size of the largest body to redact.
    #[serde(deserialize_with = "size")]
    pub max_bytes: usize,
    /// What happens to larger ones.
    pub oversize: Oversize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Oversize {
    Pass,
    #[default]
    Refuse,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            redact: ["password", "token"].map(str::to_owned).to_vec(),
            replacement: "[redacted]".to_owned(),
            max_bytes: 1024 * 1024,
            oversize: Oversize::default(),
        }
    }
}

fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    if names.is_empty() || names.iter().any(String::is_empty) {
        return Err(D::Error::custom(
            "expected one name or more, none of them empty",
        ));
    }
    Ok(names)
}

fn replacement<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() > LONGEST_REPLACEMENT {
        return Err(D::Error::custom(format!(
            "expected at most {LONGEST_REPLACEMENT} bytes"
        )));
    }
    Ok(text)
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let size = usize::deserialize(deserializer)?;
    if !(1..=MOST_BYTES).contains(&size) {
        return Err(D::Error::custom(format!(
            "expected an integer from 1 to {MOST_BYTES}"
        )));
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::{Config, Oversize};
    use crate::fields::parse;

    #[test]
    fn names_the_field_that_is_wrong() {
        for (json, why) in [
            (
                r#"{"redacts": []}"#,
                "redacts: unknown field `redacts`, expected one of `redact`, `replacement`, `max_bytes`, `oversize`",
            ),
            (
                r#"{"redact": "password"}"#,
                "redact: invalid type: string \"password\", expected a sequence",
            ),
            (
                r#"{"redact": [1]}"#,
                "redact[0]: invalid type: integer `1`, expected a string",
            ),
            (
                r#"{"redact": []}"#,
                "redact: expected one name or more, none of them empty",
            ),
            (
                r#"{"redact": ["pin", ""]}"#,
                "redact: expected one name or more, none of them empty",
            ),
            (
                r#"{"replacement": null}"#,
                "replacement: invalid type: null, expected a string",
            ),
            (
                r#"{"max_bytes": 0}"#,
                "max_bytes: expected an integer from 1 to 16777216",
            ),
            (
                r#"{"max_bytes": 16777217}"#,
                "max_bytes: expected an integer from 1 to 16777216",
            ),
            (
                r#"{"oversize": "drop"}"#,
                "oversize: unknown variant `drop`, expected `pass` or `refuse`",
            ),
        ] {
            let error = parse::<Config>(json.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{json}: {error}");
        }
    }

    #[test]
    fn limits_the_replacement_in_bytes() {
        for (text, fits) in [
            ("x".repeat(100), true),
            ("x".repeat(101), false),
            ("€".repeat(34), false),
        ] {
            let config = parse::<Config>(format!(r#"{{"replacement": "{text}"}}"#).as_bytes());
            let expected = "replacement: expected at most 100 bytes";
            assert_eq!(config.is_ok(), fits, "{text}");
            assert!(
                config.err().is_none_or(|error| error.contains(expected)),
                "{text}"
            );
        }
    }

    #[test]
    fn reads_each_field() {
        let json =
            r#"{"redact": ["pin"], "replacement": "", "max_bytes": 16777216, "oversize": "pass"}"#;
        let expected = Config {
            redact: vec!["pin".to_owned()],
            replacement: String::new(),
            max_bytes: 16 * 1024 * 1024,
            oversize: Oversize::Pass,
        };
        assert_eq!(parse(json.as_bytes()), Ok(expected));
    }

    #[test]
    fn nothing_means_the_defaults() {
        assert_eq!(parse(b""), Ok(Config::default()));
    }
}
