//! Replaces the values of fields in JSON, and leaves all other bytes as they were.
//!
//! Nothing is parsed into values: that would need several times the memory of the body, and lose how numbers, strings
//! and white space were written. There is no recursion either, so no depth of nesting can exhaust the stack.

use std::ops::Range;

use crate::json::Tokens;

#[derive(Default)]
pub struct Redactor {
    names: Vec<String>,
    replacement: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Redacted {
    /// Not JSON, or not UTF-8.
    Invalid,
    /// No field has one of the names.
    Unchanged,
    Changed(Vec<u8>),
}

impl Redactor {
    /// Values become `replacement`, as a JSON string.
    pub fn new(names: &[String], replacement: &str) -> Self {
        Self {
            names: names.to_vec(),
            replacement: serde_json::Value::from(replacement)
                .to_string()
                .into_bytes(),
        }
    }

    pub fn redact(&self, json: &[u8]) -> Redacted {
        match self.find(json) {
            None => Redacted::Invalid,
            Some(values) if values.is_empty() => Redacted::Unchanged,
            Some(values) => Redacted::Changed(self.replace(json, values)),
        }
    }

    /// Where the values to replace are; `None` if this is not JSON.
    fn find(&self, json: &[u8]) -> Option<Vec<Range<usize>>> {
        str::from_utf8(json).ok()?;
        let mut tokens = Tokens::new(json);
        let mut found = Vec::new();
        // What closes each array and object that is open.
        let mut open: Vec<u8> = Vec::new();
        // Where the value to replace begins, and how many arrays and objects were open there.
        let mut secret = None;
        loop {
            if open.last() == Some(&b'}') {
                let name = tokens.string()?;
                tokens.take(b':')?;
                if secret.is_none() && self.matches(name) {
                    secret = Some((tokens.at(), open.len()));
                }
            }
            if let Some(closing) = tokens.opening() {
                if tokens.take(closing).is_none() {
                    open.push(closing);
                    continue;
                }
            } else {
                tokens.scalar()?;
            }
            // A value has ended, and so may those around it.
            loop {
                if let Some((begin, _)) = secret.take_if(|(_, depth)| *depth == open.len()) {
                    found.push(begin..tokens.end());
                }
                let Some(closing) = open.last() else {
                    return tokens.is_at_end().then_some(found);
                };
                if tokens.take(b',').is_some() {
                    break;
                }
                tokens.take(*closing)?;
                open.pop();
            }
        }
    }

    /// Whether a name, with its quotes and escapes, is one of those to look for.
    fn matches(&self, name: &[u8]) -> bool {
        if name.contains(&b'\\') {
            // Half a surrogate pair is no text, so it is no name to look for.
            return serde_json::from_slice(name)
                .is_ok_and(|name: String| self.names.contains(&name));
        }
        let text = name.strip_prefix(b"\"").and_then(|n| n.strip_suffix(b"\""));
        text.is_some_and(|text| self.names.iter().any(|n| n.as_bytes() == text))
    }

    fn replace(&self, json: &[u8], values: Vec<Range<usize>>) -> Vec<u8> {
        let mut result = Vec::with_capacity(json.len());
        let mut kept = 0;
        for value in values {
            result.extend_from_slice(json.get(kept..value.start).unwrap_or_default());
            result.extend_from_slice(&self.replacement);
            kept = value.end;
        }
        result.extend_from_slice(json.get(kept..).unwrap_or_default());
        result
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;
    use serde_json::Value;

    use super::*;

    fn redact(json: &str) -> Redacted {
        redact_bytes(json.as_bytes())
    }

    fn redact_bytes(json: &[u8]) -> Redacted {
        let names = ["password", "tökén"].map(str::to_owned);
        Redactor::new(&names, "***").redact(json)
    }

    fn changed(json: &str) -> Redacted {
        Redacted::Changed(json.as_bytes().to_vec())
    }

    #[test]
    fn replaces_values_of_every_type_at_any_depth() {
        for (json, redacted) in [
            (r#"{"password":"x"}"#, r#"{"password":"***"}"#),
            (r#"{"tökén":-1.5e+3}"#, r#"{"tökén":"***"}"#),
            (r#"{"password":null,"a":1}"#, r#"{"password":"***","a":1}"#),
            (r#"{"password":[[],{"a":1}]}"#, r#"{"password":"***"}"#),
            (r#"{"password":{"password":{}}}"#, r#"{"password":"***"}"#),
            (
                r#"[[{"a":{"password":true}}],1]"#,
                r#"[[{"a":{"password":"***"}}],1]"#,
            ),
            (
                r#"{"password":1,"a":[{"password":2}],"password":3}"#,
                r#"{"password":"***","a":[{"password":"***"}],"password":"***"}"#,
            ),
        ] {
            assert_eq!(redact(json), changed(redacted), "{json}");
        }
    }

    #[test]
    fn leaves_all_other_bytes_as_they_were() {
        let json = "\u{feff} {\n\t\"a\" : 1.0e+0,\r\n \"password\" : \"x\" , \"\\u0061\":\"\\/\\ud800é\" } \n";
        let redacted = json.replace("\"x\"", "\"***\"");
        assert_eq!(redact(json), changed(&redacted));
    }

    #[test]
    fn compares_names_without_their_escapes() {
        for name in [r"pass\u0077ord", r"\u0070\u0061ssword", r"t\u00F6k\u00e9n"] {
            let json = format!(r#"{{"{name}":null}}"#);
            assert_eq!(
                redact(&json),
                changed(&json.replace("null", r#""***""#)),
                "{name}"
            );
        }
    }

    #[test]
    fn leaves_other_names() {
        for json in [
            r#"{"Password":1,"passwords":1,"":1,"pass\\u0077ord":1,"password\u0000":1,"\ud800password":1}"#,
            r#"["password","password"]"#,
            r#"{"a":"password","b":"\"password\":1"}"#,
            "null",
            r#""password""#,
        ] {
            assert_eq!(redact(json), Redacted::Unchanged, "{json}");
        }
    }

    #[test]
    fn writes_the_replacement_as_a_json_string() {
        let redactor = Redactor::new(&["password".to_owned()], "a\"\\\n");
        assert_eq!(
            redactor.redact(br#"{"password":1}"#),
            changed(r#"{"password":"a\"\\\n"}"#)
        );
    }

    #[test]
    fn rejects_what_is_not_json() {
        for json in [
            "",
            " ",
            "{",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "{}}",
            "[]]",
            "[}",
            "{]",
            "{,}",
            "1 2",
            "{} {}",
            r#"{"password"}"#,
            r#"{"password":}"#,
            r#"{"password":1,}"#,
            r#"{"password" 1}"#,
            "{password:1}",
            r#"{"password":1"#,
            r#"{"password":1 "a":2}"#,
            "{1:2}",
            "'a'",
            "tru",
            "True",
            "nulll",
            "NaN",
            "Infinity",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "1e+",
            "+1",
            "0x1",
            "1_0",
            "- 1",
            "\"",
            "\"\\\"",
            "\"a\nb\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "[1 /* one */]",
            "\u{a0}1",
            "\u{feff}",
            "\u{feff}\u{feff}1",
            "1\u{feff}",
            "\0",
            "1\0",
            "[1\x0c]",
        ] {
            assert_eq!(redact(json), Redacted::Invalid, "{json}");
        }
    }

    #[test]
    fn rejects_what_is_not_utf_8() {
        for text in [
            &b"\xff"[..],
            b"\x80",
            b"\xc0\x8a",
            b"\xc3",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xe2\x82",
        ] {
            let json = [b"{\"password\":\"", text, b"\"}"].concat();
            assert_eq!(
                redact_bytes(&json),
                Redacted::Invalid,
                "{}",
                json.escape_ascii()
            );
        }
    }

    #[test]
    fn survives_deep_nesting() {
        let depth = 1_000_000;
        let json = format!(
            r#"{}{{"password":1}}{}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        );
        assert_eq!(redact(&json), changed(&json.replace('1', r#""***""#)));
        assert_eq!(redact(&"[".repeat(depth)), Redacted::Invalid);
        assert_eq!(redact(&r#"{"a":"#.repeat(depth)), Redacted::Invalid);
    }

    /// Random changes of JSON, with `serde_json` as the judge.
    #[test]
    fn agrees_with_serde_json() {
        let sample = r#" {"password": "a\u00e9\n", "a": [1, -0.5e3, true, {"tökén": [null, {}]}, "\\", []], "b": {}} "#;
        let alphabet = b"{}[]:,\"\\u09aet-+. \n\xc3\xa9";
        let mut random = 1_u64;
        let mut next = |bound: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 33).unwrap() % bound
        };
        let mut valid = 0;
        for _ in 0..20_000 {
            let mut json = sample.as_bytes().to_vec();
            for _ in 0..=next(3) {
                let at = next(json.len());
                match next(3) {
                    0 => json[at] = alphabet[next(alphabet.len())],
                    1 => json.insert(at, alphabet[next(alphabet.len())]),
                    _ => _ = json.drain(at..(at + 1 + next(5)).min(json.len())),
                }
            }
            let is_json = serde_json::from_slice::<IgnoredAny>(&json).is_ok()
                && str::from_utf8(&json).is_ok();
            let redacted = redact_bytes(&json);
            assert_eq!(
                redacted != Redacted::Invalid,
                is_json,
                "{}",
                json.escape_ascii()
            );
            // Half a surrogate pair is no Value.
            if let Ok(mut value) = serde_json::from_slice(&json) {
                let bytes = if let Redacted::Changed(bytes) = redacted {
                    bytes
                } else {
                    json.clone()
                };
                redact_value(&mut value);
                assert_eq!(
                    serde_json::from_slice::<Value>(&bytes).unwrap(),
                    value,
                    "{}",
                    json.escape_ascii()
                );
                valid += 1;
            }
        }
        assert!(valid > 1_000, "{valid}");
    }

    fn redact_value(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(redact_value),
            Value::Object(fields) => {
                for (name, value) in fields {
                    if ["password", "tökén"].contains(&name.as_str()) {
                        *value = "***".into();
                    }
                    redact_value(value);
                }
            }
            _ => {}
        }
    }
}
