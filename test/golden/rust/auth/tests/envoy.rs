//! Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use support::bootstrap::{bootstrap, replace, with_configuration, with_trailers, with_upstream};
use support::connection::Connection;
use support::http_client::agent;
use support::upstream::{Upstream, http};
use support::{Envoy, at_once, eventually};
use ureq::Body;
use ureq::http::{HeaderValue, Response};

/// An Envoy whose filter asks `service`, and has these fields of the configuration too.
fn start(service: &Upstream, fields: &Value) -> Envoy {
    Envoy::run(&asking(service, fields)).unwrap()
}

fn asking(service: &Upstream, fields: &Value) -> String {
    let own = "envoy_internal_address: { server_listener_name: auth }";
    let address = format!(
        "socket_address: {{ address: 127.0.0.1, port_value: {} }}",
        service.port
    );
    // Slow machines must not make a test time out that is not about that.
    let mut configuration = json!({ "auth_cluster": "auth", "auth_timeout_ms": 30_000 });
    let more = fields.as_object().unwrap().clone();
    configuration.as_object_mut().unwrap().extend(more);
    let bootstrap = replace(&bootstrap(), own, &address);
    with_configuration(&bootstrap, &configuration.to_string())
}

/// A service that allows every request and names no user.
fn allow() -> Vec<u8> {
    http(200, "")
}

/// A response with these lines.
fn respond(status: u16, lines: &str, body: &str) -> Vec<u8> {
    let response = String::from_utf8(http(status, body)).unwrap();
    response.replacen("\r\n", &format!("\r\n{lines}"), 1).into()
}

fn url(envoy: &Envoy, path: &str) -> String {
    format!("http://{}{path}", envoy.address("ingress"))
}

/// Sends a request with these headers.
fn get(envoy: &Envoy, headers: &[(&str, &[u8])]) -> Response<Body> {
    let mut request = agent().get(url(envoy, "/headers"));
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
    }
    let request = request.config().max_redirects(0).build();
    request.call().unwrap()
}

fn body(mut response: Response<Body>) -> String {
    response.body_mut().read_to_string().unwrap()
}

/// The headers that the upstream gets.
fn upstream_headers(response: Response<Body>) -> Value {
    assert_eq!(response.status(), 200);
    let body: Value = serde_json::from_str(&body(response)).unwrap();
    body["headers"].clone()
}

/// Sends these bytes, and returns what comes back until the connection ends.
fn exchange(envoy: &Envoy, request: &str) -> String {
    let client = Connection::open(envoy);
    client.send(request);
    String::from_utf8_lossy(&client.receive_all()).into_owned()
}

fn count(envoy: &Envoy, name: &str) -> u64 {
    let plugin = env!("CARGO_PKG_NAME");
    envoy.stat(&format!("wasmcustom.wasm_filter.{plugin}.{name}"))
}

fn count_all(envoy: &Envoy) -> [u64; 3] {
    ["allowed_total", "denied_total", "failed_total"].map(|name| count(envoy, name))
}

#[test]
fn lets_a_request_through_with_the_user_that_the_service_names() {
    let envoy = Envoy::start();
    let response = get(&envoy, &[("authorization", b"Bearer alice")]);
    assert_eq!(upstream_headers(response)["x-auth-user"], "alice");
    assert_eq!(count_all(&envoy), [1, 0, 0]);
}

#[test]
fn refuses_as_the_service_does() {
    let envoy = Envoy::start();
    let response = get(&envoy, &[]);
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    assert_eq!(body(response), "a token is required\n");

    let response = get(&envoy, &[("authorization", b"Bearer mallory")]);
    assert_eq!(response.status(), 403);
    assert_eq!(body(response), "this token is not valid\n");
    assert_eq!(count_all(&envoy), [0, 2, 0]);
}

#[test]
fn asks_with_method_path_host_and_the_chosen_headers() {
    let service = Upstream::start(allow());
    let fields = json!({ "auth_path": "/check", "ask_headers": ["Authorization", "cookie"] });
    let envoy = start(&service, &fields);
    let response = agent()
        .post(url(&envoy, "/headers?x=1"))
        .header("host", "example.com")
        .header("authorization", "Bearer alice")
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .header("x-other", "other")
        .send("body")
        .unwrap();
    assert_eq!(response.status(), 200);
    let question = service.last_request();
    let expected = [
        "POST /check/headers?x=1 HTTP/1.1\r\nhost: example.com\r\n",
        "\r\nauthorization: Bearer alice\r\n",
        "\r\ncookie: a=1\r\n",
        "\r\ncookie: b=2\r\n",
        "\r\ncontent-length: 0\r\n",
    ];
    for expected in expected {
        assert!(question.contains(expected), "{question}");
    }
    assert!(!question.contains("other"), "{question}");
}

#[test]
fn asks_about_the_path_that_the_upstream_gets() {
    let service = Upstream::start(allow());
    let envoy = start(&service, &json!({}));
    for (path, expected) in [
        ("/public/../admin?x=/../y", "/admin?x=/../y"),
        ("/public/%2e%2E/admin", "/admin"),
        ("//admin", "/admin"),
        (r"/public\..\admin", "/admin"),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let response = exchange(&envoy, &request);
        assert!(
            response.contains(&format!(r#"":path": "{expected}""#)),
            "{response}"
        );
        let question = service.last_request();
        assert!(
            question.starts_with(&format!("GET {expected} ")),
            "{question}"
        );
    }
    let request = "GET /public%2F..%2fadmin HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let response = exchange(&envoy, request);
    assert!(response.contains("\r\nlocation: /admin\r\n"), "{response}");
}

#[test]
fn a_client_cannot_set_what_only_the_service_may_set() {
    let service = Upstream::start(allow());
    let fields = json!({ "take_headers": ["x-auth-user", "x-team"], "fail_open": true });
    let envoy = start(&service, &fields);
    let forged: [(&str, &[u8]); 4] = [
        ("x-auth-user", b"root"),
        ("x_auth_user", b"root"),
        ("X-Team", b"root"),
        ("x-team", b"\xff"),
    ];
    let names = ["x-auth-user", "x_auth_user", "x-team"];
    let assert_are = |expected: [Value; 3]| {
        let headers = upstream_headers(get(&envoy, &forged));
        assert_eq!(names.map(|name| headers[name].clone()), expected);
    };
    assert_are([Value::Null, Value::Null, Value::Null]);
    service.answer(respond(200, "x-team: a\r\nx-other: c\r\nX-Team: b\r\n", ""));
    assert_are([Value::Null, Value::Null, json!("a,b")]);
    service.answer(http(500, ""));
    assert_are([Value::Null, Value::Null, Value::Null]);
}

#[test]
fn a_client_cannot_set_them_in_trailers_either() {
    let service = Upstream::start(allow());
    let upstream = Upstream::start(http(200, ""));
    let bootstrap = with_upstream(&asking(&service, &json!({})), upstream.port);
    let envoy = Envoy::run(&with_trailers(&bootstrap)).unwrap();
    exchange(
        &envoy,
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
         1\r\nx\r\n0\r\nx-auth-user: root\r\nx_auth_user: root\r\nx-sum: 1\r\n\r\n",
    );
    let request = upstream.last_request();
    assert!(request.contains("x-sum: 1"), "{request}");
    assert!(!request.contains("root"), "{request}");
}

#[test]
fn passes_status_headers_and_body_of_a_refusal_on() {
    let service = Upstream::start("");
    let envoy = start(&service, &json!({}));
    let lines = "location: /login\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nx-secret: x\r\n\
                 content-type: text/html\r\n";
    for status in [301, 302, 303, 307, 308, 401, 403] {
        service.answer(respond(status, lines, "<p>No"));
        let response = get(&envoy, &[]);
        assert_eq!(response.status(), status);
        let headers = response.headers();
        assert_eq!(headers["location"], "/login");
        assert_eq!(headers["content-type"], "text/html");
        let cookies: Vec<_> = headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2"]);
        assert!(!headers.contains_key("x-secret"));
        assert_eq!(body(response), "<p>No");
    }
    assert_eq!(count_all(&envoy), [0, 7, 0]);
    assert_eq!(envoy.stat("cluster.upstream.upstream_rq_total"), 0);
}

/// What is not a decision.
fn failures() -> Vec<Vec<u8>> {
    vec![
        http(500, "no"),
        http(404, "no"),
        http(304, ""),
        b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{".to_vec(),
        b"HTTP/1.1 403 x\r\ncontent-length: 9\r\n\r\n{".to_vec(),
        b"no HTTP\r\n\r\n".to_vec(),
        b"HTTP/1.1 ".to_vec(),
        // Nothing: until the time-out.
        b"".to_vec(),
    ]
}

#[test]
fn refuses_where_the_service_does_not_decide() {
    let service = Upstream::start("");
    let envoy = start(&service, &json!({ "auth_timeout_ms": 300 }));
    for (number, failure) in (1..).zip(failures()) {
        service.answer(failure.clone());
        let response = get(&envoy, &[]);
        assert_eq!(response.status(), 503, "{}", failure.escape_ascii());
        assert_eq!(body(response), "authorization is not available\n");
        assert_eq!(count_all(&envoy), [0, 0, number]);
    }
    service.stop();
    assert_eq!(get(&envoy, &[]).status(), 503);
    assert_logs(
        &envoy,
        &[
            "status 404",
            "status 503",
            "status 504",
            "the response broke off",
        ],
    );
    let nowhere = json!({ "auth_cluster": "nowhere" }).to_string();
    let envoy = Envoy::start_with(&nowhere).unwrap();
    assert_eq!(get(&envoy, &[]).status(), 503);
    assert_eq!(count_all(&envoy), [0, 0, 1]);
    assert_logs(&envoy, &["cluster nowhere cannot be called: BadArgument"]);
}

fn assert_logs(envoy: &Envoy, reasons: &[&str]) {
    let log = envoy.log();
    for why in reasons {
        let line = format!("cannot authorize a request: {why}");
        assert!(log.contains(&line), "{why}: {log}");
    }
}

#[test]
fn lets_requests_through_where_it_fails_open() {
    let service = Upstream::start("");
    let fields = json!({ "auth_timeout_ms": 300, "fail_open": true });
    let envoy = start(&service, &fields);
    for (number, failure) in (1..).zip(failures()) {
        service.answer(failure.clone());
        let status = get(&envoy, &[]).status();
        assert_eq!(status, 200, "{}", failure.escape_ascii());
        assert_eq!(count_all(&envoy), [0, 0, number]);
    }
    service.stop();
    assert_eq!(get(&envoy, &[]).status(), 200);
    assert_eq!(count_all(&envoy), [0, 0, 9]);
    let nowhere = json!({ "auth_cluster": "nowhere", "fail_open": true }).to_string();
    let envoy = Envoy::start_with(&nowhere).unwrap();
    assert_eq!(get(&envoy, &[]).status(), 200);
    assert_eq!(count_all(&envoy), [0, 0, 1]);
}

#[test]
fn refuses_what_it_cannot_ask_about_even_if_it_fails_open() {
    let service = Upstream::start(allow());
    let envoy = start(&service, &json!({ "fail_open": true }));
    let other = json!({ "fail_open": true, "ask_headers": ["x-token"] });
    let other = start(&service, &other);
    assert_eq!(get(&other, &[("x-token", b"\xff")]).status(), 403);
    let connect = "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n";
    let response = exchange(&envoy, connect);
    assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
    assert!(
        response.ends_with("this request cannot be authorized\n"),
        "{response}"
    );
    assert_eq!(service.last_request(), "");
    assert_eq!(count_all(&envoy), [0, 1, 0]);
}

#[test]
fn holds_the_body_until_the_service_has_decided() {
    let decision = Arc::new(Barrier::new(2));
    let service = Upstream::start("");
    let decided = Arc::clone(&decision);
    service.answer_by(move |_, client| {
        decided.wait();
        client.send(allow());
    });
    let upstream = Upstream::start(http(200, "done"));
    let bootstrap = with_upstream(&asking(&service, &json!({})), upstream.port);
    let envoy = Envoy::run(&bootstrap).unwrap();
    // More than Envoy buffers.
    let sent = "x".repeat(5_000_000);
    thread::scope(|scope| {
        let response = scope.spawn(|| agent().post(url(&envoy, "/")).send(&sent).unwrap());
        assert!(eventually(|| !service.last_request().is_empty()));
        thread::sleep(Duration::from_millis(200));
        assert_eq!(envoy.stat("cluster.upstream.upstream_cx_total"), 0);
        decision.wait();
        assert_eq!(body(response.join().unwrap()), "done");
    });
    let request = upstream.last_request();
    let (_, received) = request.split_once("\r\n\r\n").unwrap();
    assert!(received == sent, "{} bytes", received.len());
}

#[test]
fn requests_at_once_get_their_own_verdicts() {
    let service = Upstream::start("");
    service.answer_by(
        |question, client| match question.split_once("Bearer user-") {
            Some((_, rest)) => {
                let user = rest.lines().next().unwrap();
                client.send(respond(200, &format!("x-auth-user: {user}\r\n"), ""));
            }
            None => client.send(http(401, "")),
        },
    );
    let envoy = start(&service, &json!({}));
    at_once(30, |number| {
        if number % 3 == 0 {
            return assert_eq!(get(&envoy, &[]).status(), 401);
        }
        let token = format!("Bearer user-{number}");
        let response = get(&envoy, &[("authorization", token.as_bytes())]);
        let user = &upstream_headers(response)["x-auth-user"];
        assert_eq!(user, &json!(number.to_string()));
    });
    assert_eq!(count_all(&envoy), [20, 10, 0]);
}

#[test]
fn a_response_to_a_client_that_has_left_does_no_harm() {
    let service = Upstream::start("");
    service.answer_by(|_, client| {
        thread::sleep(Duration::from_millis(200));
        client.send(allow());
    });
    let envoy = start(&service, &json!({}));
    at_once(5, |_| {
        let client = Connection::open(&envoy);
        client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        assert!(eventually(|| !service.last_request().is_empty()));
    });
    assert!(eventually(|| envoy
        .stat("http.ingress.downstream_cx_destroy_remote_active_rq")
        == 5));
    assert_eq!(get(&envoy, &[]).status(), 200);
    assert_eq!(count_all(&envoy), [1, 0, 0]);
}

#[test]
fn a_head_request_is_asked_about_and_refused_without_a_body() {
    let service = Upstream::start(respond(401, "www-authenticate: Bearer\r\n", ""));
    let envoy = start(&service, &json!({}));
    let response = agent().head(url(&envoy, "/")).call().unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    assert!(service.last_request().starts_with("HEAD / "));
    service.answer(allow());
    let response = agent().head(url(&envoy, "/")).call().unwrap();
    assert_eq!(response.status(), 200);
}

#[test]
fn a_bad_configuration_keeps_envoy_from_starting() {
    for (configuration, why) in [
        ("", "missing field `auth_cluster`"),
        ("{}", "missing field `auth_cluster`"),
        (
            r#"{"auth_cluster": "auth", "fail_opn": true}"#,
            "fail_opn: unknown field `fail_opn`",
        ),
    ] {
        let log = Envoy::start_with(configuration).err().unwrap();
        assert!(log.contains(&format!("configuration: {why}")), "{log}");
    }
}

#[test]
fn headers_that_are_not_utf_8_survive() {
    let envoy = Envoy::start();
    let headers: [(&str, &[u8]); 2] = [("authorization", b"Bearer alice"), ("x-raw", b"\xff\xfe")];
    let headers = upstream_headers(get(&envoy, &headers));
    assert_eq!(headers["x-raw"], "\u{ff}\u{fe}");
}
