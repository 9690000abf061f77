//! The decisions of the service and the filter, without Proxy-Wasm types.

use serde_json::Value;

use crate::fields::is_single_line;

/// The most that is read of an answer, in bytes. A longer one is cut off, and so is not JSON.
pub const MAX_ANSWER: usize = 4096;

/// The greeting in the answer `{"greeting": "…"}`. The error says why there is none.
pub fn read_greeting(status: Option<&[u8]>, body: &[u8]) -> Result<String, String> {
    match status {
        Some(b"200") => {}
        // Envoy itself answers with 503 if it cannot connect, and with 504 after the timeout.
        Some(status) => return Err(format!("status {}", status.escape_ascii())),
        None => return Err("the answer broke off".to_owned()),
    }
    let answer: Value = serde_json::from_slice(body).map_err(|e| e.to_string())?;
    match answer.get("greeting").and_then(Value::as_str) {
        Some(greeting) if !greeting.is_empty() && is_single_line(greeting) => {
            Ok(greeting.to_owned())
        }
        _ => Err("the answer has no greeting that fits into a header".to_owned()),
    }
}

/// The value of the header `x-hello`.
pub fn hello(greeting: &[u8], authority: Option<&[u8]>) -> Vec<u8> {
    let authority = authority.unwrap_or(b"unknown");
    [greeting, b" from ", authority].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_greeting() {
        for body in [
            r#"{"greeting": "Grüß Gott"}"#,
            r#" {"more": [1], "greeting": "Gr\u00fc\u00df Gott"} "#,
        ] {
            let greeting = read_greeting(Some(b"200"), body.as_bytes());
            assert_eq!(greeting, Ok("Grüß Gott".to_owned()));
        }
    }

    #[test]
    fn says_why_there_is_no_greeting() {
        for (status, body, why) in [
            (None, &b""[..], "the answer broke off"),
            (Some(&b"500"[..]), br#"{"greeting": "Hi"}"#, "status 500"),
            (Some(b"201"), br#"{"greeting": "Hi"}"#, "status 201"),
            (Some(b"\xff"), b"", r"status \xff"),
            (Some(b"200"), b"", "EOF"),
            (Some(b"200"), b"\xff\0", "expected value"),
            (Some(b"200"), b"{\"greeting\": \"\xff\"}", "invalid unicode"),
            (
                Some(b"200"),
                br#"{"greeting": "Hi"} x"#,
                "trailing characters",
            ),
            (Some(b"200"), &[b'['; MAX_ANSWER], "recursion limit"),
        ] {
            assert_fails(status, body, why);
        }
    }

    #[test]
    fn refuses_a_greeting_that_does_not_fit_into_a_header() {
        for body in [
            "{}",
            "null",
            r#"["Hi"]"#,
            r#"{"greeting": 1}"#,
            r#"{"greeting": ""}"#,
            r#"{"greeting": "a\r\nb: c"}"#,
        ] {
            assert_fails(Some(b"200"), body.as_bytes(), "no greeting");
        }
    }

    #[test]
    fn greets_from_the_authority() {
        let value = hello(b"Hello world", Some(b"example.com:8080"));
        assert_eq!(value, b"Hello world from example.com:8080");
    }

    #[test]
    fn greets_from_unknown_without_an_authority() {
        let value = hello(b"Hello world", None);
        assert_eq!(value, b"Hello world from unknown");
    }

    #[test]
    fn keeps_bytes_that_are_not_utf_8() {
        let value = hello("Grüß Gott".as_bytes(), Some(b"\xff\x80"));
        assert_eq!(value, ["Grüß Gott from ".as_bytes(), b"\xff\x80"].concat());
    }

    fn assert_fails(status: Option<&[u8]>, body: &[u8], why: &str) {
        let error = read_greeting(status, body).err().unwrap_or_default();
        assert!(error.contains(why), "{}: {error}", body.escape_ascii());
    }
}
