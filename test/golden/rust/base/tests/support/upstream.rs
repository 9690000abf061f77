//! An upstream: a server in the test process, which answers as a test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves until it is stopped or the test process ends.
pub struct Upstream {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

type Answer = Box<dyn FnMut(&str) -> Vec<u8> + Send>;

struct State {
    answer: Answer,
    last_request: String,
    is_stopped: bool,
}

impl Upstream {
    pub fn start(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            answer: Box::new(|_| Vec::new()),
            last_request: String::new(),
            is_stopped: false,
        }));
        let upstream = Self { port, state };
        upstream.answer(answer);
        let state = Arc::clone(&upstream.state);
        thread::spawn(move || serve(&listener, &state));
        upstream
    }

    /// From now on, answers with these bytes and closes the connection; with no bytes, the connection stays open.
    pub fn answer(&self, answer: impl Into<Vec<u8>>) {
        let answer = answer.into();
        self.answer_by(move |_| answer.clone());
    }

    /// As [`Self::answer`], with the bytes that `answer` gives for a request.
    pub fn answer_by(&self, answer: impl FnMut(&str) -> Vec<u8> + Send + 'static) {
        self.state.lock().unwrap().answer = Box::new(answer);
    }

    /// As it came: line, headers and body.
    pub fn last_request(&self) -> String {
        self.state.lock().unwrap().last_request.clone()
    }

    /// Refuses connections from now on.
    pub fn stop(&self) {
        self.state.lock().unwrap().is_stopped = true;
        // Wakes the thread that waits for one.
        TcpStream::connect(("127.0.0.1", self.port)).unwrap();
    }
}

fn serve(listener: &TcpListener, state: &Arc<Mutex<State>>) {
    for client in listener.incoming() {
        if state.lock().unwrap().is_stopped {
            return;
        }
        let state = Arc::clone(state);
        thread::spawn(move || answer(client.unwrap(), &state));
    }
}

fn answer(mut client: TcpStream, state: &Mutex<State>) {
    let request = read_request(&client);
    let answer = {
        let mut state = state.lock().unwrap();
        state.last_request.clone_from(&request);
        (state.answer)(&request)
    };
    // The client may have gone.
    let _ = client.write_all(&answer);
    if answer.is_empty() {
        let _ = client.read(&mut [0]);
    }
}

/// Its head, and its body if the head tells where that ends.
fn read_request(client: &TcpStream) -> String {
    let mut client = BufReader::new(client);
    let mut request = Vec::new();
    read_to(&mut client, b"\r\n\r\n", &mut request);
    let head = String::from_utf8_lossy(&request).to_lowercase();
    if head.contains("\r\ntransfer-encoding: chunked\r\n") {
        read_to(&mut client, b"0\r\n\r\n", &mut request);
    } else if let Some((_, length)) = head.split_once("\r\ncontent-length: ") {
        let length = length.lines().next().unwrap().parse().unwrap();
        client.take(length).read_to_end(&mut request).unwrap();
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// Reads lines until one ends as said, or the connection does.
fn read_to(client: &mut impl BufRead, end: &[u8], request: &mut Vec<u8>) {
    while client.read_until(b'\n', request).unwrap_or(0) > 0 && !request.ends_with(end) {}
}

/// An answer in HTTP.
pub fn http(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}
