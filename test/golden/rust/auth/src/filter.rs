//! The decisions of the filter, without Proxy-Wasm types.

use std::str;

use crate::config::Config;

/// A header. Its value is bytes: it need not be UTF-8.
pub type Header = (String, Vec<u8>);

/// What the response of the service means.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    /// The client gets the response, with this status.
    Deny(u32),
    /// The service has not decided. The text says why.
    Fail(String),
}

/// The body of the response to a request about which the service cannot be asked.
pub const CANNOT_ASK: &str = "this request cannot be authorized\n";
/// The body of the response where the service has not decided.
pub const NO_VERDICT: &str = "authorization is not available\n";

/// The headers of the call that asks about a request.
///
/// `None` where no call can say what the request says: CONNECT has no path, and the SDK sends only UTF-8. Such a request
/// must not pass even if the filter fails open, because a client can send one at will.
pub fn question<'a>(config: &Config, request: &'a [Header]) -> Option<Vec<(&'a str, String)>> {
    let method = text(find(request, ":method")?)?;
    let path = text(find(request, ":path")?)?;
    let authority = text(find(request, ":authority")?)?;
    if method == "CONNECT" {
        return None;
    }
    let mut question = vec![
        (":method", method.to_owned()),
        (":path", format!("{}{path}", config.auth_path)),
        (":authority", authority.to_owned()),
    ];
    for (name, value) in select(request, &config.ask_headers) {
        question.push((name, text(value)?.to_owned()));
    }
    Some(question)
}

/// Whether only the service may set this header of the request.
///
/// Many servers turn `x-auth-user` and `x_auth_user` into the same variable, so `_` and `-` count as the same here.
pub fn is_reserved(config: &Config, name: &str) -> bool {
    let is_dash = |byte| byte == b'-' || byte == b'_';
    let is_same = |(a, b)| a == b || is_dash(a) && is_dash(b);
    let mut names = config.take_headers.iter();
    names.any(|taken| taken.len() == name.len() && taken.bytes().zip(name.bytes()).all(is_same))
}

/// What the response means. One that broke off has no status.
pub fn judge(response: &[Header]) -> Verdict {
    let Some(status) = find(response, ":status") else {
        return Verdict::Fail("the response broke off".to_owned());
    };
    match text(status).and_then(|status| status.parse().ok()) {
        Some(200..=299) => Verdict::Allow,
        Some(status @ (301 | 302 | 303 | 307 | 308 | 401 | 403)) => Verdict::Deny(status),
        // Envoy itself responds with 503 if it cannot connect, and with 504 after the time-out.
        _ => Verdict::Fail(format!("status {}", status.escape_ascii())),
    }
}

/// The headers of the response that the upstream gets.
pub fn taken<'a>(
    config: &'a Config,
    response: &'a [Header],
) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    select(response, &config.take_headers)
}

/// The headers of the response that the client gets, without those that the SDK cannot send.
pub fn told<'a>(config: &Config, response: &'a [Header]) -> Vec<(&'a str, &'a str)> {
    // The body needs its type.
    let content_type = find(response, "content-type").map(|value| ("content-type", value));
    let others = select(response, &config.tell_headers).filter(|(name, _)| *name != "content-type");
    content_type
        .into_iter()
        .chain(others)
        .filter_map(|(name, value)| Some((name, text(value)?)))
        .collect()
}

fn find<'a>(headers: &'a [Header], name: &str) -> Option<&'a [u8]> {
    let (_, value) = headers.iter().find(|(other, _)| other == name)?;
    Some(value)
}

/// The headers with these names, as often as they occur.
fn select<'a>(
    headers: &'a [Header],
    names: &[String],
) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    let found = headers.iter().filter(|(name, _)| names.contains(name));
    found.map(|(name, value)| (name.as_str(), value.as_slice()))
}

fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields;

    #[test]
    fn asks_with_method_path_authority_and_the_chosen_headers() {
        let config = configure(r#""ask_headers": ["authorization", "cookie"]"#);
        let request = headers(&[
            (":authority", "example.com"),
            (":path", "/a?b=c"),
            (":method", "POST"),
            ("cookie", "a=1"),
            ("content-length", "5"),
            ("authorization", "Bearer alice"),
            ("cookie", "b=2"),
        ]);
        let question = question(&config, &request).unwrap();
        let question: Vec<_> = question.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let expected = [
            (":method", "POST"),
            (":path", "/a?b=c"),
            (":authority", "example.com"),
            ("cookie", "a=1"),
            ("authorization", "Bearer alice"),
            ("cookie", "b=2"),
        ];
        assert_eq!(question, expected);
    }

    #[test]
    fn asks_below_the_configured_path() {
        let config = configure(r#""auth_path": "/check""#);
        let request = request("/a");
        let question = question(&config, &request).unwrap();
        assert!(question.contains(&(":path", "/check/a".to_owned())));
    }

    #[test]
    fn does_not_ask_where_the_question_would_be_another() {
        let config = configure(r#""ask_headers": ["authorization"]"#);
        for missing in [":method", ":path", ":authority"] {
            let mut request = request("/");
            request.retain(|(name, _)| name != missing);
            assert_eq!(question(&config, &request), None, "{missing}");
        }
        let mut connect = request("/");
        connect[0].1 = b"CONNECT".to_vec();
        assert_eq!(question(&config, &connect), None);
        for (name, expected) in [("authorization", true), ("x-other", false)] {
            let mut request = request("/");
            request.push((name.to_owned(), b"\xff".to_vec()));
            assert_eq!(question(&config, &request).is_none(), expected, "{name}");
        }
    }

    #[test]
    fn reserves_the_taken_headers_also_with_underscores() {
        let config = configure(r#""take_headers": ["x-auth-user", "x_team"]"#);
        for name in [
            "x-auth-user",
            "x_auth-user",
            "x_auth_user",
            "x-team",
            "x_team",
        ] {
            assert!(is_reserved(&config, name), "{name}");
        }
        for name in [
            "x-auth-use",
            "x-auth-users",
            "x-auth-uses",
            "x_Team",
            "authorization",
        ] {
            assert!(!is_reserved(&config, name), "{name}");
        }
    }

    #[test]
    fn any_2xx_allows() {
        for status in ["200", "204", "299"] {
            assert_eq!(judge(&response(status)), Verdict::Allow);
        }
    }

    #[test]
    fn refusals_and_redirects_deny() {
        for status in [301, 302, 303, 307, 308, 401, 403] {
            let verdict = judge(&response(&status.to_string()));
            assert_eq!(verdict, Verdict::Deny(status));
        }
    }

    #[test]
    fn anything_else_fails() {
        for status in [
            "100", "199", "300", "304", "400", "404", "500", "503", "504",
        ] {
            let expected = Verdict::Fail(format!("status {status}"));
            assert_eq!(judge(&response(status)), expected);
        }
        let odd = [(":status".to_owned(), b"\xff".to_vec())];
        assert_eq!(judge(&odd), Verdict::Fail(r"status \xff".to_owned()));
        let expected = Verdict::Fail("the response broke off".to_owned());
        assert_eq!(judge(&[]), expected);
    }

    #[test]
    fn takes_every_value_of_the_chosen_headers_only() {
        let config = configure(r#""take_headers": ["x-team"]"#);
        let mut response = headers(&[("x-team", "a"), ("x-auth-user", "alice"), ("x_team", "b")]);
        response.push(("x-team".to_owned(), b"\xff".to_vec()));
        let taken: Vec<_> = taken(&config, &response).collect();
        assert_eq!(taken, [("x-team", &b"a"[..]), ("x-team", b"\xff")]);
    }

    #[test]
    fn tells_the_type_of_the_body_and_the_chosen_headers() {
        let mut response = headers(&[
            (":status", "302"),
            ("set-cookie", "a=1"),
            ("content-type", "text/html"),
            ("content-length", "5"),
            ("set-cookie", "b=2"),
        ]);
        response.push(("set-cookie".to_owned(), b"c=\xff".to_vec()));
        let cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2")];
        let content_type = ("content-type", "text/html");
        for (names, expected) in [
            ("", vec![content_type]),
            (r#""content-type""#, vec![content_type]),
            (r#""set-cookie""#, [&[content_type], &cookies[..]].concat()),
        ] {
            let config = configure(&format!(r#""tell_headers": [{names}]"#));
            assert_eq!(told(&config, &response), expected, "{names}");
        }
    }

    fn configure(fields: &str) -> Config {
        let json = format!(r#"{{"auth_cluster": "auth", {fields}}}"#);
        fields::parse(json.as_bytes()).unwrap()
    }

    fn headers(headers: &[(&str, &str)]) -> Vec<Header> {
        let headers = headers.iter();
        headers
            .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
            .collect()
    }

    fn request(path: &str) -> Vec<Header> {
        headers(&[
            (":method", "GET"),
            (":path", path),
            (":authority", "example.com"),
        ])
    }

    fn response(status: &str) -> Vec<Header> {
        headers(&[(":status", status)])
    }
}
