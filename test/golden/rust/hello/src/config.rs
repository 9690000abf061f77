//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use serde::Deserialize;

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What `x-hello` begins with.
    #[serde(deserialize_with = "crate::fields::single_line")]
    pub greeting: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            greeting: "Hello world".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::fields::parse;

    #[test]
    fn reads_the_greeting() {
        let config = parse::<Config>(br#"{"greeting": "Hi"}"#);
        assert_eq!(config.map(|c| c.greeting), Ok("Hi".to_owned()));
    }

    #[test]
    fn nothing_means_the_defaults() {
        assert_eq!(parse(b""), Ok(Config::default()));
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        for (json, why) in [
            (
                r#"{"greting": "Hi"}"#,
                "greting: unknown field `greting`, expected `greeting`",
            ),
            (
                r#"{"greeting": 1}"#,
                "greeting: invalid type: integer `1`, expected a string",
            ),
            (
                r#"{"greeting": "a\nb"}"#,
                "greeting: control characters are not allowed",
            ),
        ] {
            let error = parse::<Config>(json.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
