//! What the service asks: a server in the test process, which answers as a test wants.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves until it is stopped or the test process ends.
pub struct Upstream {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answer: Vec<u8>,
    last_request: String,
    is_stopped: bool,
}

impl Upstream {
    pub fn start(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::default();
        let upstream = Self { port, state };
        upstream.answer(answer);
        let state = Arc::clone(&upstream.state);
        thread::spawn(move || serve(&listener, &state));
        upstream
    }

    /// From now on a client gets these bytes, and the connection ends. With no bytes at all it does not end.
    pub fn answer(&self, answer: impl Into<Vec<u8>>) {
        self.state.lock().unwrap().answer = answer.into();
    }

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

fn serve(listener: &TcpListener, state: &Mutex<State>) {
    let mut unanswered = Vec::new();
    for client in listener.incoming() {
        let mut client = client.unwrap();
        let request = read_request(&mut client);
        let mut state = state.lock().unwrap();
        if state.is_stopped {
            return;
        }
        state.last_request = request;
        // The client may have gone.
        let _ = client.write_all(&state.answer);
        if state.answer.is_empty() {
            unanswered.push(client);
        }
    }
}

/// A request without a body is small enough to come in one piece.
fn read_request(client: &mut TcpStream) -> String {
    let mut request = [0; 4096];
    let length = client.read(&mut request).unwrap_or_default();
    String::from_utf8_lossy(&request[..length]).into_owned()
}

/// An answer in HTTP.
pub fn http(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}
