//! Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use support::bootstrap::{bootstrap, with_configuration, with_trailers, with_upstream};
use support::connection::Connection;
use support::http_client::agent;
use support::upstream::Upstream;
use support::{Envoy, at_once};
use ureq::Body;
use ureq::http::Response;

const SECRET: &str = r#"{"name": "alice", "token": [1, 2]}"#;
const REDACTED: &str = r#"{"name": "alice", "token": "[redacted]"}"#;

const DIGESTS: [&str; 4] = ["content-digest", "repr-digest", "digest", "content-md5"];

/// Envoy with an upstream that answers with `headers` and `body`.
fn start(headers: &str, body: impl AsRef<[u8]>) -> (Envoy, Upstream) {
    start_with(r#"{"redact": ["token"]}"#, headers, body)
}

fn start_with(configuration: &str, headers: &str, body: impl AsRef<[u8]>) -> (Envoy, Upstream) {
    let upstream = Upstream::start(answer(headers, body));
    let bootstrap = with_configuration(&bootstrap(), configuration);
    let envoy = Envoy::run(&with_upstream(&bootstrap, upstream.port)).unwrap();
    (envoy, upstream)
}

/// The length is unknown until the connection closes.
fn answer(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 x\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

fn with_length(body: &str) -> String {
    format!(
        "content-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    )
}

fn get(envoy: &Envoy) -> Response<Body> {
    get_path(envoy, "/")
}

fn get_path(envoy: &Envoy, path: &str) -> Response<Body> {
    let url = format!("http://{}{path}", envoy.address("ingress"));
    agent().get(url).call().unwrap()
}

fn read(mut response: Response<Body>) -> String {
    response.body_mut().read_to_string().unwrap()
}

fn count(envoy: &Envoy, name: &str) -> u64 {
    envoy.stat(&format!("wasmcustom.wasm_filter.my-filter.{name}"))
}

#[test]
fn redacts_at_any_depth() {
    let envoy = Envoy::start();
    let body = read(get_path(&envoy, "/user"));
    for (text, times) in [
        ("[redacted]", 3),
        ("alice", 1),
        ("laptop", 1),
        ("hunter2", 0),
        ("s3cr3t", 0),
    ] {
        assert_eq!(body.matches(text).count(), times, "{text} in {body}");
    }
    assert_eq!(count(&envoy, "changed_total"), 1);
}

#[test]
fn corrects_the_headers() {
    let digests = DIGESTS.map(|name| format!("{name}: x\r\n")).concat();
    let (envoy, _upstream) = start(
        &format!("etag: \"1\"\r\n{digests}{}", with_length(SECRET)),
        SECRET,
    );
    let response = get(&envoy);
    let headers = response.headers();
    assert!(!headers.contains_key("content-length"));
    for name in DIGESTS {
        assert!(!headers.contains_key(name), "{name}");
    }
    assert_eq!(headers["etag"], "W/\"1\"");
    assert_eq!(read(response), REDACTED);
}

#[test]
fn removes_digests_from_trailers() {
    let digests = DIGESTS.map(|name| format!("{name}: x\r\n")).concat();
    let size = SECRET.len();
    let upstream = Upstream::start(format!(
        "HTTP/1.1 200 x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\ntrailer: digest\r\n\r\n\
         {size:x}\r\n{SECRET}\r\n0\r\n{digests}x-end: 1\r\n\r\n"
    ));
    let bootstrap = with_trailers(&with_upstream(&bootstrap(), upstream.port));
    let envoy = Envoy::run(&bootstrap).unwrap();
    let client = Connection::open(&envoy);
    client.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let response = String::from_utf8(client.receive_all()).unwrap();
    let end = format!("{REDACTED}\r\n0\r\nx-end: 1\r\n\r\n");
    assert!(response.ends_with(&end), "{response}");
}

#[test]
fn leaves_the_headers_of_a_response_without_a_body() {
    let (envoy, _upstream) = start(&format!("etag: \"1\"\r\n{}", with_length(SECRET)), "");
    let response = agent()
        .head(format!("http://{}/", envoy.address("ingress")))
        .call()
        .unwrap();
    assert_eq!(
        response.headers()["content-length"],
        SECRET.len().to_string()
    );
    assert_eq!(response.headers()["etag"], "\"1\"");
}

#[test]
fn skips_what_it_cannot_change() {
    let (envoy, upstream) = start("", "");
    for headers in [
        "content-type: application/json\r\ncontent-encoding: gzip\r\netag: \"1\"\r\n",
        "content-type: application/json; charset=utf-16\r\netag: \"1\"\r\n",
        "content-type: application/json\r\ncontent-range: bytes 0-1/2\r\netag: \"1\"\r\n",
        "content-type: text/event-stream\r\netag: \"1\"\r\n",
    ] {
        let before = count(&envoy, "skipped_total");
        upstream.answer(answer(headers, SECRET));
        let response = get(&envoy);
        assert_eq!(response.headers()["etag"], "\"1\"", "{headers}");
        assert_eq!(read(response), SECRET, "{headers}");
        assert_eq!(count(&envoy, "skipped_total"), before + 1, "{headers}");
    }
}

#[test]
fn leaves_what_is_not_json() {
    let (envoy, upstream) = start("", "");
    for (content_type, body, invalid) in [
        ("text/html", SECRET.as_bytes().to_vec(), 0),
        ("application/json", Vec::new(), 0),
        ("application/json", [SECRET.as_bytes(), b"x"].concat(), 1),
        ("application/json", b"{\"token\": \"\xff\"}".to_vec(), 2),
    ] {
        upstream.answer(answer(&format!("content-type: {content_type}\r\n"), &body));
        assert_eq!(get(&envoy).body_mut().read_to_vec().unwrap(), body);
        assert_eq!(count(&envoy, "invalid_total"), invalid);
    }
    assert_eq!(count(&envoy, "skipped_total"), 0);
    assert_eq!(count(&envoy, "changed_total"), 0);
}

#[test]
fn asks_for_the_whole_body_uncompressed() {
    let (envoy, upstream) = start(&with_length(SECRET), SECRET);
    let request = agent().get(format!("http://{}/", envoy.address("ingress")));
    let response = request
        .header("accept-encoding", "gzip")
        .header("range", "bytes=0-1")
        .call();
    assert_eq!(read(response.unwrap()), REDACTED);
    let request = upstream.last_request();
    assert!(
        !request.contains("accept-encoding") && !request.contains("range"),
        "{request}"
    );
}

#[test]
fn refuses_an_oversize_response() {
    let envoy = Envoy::start();
    let response = get_path(&envoy, "/large");
    assert_eq!(response.status(), 502);
    assert_eq!(read(response), "the response is too large to be redacted\n");
    assert_eq!(count(&envoy, "oversize_total"), 1);
}

#[test]
fn breaks_off_a_response_that_turns_out_to_be_oversize() {
    let configuration = r#"{"redact": ["token"], "max_bytes": 33}"#;
    let (envoy, _upstream) =
        start_with(configuration, "content-type: application/json\r\n", SECRET);
    let error = get(&envoy).body_mut().read_to_string().unwrap_err();
    assert!(error.to_string().contains("disconnected"), "{error}");
    assert_eq!(count(&envoy, "oversize_total"), 1);
}

#[test]
fn passes_an_oversize_response_if_configured() {
    let configuration = r#"{"redact": ["token"], "max_bytes": 33, "oversize": "pass"}"#;
    let (envoy, upstream) = start_with(configuration, &with_length(SECRET), SECRET);
    assert_eq!(read(get(&envoy)), SECRET);
    upstream.answer(answer("content-type: application/json\r\n", SECRET));
    assert_eq!(read(get(&envoy)), SECRET);
    assert_eq!(count(&envoy, "oversize_total"), 2);
    assert_eq!(count(&envoy, "changed_total"), 0);
}

/// Envoy would reset it above 1 MiB if the filter left it in Envoy's buffer.
#[test]
fn redacts_5_mb() {
    let configuration = r#"{"redact": ["token"], "max_bytes": 16777216}"#;
    let large = |text: &str| format!("[{text}{}]", ", null".repeat(800_000));
    let (envoy, upstream) = start_with(
        configuration,
        "content-type: application/json\r\n",
        large(SECRET),
    );
    assert!(read(get(&envoy)) == large(REDACTED));
    let large_secret = large(SECRET);
    upstream.answer(answer(&with_length(&large_secret), &large_secret));
    assert!(read(get(&envoy)) == large(REDACTED));
}

#[test]
fn serves_200_requests_over_one_connection() {
    let envoy = Envoy::start();
    let client = agent();
    let url = format!("http://{}/user", envoy.address("ingress"));
    for _ in 0..200 {
        let body = read(client.get(&url).call().unwrap());
        assert!(!body.contains("hunter2"), "{body}");
    }
    assert_eq!(envoy.stat("http.ingress.downstream_cx_total"), 1);
    assert_eq!(count(&envoy, "changed_total"), 200);
}

#[test]
fn serves_100_requests_at_once() {
    let envoy = Envoy::start();
    for body in at_once(100, |_| read(get_path(&envoy, "/user"))) {
        assert!(!body.contains("hunter2"), "{body}");
    }
    assert_eq!(count(&envoy, "changed_total"), 100);
}

#[test]
fn a_bad_configuration_keeps_envoy_from_starting() {
    let log = Envoy::start_with(r#"{"redacts": []}"#).err().unwrap();
    assert!(
        log.contains("configuration: redacts: unknown field `redacts`"),
        "{log}"
    );
}
