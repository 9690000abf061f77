//! The filter's decisions, without Proxy-Wasm types.

use std::mem;
use std::rc::Rc;

use crate::config::{Config, Oversize};
use crate::nesting::Nesting;
use crate::redactor::{Redacted, Redactor};

/// The answer in place of a response that is too large.
pub const TOO_LARGE: &[u8] = b"the response is too large to be redacted\n";

/// Headers that no longer hold when the body changes. Digests can also be trailers.
pub const BROKEN_HEADERS: [&str; 5] = [
    "content-length",
    "content-digest",
    "repr-digest",
    "digest",
    "content-md5",
];

/// JSON in a stream, whose end may never come.
const STREAMS: [&[u8]; 3] = [
    b"text/event-stream",
    b"application/x-ndjson",
    b"application/json-seq",
];

/// How much of a body Envoy may hold back until trailers come: Envoy Gateway's limit for what a filter pauses is 32 KiB,
/// and Envoy resets a response that exceeds it.
const MOST_HELD: usize = 16 * 1024;

/// What happens to a response.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// It is not JSON, or has no body.
    Ignore,
    /// It may hold JSON, but none that can be changed.
    Skip,
    Oversize,
    Collect(End),
}

/// How the end of a body shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By its length.
    At(u64),
    /// By the end of the stream: no trailers follow.
    OfStream,
    /// Only afterwards: trailers may follow, as in HTTP/2.
    Unknown,
}

/// Decides by the headers.
pub fn plan(config: &Config, header: impl Fn(&str) -> Option<Vec<u8>>) -> Plan {
    let status = header(":status").unwrap_or_default();
    if status.starts_with(b"1") || status == b"204" || status == b"304" {
        return Plan::Ignore;
    }
    let content_type = header("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut parts = content_type.split(|b| *b == b';').map(<[u8]>::trim_ascii);
    let media_type = parts.next().unwrap_or_default();
    if STREAMS.contains(&media_type) {
        return Plan::Skip;
    }
    if !is_json(media_type) {
        return Plan::Ignore;
    }
    let encoding = header("content-encoding").unwrap_or_default();
    let is_plain = encoding.is_empty() || encoding.eq_ignore_ascii_case(b"identity");
    if !is_plain || !parts.all(is_readable) || status == b"206" || header("content-range").is_some()
    {
        return Plan::Skip;
    }
    match find_end(header) {
        End::At(length) if length > config.max_bytes as u64 => Plan::Oversize,
        end => Plan::Collect(end),
    }
}

fn find_end(header: impl Fn(&str) -> Option<Vec<u8>>) -> End {
    if let Some(length) = header("content-length").and_then(|length| parse(&length)) {
        return End::At(length);
    }
    // HTTP/2 has neither. Envoy drops the trailers of HTTP/1, unless it is told otherwise.
    let is_http_1 = ["transfer-encoding", "connection"]
        .map(&header)
        .iter()
        .any(Option::is_some);
    if is_http_1 && header("trailer").is_none() {
        return End::OfStream;
    }
    End::Unknown
}

fn is_json(media_type: &[u8]) -> bool {
    media_type == b"application/json"
        || media_type == b"text/json"
        || media_type.ends_with(b"+json")
}

/// Whether a parameter of the content type leaves the body in UTF-8.
fn is_readable(parameter: &[u8]) -> bool {
    let Some(charset) = parameter.strip_prefix(b"charset=") else {
        return true;
    };
    let charset = charset
        .strip_prefix(b"\"")
        .and_then(|c| c.strip_suffix(b"\""))
        .unwrap_or(charset);
    [&b"utf-8"[..], b"utf8", b"us-ascii"].contains(&charset)
}

/// As u64, because usize has 32 bits in Wasm.
fn parse(length: &[u8]) -> Option<u64> {
    str::from_utf8(length).ok()?.parse().ok()
}

/// The entity tag of a changed body. A weak one promises the same meaning, not the same bytes. As `If-Match` it never
/// matches, so no client can write back what it has read redacted.
pub fn weaken(etag: &[u8]) -> Vec<u8> {
    if etag.starts_with(b"W/") {
        return etag.to_vec();
    }
    [b"W/", etag].concat()
}

/// What to do with the bytes that have come.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// They are taken. Trailers may come next, and the body must then still be there.
    Hold,
    /// They are taken.
    Take,
    /// Pass on these in their place.
    Send(Vec<u8>),
    /// Pass them on.
    Pass,
    /// The client must not get them, nor any after them.
    Break,
}

/// What a response counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Changed,
    Invalid,
    Oversize,
}

/// A body that comes in pieces.
pub struct Body {
    config: Rc<Config>,
    redactor: Rc<Redactor>,
    end: End,
    bytes: Vec<u8>,
    nesting: Nesting,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Collecting,
    Sent {
        changed: bool,
    },
    /// The rest passes as it is.
    Passing,
    /// The rest is lost.
    Broken,
}

impl Body {
    pub fn new(config: Rc<Config>, redactor: Rc<Redactor>, end: End) -> Self {
        Self {
            config,
            redactor,
            end,
            bytes: Vec::new(),
            nesting: Nesting::default(),
            state: State::Collecting,
        }
    }

    /// `piece` has come.
    pub fn add(&mut self, piece: &[u8], end_of_stream: bool) -> (Step, Option<Outcome>) {
        match self.state {
            State::Collecting => self.collect(piece, end_of_stream),
            State::Sent { changed } => self.follow(piece, changed),
            State::Passing => (Step::Pass, None),
            State::Broken => (Step::Take, None),
        }
    }

    /// Trailers have come, so the body is over.
    pub fn end(&mut self) -> (Step, Option<Outcome>) {
        if self.state != State::Collecting || self.bytes.is_empty() {
            return (Step::Pass, None);
        }
        if self.bytes.len() <= MOST_HELD && self.end == End::Unknown {
            return self.send();
        }
        // Envoy no longer accepts a body. It was not JSON, or it would have been sent when it was complete.
        self.break_off(Outcome::Invalid)
    }

    fn collect(&mut self, piece: &[u8], end_of_stream: bool) -> (Step, Option<Outcome>) {
        self.bytes.extend_from_slice(piece);
        if self.bytes.len() > self.config.max_bytes {
            return self.give_up();
        }
        let is_complete = match self.end {
            End::At(length) => self.bytes.len() as u64 >= length,
            End::OfStream => false,
            End::Unknown => {
                self.nesting.follow(piece);
                if !end_of_stream && self.bytes.len() <= MOST_HELD {
                    return (Step::Hold, None);
                }
                self.nesting.is_closed()
            }
        };
        if is_complete || end_of_stream {
            self.send()
        } else {
            (Step::Take, None)
        }
    }

    fn give_up(&mut self) -> (Step, Option<Outcome>) {
        if self.config.oversize == Oversize::Refuse {
            return self.break_off(Outcome::Oversize);
        }
        self.state = State::Passing;
        (
            Step::Send(mem::take(&mut self.bytes)),
            Some(Outcome::Oversize),
        )
    }

    fn break_off(&mut self, outcome: Outcome) -> (Step, Option<Outcome>) {
        self.state = State::Broken;
        self.bytes = Vec::new();
        (Step::Break, Some(outcome))
    }

    fn send(&mut self) -> (Step, Option<Outcome>) {
        let bytes = mem::take(&mut self.bytes);
        if bytes.is_empty() {
            return (Step::Pass, None);
        }
        let redacted = self.redactor.redact(&bytes);
        self.state = match redacted {
            Redacted::Invalid => State::Passing,
            Redacted::Unchanged => State::Sent { changed: false },
            Redacted::Changed(_) => State::Sent { changed: true },
        };
        match redacted {
            Redacted::Invalid => (Step::Send(bytes), Some(Outcome::Invalid)),
            Redacted::Unchanged => (Step::Send(bytes), None),
            Redacted::Changed(changed) => (Step::Send(changed), Some(Outcome::Changed)),
        }
    }

    /// After what looked like the end, only white space is JSON. Anything else passes if nothing was changed.
    fn follow(&mut self, piece: &[u8], changed: bool) -> (Step, Option<Outcome>) {
        if piece.trim_ascii().is_empty() {
            return (Step::Pass, None);
        }
        if changed {
            return self.break_off(Outcome::Invalid);
        }
        self.state = State::Passing;
        (Step::Pass, Some(Outcome::Invalid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan_of(headers: &[(&str, &str)]) -> Plan {
        let config = Config {
            max_bytes: 100,
            ..Config::default()
        };
        plan(&config, |name| {
            let header = headers.iter().find(|(other, _)| *other == name);
            header.map(|(_, value)| value.as_bytes().to_vec())
        })
    }

    #[test]
    fn collects_json() {
        for content_type in [
            "application/json",
            "APPLICATION/JSON",
            " application/json ;charset=UTF-8",
            "application/json; charset=\"utf-8\"; x=y",
            "application/json;charset=utf8",
            "application/json;charset=us-ascii",
            "application/problem+json",
            "text/json",
        ] {
            let plan = plan_of(&[("content-type", content_type)]);
            assert_eq!(plan, Plan::Collect(End::Unknown), "{content_type}");
        }
    }

    #[test]
    fn ignores_what_is_not_json() {
        for content_type in [
            "",
            "text/html",
            "application/jsonp",
            "application/json-patch",
            "application/grpc",
            "+jsonx",
        ] {
            assert_eq!(
                plan_of(&[("content-type", content_type)]),
                Plan::Ignore,
                "{content_type}"
            );
        }
        for status in ["101", "103", "204", "304"] {
            let headers = [(":status", status), ("content-type", "application/json")];
            assert_eq!(plan_of(&headers), Plan::Ignore, "{status}");
        }
        assert_eq!(plan_of(&[]), Plan::Ignore);
    }

    #[test]
    fn skips_json_that_cannot_be_changed() {
        for header in [
            ("content-type", "application/json; charset=utf-16"),
            ("content-type", "application/json; charset=\"iso-8859-1\""),
            ("content-type", "text/event-stream"),
            ("content-type", "application/x-ndjson; charset=utf-8"),
            ("content-type", "application/json-seq"),
            ("content-encoding", "gzip"),
            ("content-encoding", "identity, br"),
            ("content-range", "bytes 0-1/2"),
            (":status", "206"),
        ] {
            let headers = [
                header,
                ("content-type", "application/json"),
                ("content-length", "101"),
            ];
            assert_eq!(plan_of(&headers), Plan::Skip, "{header:?}");
        }
        let headers = [
            ("content-type", "application/json"),
            ("content-encoding", "Identity"),
        ];
        assert_eq!(plan_of(&headers), Plan::Collect(End::Unknown));
    }

    #[test]
    fn knows_how_the_end_of_a_body_shows() {
        for (header, plan) in [
            (("content-length", "101"), Plan::Oversize),
            (("content-length", "5000000000"), Plan::Oversize),
            (("content-length", "100"), Plan::Collect(End::At(100))),
            (("content-length", "x"), Plan::Collect(End::Unknown)),
            (
                ("transfer-encoding", "chunked"),
                Plan::Collect(End::OfStream),
            ),
            (("connection", "close"), Plan::Collect(End::OfStream)),
        ] {
            assert_eq!(
                plan_of(&[("content-type", "text/json"), header]),
                plan,
                "{header:?}"
            );
        }
        let headers = [
            ("content-type", "text/json"),
            ("transfer-encoding", "chunked"),
            ("trailer", "x"),
        ];
        assert_eq!(plan_of(&headers), Plan::Collect(End::Unknown));
    }

    #[test]
    fn weakens_an_entity_tag_once() {
        assert_eq!(weaken(br#""a""#), br#"W/"a""#);
        assert_eq!(weaken(br#"W/"a""#), br#"W/"a""#);
    }

    const SECRET: &[u8] = br#"{"token":1}"#;
    const REDACTED: &[u8] = br#"{"token":"[redacted]"}"#;

    fn body(end: End, max_bytes: usize, oversize: Oversize) -> Body {
        let config = Config {
            max_bytes,
            oversize,
            ..Config::default()
        };
        let redactor = Redactor::new(&config.redact, &config.replacement);
        Body::new(Rc::new(config), Rc::new(redactor), end)
    }

    fn collecting(end: End) -> Body {
        body(end, 1_000_000, Oversize::Refuse)
    }

    fn changed() -> (Step, Option<Outcome>) {
        (Step::Send(REDACTED.to_vec()), Some(Outcome::Changed))
    }

    #[test]
    fn sends_the_body_when_it_is_complete() {
        for (end, last) in [
            (End::At(SECRET.len() as u64), false),
            (End::OfStream, true),
            (End::Unknown, true),
        ] {
            let mut body = collecting(end);
            for (at, byte) in SECRET.chunks(1).enumerate() {
                let is_last = at + 1 == SECRET.len();
                let kept = if end == End::Unknown {
                    Step::Hold
                } else {
                    Step::Take
                };
                let expected = if is_last { changed() } else { (kept, None) };
                assert_eq!(body.add(byte, last && is_last), expected, "{end:?}");
            }
        }
    }

    #[test]
    fn sends_the_body_before_trailers() {
        let mut known = collecting(End::At(SECRET.len() as u64));
        assert_eq!(known.add(SECRET, false), changed());
        assert_eq!(known.end(), (Step::Pass, None));

        let mut small = collecting(End::Unknown);
        assert_eq!(small.add(SECRET, false), (Step::Hold, None));
        assert_eq!(small.end(), changed());

        let mut large = collecting(End::Unknown);
        let padding = vec![b' '; MOST_HELD];
        assert_eq!(large.add(&padding, false), (Step::Hold, None));
        assert_eq!(large.add(b"{", false), (Step::Take, None));
        assert_eq!(large.add(&SECRET[1..], false).1, Some(Outcome::Changed));
        assert_eq!(large.end(), (Step::Pass, None));
    }

    #[test]
    fn breaks_off_what_it_cannot_send() {
        let mut large = collecting(End::Unknown);
        assert_eq!(
            large.add(&vec![b'['; MOST_HELD + 1], false),
            (Step::Take, None)
        );
        assert_eq!(large.end(), (Step::Break, Some(Outcome::Invalid)));
    }

    #[test]
    fn passes_an_empty_body() {
        for end in [End::At(0), End::OfStream, End::Unknown] {
            assert_eq!(
                collecting(end).add(b"", true),
                (Step::Pass, None),
                "{end:?}"
            );
            assert_eq!(collecting(end).end(), (Step::Pass, None), "{end:?}");
        }
    }

    #[test]
    fn passes_what_it_does_not_change() {
        for (json, outcome) in [
            (&b"{\"a\":1} "[..], None),
            (b"{\"token\":1", Some(Outcome::Invalid)),
        ] {
            let step = collecting(End::OfStream).add(json, true);
            assert_eq!(step, (Step::Send(json.to_vec()), outcome));
        }
    }

    #[test]
    fn passes_or_breaks_off_an_oversize_body() {
        for (oversize, step, rest) in [
            (Oversize::Pass, Step::Send(SECRET.to_vec()), Step::Pass),
            (Oversize::Refuse, Step::Break, Step::Take),
        ] {
            let mut body = body(End::OfStream, SECRET.len() - 1, oversize);
            assert_eq!(body.add(&SECRET[..5], false), (Step::Take, None));
            assert_eq!(
                body.add(&SECRET[5..], false),
                (step, Some(Outcome::Oversize))
            );
            assert_eq!(body.add(b"more", false), (rest, None));
            assert_eq!(body.end(), (Step::Pass, None));
        }
        let mut fits = body(End::OfStream, SECRET.len(), Oversize::Refuse);
        assert_eq!(fits.add(SECRET, true), changed());
    }

    #[test]
    fn breaks_off_when_a_changed_body_turns_out_to_be_invalid() {
        for (json, step) in [(SECRET, Step::Break), (b"{}".as_slice(), Step::Pass)] {
            let mut body = collecting(End::At(json.len() as u64));
            body.add(json, false);
            assert_eq!(body.add(b" \n", false), (Step::Pass, None));
            assert_eq!(body.add(b" x", false), (step, Some(Outcome::Invalid)));
        }
    }
}
