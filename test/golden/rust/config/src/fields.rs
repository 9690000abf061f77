//! Reads the plugin configuration into a struct, and checks fields by what they hold.
#![allow(dead_code, reason = "not every kind of field is in use")]

use std::time::Duration;

use log::error;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

/// As [`parse`]. Logs the error.
pub fn parse_or_log<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    parse(json)
        .inspect_err(|why| error!("configuration: {why}"))
        .ok()
}

/// An empty configuration counts as an object without fields. An error names the field.
pub fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let json = match json.trim_ascii() {
        b"" => b"{}",
        json => json,
    };
    // serde would accept an array as a struct.
    if !json.starts_with(b"{") {
        return Err("expected a JSON object".to_owned());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let config = serde_path_to_error::deserialize(&mut deserializer).map_err(|e| e.to_string())?;
    deserializer.end().map_err(|e| e.to_string())?;
    Ok(config)
}

// The rest is for `#[serde(deserialize_with = "…")]`.

/// A string that fits into a header or a line: a control character could end it or break the request.
pub fn single_line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if !is_single_line(&text) {
        return Err(D::Error::custom("control characters are not allowed"));
    }
    Ok(text)
}

pub fn is_single_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// The path of a URL.
pub fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if !text.starts_with('/') || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(D::Error::custom("expected a path such as /greeting"));
    }
    Ok(text)
}

/// A prefix for the paths of requests: nothing, or a path such as `/check`.
pub fn path_prefix<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_path = text.starts_with('/') && text.bytes().all(|b| b.is_ascii_graphic());
    if !text.is_empty() && (!is_path || text.ends_with('/') || text.contains(['?', '#'])) {
        return Err(D::Error::custom(
            "expected a path such as /check, or nothing",
        ));
    }
    Ok(text)
}

/// The name of a cluster. There is none without a name.
pub fn cluster<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = single_line(deserializer)?;
    if text.is_empty() {
        return Err(D::Error::custom("expected the name of a cluster"));
    }
    Ok(text)
}

/// Names of headers that can be copied from one message to another, in lower case.
pub fn header_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut names = Vec::<String>::deserialize(deserializer)?;
    for name in &mut names {
        name.make_ascii_lowercase();
    }
    for (index, name) in names.iter().enumerate() {
        let why = if !is_token(name) {
            "is not the name of a header"
        } else if UNCOPIABLE.split(' ').any(|other| other == name) {
            "cannot be copied to another message"
        } else if names.iter().take(index).any(|other| other == name) {
            "is listed twice"
        } else {
            continue;
        };
        return Err(D::Error::custom(format!("`{name}` {why}")));
    }
    Ok(names)
}

/// What these say is true of one message or connection only.
const UNCOPIABLE: &str = "connection content-length host keep-alive proxy-connection te trailer transfer-encoding upgrade";

/// Whether RFC 9110 allows this as the name of a header.
pub fn is_token(name: &str) -> bool {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(is_token)
}

/// From 100, so that a number meant as seconds does not flood the upstream, to a day.
pub fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if !(100..=86_400_000).contains(&number) {
        return Err(D::Error::custom("expected an integer from 100 to 86400000"));
    }
    Ok(Duration::from_millis(number))
}

/// As [`milliseconds`], for a field that may be absent.
pub fn some_milliseconds<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Duration>, D::Error> {
    milliseconds(d).map(Some)
}

/// How often per second, as the time between two.
pub fn per_second<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if !(0.001..=1e6).contains(&number) {
        return Err(D::Error::custom("expected a number from 0.001 to 1000000"));
    }
    Ok(Duration::from_secs_f64(number.recip()))
}

/// A count, for a field that may be absent.
pub fn some_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let number = u32::deserialize(deserializer)?;
    if !(1..=1_000_000).contains(&number) {
        return Err(D::Error::custom("expected an integer from 1 to 1000000"));
    }
    Ok(Some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Eq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Sample {
        #[serde(deserialize_with = "single_line")]
        text: String,
        #[serde(deserialize_with = "path")]
        path: String,
        #[serde(deserialize_with = "milliseconds")]
        timeout: Duration,
        #[serde(deserialize_with = "some_milliseconds")]
        period: Option<Duration>,
        #[serde(deserialize_with = "per_second")]
        rate: Duration,
        #[serde(deserialize_with = "some_count")]
        most: Option<u32>,
        #[serde(deserialize_with = "path_prefix")]
        prefix: String,
        #[serde(deserialize_with = "cluster")]
        cluster: String,
        #[serde(deserialize_with = "header_names")]
        headers: Vec<String>,
    }

    #[test]
    fn nothing_means_the_defaults() {
        for json in ["", " \n", "{}"] {
            assert_eq!(parse(json.as_bytes()), Ok(Sample::default()));
        }
    }

    #[test]
    fn reads_fields_of_each_kind() {
        let json = r#"{
            "text": "Grüß Gott",
            "path": "/hi?x=1",
            "timeout": 100,
            "period": 86400000,
            "rate": 0.5,
            "most": 1000000,
            "prefix": "/a/check",
            "cluster": "outbound|80||auth",
            "headers": ["X-User", "x_user", "!#$%&'*+-.^_`|~09"]
        }"#;
        let expected = Sample {
            text: "Grüß Gott".to_owned(),
            path: "/hi?x=1".to_owned(),
            timeout: Duration::from_millis(100),
            period: Some(Duration::from_hours(24)),
            rate: Duration::from_secs(2),
            most: Some(1_000_000),
            prefix: "/a/check".to_owned(),
            cluster: "outbound|80||auth".to_owned(),
            headers: ["x-user", "x_user", "!#$%&'*+-.^_`|~09"]
                .map(str::to_owned)
                .to_vec(),
        };
        assert_eq!(parse(json.as_bytes()), Ok(expected));
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        for (json, why) in [
            (
                r#"{"txt": "Hi"}"#,
                "txt: unknown field `txt`, expected one of `text`, `path`",
            ),
            (
                r#"{"text": 1}"#,
                "text: invalid type: integer `1`, expected a string",
            ),
            (
                r#"{"text": "a\nb"}"#,
                "text: control characters are not allowed",
            ),
            (
                r#"{"text": "a\u0085b"}"#,
                "text: control characters are not allowed",
            ),
            (
                r#"{"path": "greeting"}"#,
                "path: expected a path such as /greeting",
            ),
            (r#"{"path": ""}"#, "path: expected a path such as /greeting"),
            (
                r#"{"path": "/a b"}"#,
                "path: expected a path such as /greeting",
            ),
            (
                r#"{"path": "/grüße"}"#,
                "path: expected a path such as /greeting",
            ),
            (
                r#"{"timeout": "5s"}"#,
                "timeout: invalid type: string \"5s\"",
            ),
            (
                r#"{"timeout": 99}"#,
                "timeout: expected an integer from 100 to 86400000",
            ),
            (
                r#"{"timeout": 86400001}"#,
                "timeout: expected an integer from 100 to 86400000",
            ),
            (r#"{"period": null}"#, "period: invalid type: null"),
            (r#"{"rate": "1"}"#, "rate: invalid type: string \"1\""),
            (
                r#"{"rate": -1}"#,
                "rate: expected a number from 0.001 to 1000000",
            ),
            (
                r#"{"rate": 0.0009}"#,
                "rate: expected a number from 0.001 to 1000000",
            ),
            (
                r#"{"rate": 1000001}"#,
                "rate: expected a number from 0.001 to 1000000",
            ),
            (
                r#"{"most": 0}"#,
                "most: expected an integer from 1 to 1000000",
            ),
            (
                r#"{"most": 1000001}"#,
                "most: expected an integer from 1 to 1000000",
            ),
            (r#"{"most": 1.5}"#, "most: invalid type: floating point"),
            (
                r#"{"cluster": ""}"#,
                "cluster: expected the name of a cluster",
            ),
            (
                r#"{"cluster": "a\nb"}"#,
                "cluster: control characters are not allowed",
            ),
            (r#"{"headers": "x-user"}"#, "headers: invalid type: string"),
            (
                r#"{"headers": ["x-user", 1]}"#,
                "headers[1]: invalid type: integer",
            ),
        ] {
            assert_refused(json.as_bytes(), why);
        }
    }

    #[test]
    fn refuses_what_cannot_be_put_before_a_path() {
        for prefix in [
            "check", "/", "/check/", "/check?x", "/check#x", "/a b", "/ü",
        ] {
            assert_refused(
                format!(r#"{{"prefix": "{prefix}"}}"#).as_bytes(),
                "prefix: expected a path such as /check, or nothing",
            );
        }
    }

    #[test]
    fn refuses_headers_that_do_not_exist_or_describe_their_message() {
        for name in ["", ":path", "x user", "x-üser", "x:user"] {
            let why = format!("headers: `{name}` is not the name of a header");
            assert_refused(format!(r#"{{"headers": ["{name}"]}}"#).as_bytes(), &why);
        }
        for name in UNCOPIABLE.split(' ') {
            let why = format!("headers: `{name}` cannot be copied to another message");
            let json = format!(r#"{{"headers": ["x-user", "{}"]}}"#, name.to_uppercase());
            assert_refused(json.as_bytes(), &why);
        }
        let why = "headers: `x-user` is listed twice";
        assert_refused(br#"{"headers": ["x-user", "X-User"]}"#, why);
    }

    #[test]
    fn refuses_what_is_not_one_json_object() {
        for (json, why) in [
            (&b"hello"[..], "expected a JSON object"),
            (br#"["Hi"]"#, "expected a JSON object"),
            (b"{", "EOF while parsing"),
            (b"{} {}", "trailing characters"),
            (b"{\"text\": \"\xff\"}", "invalid unicode"),
        ] {
            assert_refused(json, why);
        }
    }

    fn assert_refused(json: &[u8], why: &str) {
        let error = parse::<Sample>(json).unwrap_err();
        assert!(error.contains(why), "{}: {error}", json.escape_ascii());
    }
}
