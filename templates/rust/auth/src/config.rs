//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use std::time::Duration;

use serde::Deserialize;

use crate::fields::{cluster, header_names, milliseconds, path_prefix};

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The Envoy cluster of the service that decides. It is required, so that a lost configuration opens nothing.
    #[serde(deserialize_with = "cluster")]
    pub auth_cluster: String,
    /// Comes before the request's path in what the service is asked.
    #[serde(default, deserialize_with = "path_prefix")]
    pub auth_path: String,
    #[serde(
        rename = "auth_timeout_ms",
        default = "auth_timeout",
        deserialize_with = "milliseconds"
    )]
    pub auth_timeout: Duration,
    /// Whether requests pass if the service does not decide.
    #[serde(default)]
    pub fail_open: bool,
    /// The headers of the request that the service sees.
    #[serde(default = "ask_headers", deserialize_with = "header_names")]
    pub ask_headers: Vec<String>,
    /// The headers that the upstream gets from the service. A client cannot send them.
    #[serde(default = "take_headers", deserialize_with = "header_names")]
    pub take_headers: Vec<String>,
    /// The headers that the client gets from the service with a refusal.
    #[serde(default = "tell_headers", deserialize_with = "header_names")]
    pub tell_headers: Vec<String>,
}

fn auth_timeout() -> Duration {
    Duration::from_secs(1)
}

fn ask_headers() -> Vec<String> {
    vec!["authorization".to_owned()]
}

fn take_headers() -> Vec<String> {
    vec!["x-auth-user".to_owned()]
}

fn tell_headers() -> Vec<String> {
    ["location", "set-cookie", "www-authenticate"]
        .map(str::to_owned)
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::parse;

    fn assert_refused(json: &str, why: &str) {
        let error = parse::<Config>(json.as_bytes()).unwrap_err();
        assert!(error.contains(why), "{json}: {error}");
    }

    #[test]
    fn has_defaults_for_all_but_the_cluster() {
        let expected = Config {
            auth_cluster: "auth".to_owned(),
            auth_path: String::new(),
            auth_timeout: Duration::from_secs(1),
            fail_open: false,
            ask_headers: ask_headers(),
            take_headers: take_headers(),
            tell_headers: tell_headers(),
        };
        assert_eq!(parse(br#"{"auth_cluster": "auth"}"#), Ok(expected));
    }

    #[test]
    fn requires_the_cluster() {
        for json in ["", "{}", r#"{"fail_open": true}"#] {
            assert_refused(json, "missing field `auth_cluster`");
        }
    }

    #[test]
    fn reads_every_field() {
        let config = parse::<Config>(
            br#"{
                "auth_cluster": "outbound|80||auth",
                "auth_path": "/check",
                "auth_timeout_ms": 100,
                "fail_open": true,
                "ask_headers": ["Cookie"],
                "take_headers": ["X-User", "x-team"],
                "tell_headers": []
            }"#,
        );
        let expected = Config {
            auth_cluster: "outbound|80||auth".to_owned(),
            auth_path: "/check".to_owned(),
            auth_timeout: Duration::from_millis(100),
            fail_open: true,
            ask_headers: vec!["cookie".to_owned()],
            take_headers: vec!["x-user".to_owned(), "x-team".to_owned()],
            tell_headers: vec![],
        };
        assert_eq!(config, Ok(expected));
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        for (field, why) in [
            (
                r#""auth_cluter": "auth""#,
                "auth_cluter: unknown field `auth_cluter`, expected one of `auth_cluster`",
            ),
            (
                r#""auth_path": "check""#,
                "auth_path: expected a path such as /check, or nothing",
            ),
            (
                r#""auth_timeout_ms": 99"#,
                "auth_timeout_ms: expected an integer from 100 to 86400000",
            ),
            (r#""fail_open": "no""#, "fail_open: invalid type: string"),
            (
                r#""ask_headers": [":path"]"#,
                "ask_headers: `:path` is not the name of a header",
            ),
            (
                r#""take_headers": ["content-length"]"#,
                "take_headers: `content-length` cannot be copied to another message",
            ),
            (
                r#""tell_headers": ["location", "Location"]"#,
                "tell_headers: `location` is listed twice",
            ),
        ] {
            assert_refused(&format!(r#"{{"auth_cluster": "auth", {field}}}"#), why);
        }
        assert_refused(
            r#"{"auth_cluster": ""}"#,
            "auth_cluster: expected the name of a cluster",
        );
    }
}
