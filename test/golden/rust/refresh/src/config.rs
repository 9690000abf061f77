//! The plugin configuration: the JSON under `configuration` in envoy-bootstrap.yml.

use std::time::Duration;

use serde::Deserialize;

use crate::fields;

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What `x-hello` begins with until a greeting has been fetched.
    #[serde(deserialize_with = "fields::single_line")]
    pub greeting: String,
    /// The Envoy cluster that the greeting is fetched from, by this plugin or by another of the same name.
    /// If empty, none is fetched.
    #[serde(deserialize_with = "fields::single_line")]
    pub refresh_cluster: String,
    /// The `:authority` of the call. If empty, the cluster's name.
    #[serde(deserialize_with = "fields::single_line")]
    pub refresh_authority: String,
    #[serde(deserialize_with = "fields::path")]
    pub refresh_path: String,
    /// How often this plugin fetches it. If absent, another plugin does.
    #[serde(
        rename = "refresh_period_ms",
        deserialize_with = "fields::some_milliseconds"
    )]
    pub refresh_period: Option<Duration>,
    #[serde(
        rename = "refresh_timeout_ms",
        deserialize_with = "fields::milliseconds"
    )]
    pub refresh_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            greeting: "Hello world".to_owned(),
            refresh_cluster: String::new(),
            refresh_authority: String::new(),
            refresh_path: "/greeting".to_owned(),
            refresh_period: None,
            refresh_timeout: Duration::from_secs(1),
        }
    }
}

impl Config {
    /// The key of the greeting in the shared data. It contains the plugin's name, because other plugins may share the
    /// data, and the greeting's source: once that has changed, the old greeting must not be used, although the old
    /// plugin goes on fetching it until its connections are drained.
    pub fn key(&self, plugin: &str) -> String {
        // Cluster, authority and path contain no line break, so different ones never make the same key.
        let (cluster, authority) = (&self.refresh_cluster, &self.refresh_authority);
        format!("{plugin}\n{cluster}\n{authority}\n{}", self.refresh_path)
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
            refresh_period: Some(Duration::from_millis(100)),
            refresh_timeout: Duration::from_hours(24),
        };
        assert_eq!(config, Ok(expected));
    }

    #[test]
    fn a_key_is_of_a_plugin_cluster_authority_and_path() {
        let key = |plugin, json: &str| {
            let config = fields::parse::<Config>(json.as_bytes()).unwrap_or_default();
            config.key(plugin)
        };
        let expected = key("a", r#"{"refresh_cluster": "c"}"#);
        let same = r#"{"refresh_cluster": "c", "greeting": "Hi", "refresh_period_ms": 100, "refresh_timeout_ms": 100}"#;
        assert_eq!(key("a", same), expected);
        assert_ne!(key("b", same), expected);
        for other in [
            r#"{"refresh_cluster": "d"}"#,
            r#"{"refresh_cluster": "c", "refresh_authority": "d"}"#,
            r#"{"refresh_cluster": "c", "refresh_path": "/"}"#,
        ] {
            assert_ne!(key("a", other), expected, "{other}");
        }
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        for (json, why) in [
            (
                r#"{"refresh_perod_ms": 500}"#,
                "refresh_perod_ms: unknown field `refresh_perod_ms`, expected one of `greeting`",
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
                r#"{"refresh_period_ms": null}"#,
                "refresh_period_ms: invalid type: null",
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
            let error = fields::parse::<Config>(json.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
