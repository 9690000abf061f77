//! An upstream: a server in the test process, which answers as a test wants.

use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::connection::Connection;

/// Serves until it is stopped or the test process ends.
pub struct Upstream {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

type Answer = dyn Fn(&str, Connection) + Send + Sync;

struct State {
    answer: Arc<Answer>,
    last_request: String,
    is_stopped: bool,
}

impl Upstream {
    pub fn start(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            answer: Arc::new(|_, _| ()),
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
        self.answer_by(move |_, client| {
            client.send(&answer);
            if answer.is_empty() {
                client.receive(1);
            }
        });
    }

    /// From now on, `answer` sends what it likes, when it likes. The connection is closed when it returns.
    pub fn answer_by(&self, answer: impl Fn(&str, Connection) + Send + Sync + 'static) {
        self.state.lock().unwrap().answer = Arc::new(answer);
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
        thread::spawn(move || serve_one(client.unwrap().into(), &state));
    }
}

fn serve_one(client: Connection, state: &Mutex<State>) {
    let request = read_request(&client);
    if request.is_empty() {
        return;
    }
    let answer = {
        let mut state = state.lock().unwrap();
        state.last_request.clone_from(&request);
        Arc::clone(&state.answer)
    };
    answer(&request, client);
}

/// Its head, and its body if the head tells where that ends.
fn read_request(client: &Connection) -> String {
    let mut request = read_lines(client);
    let head = String::from_utf8_lossy(&request).to_lowercase();
    if head.contains("\r\ntransfer-encoding: chunked\r\n") {
        loop {
            let line = read_line(client);
            request.extend(&line);
            let size = String::from_utf8_lossy(&line);
            match usize::from_str_radix(size.trim_end(), 16) {
                Ok(size @ 1..) => request.extend(client.receive(size + 2)),
                _ => break,
            }
        }
        // The trailers.
        request.extend(read_lines(client));
    } else if let Some((_, length)) = head.split_once("\r\ncontent-length: ") {
        let length = length.lines().next().unwrap().parse().unwrap();
        request.extend(client.receive(length));
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// The lines up to an empty one, or to the end of the connection.
fn read_lines(client: &Connection) -> Vec<u8> {
    let mut lines = Vec::new();
    loop {
        let line = read_line(client);
        lines.extend(&line);
        if line.len() <= 2 {
            return lines;
        }
    }
}

fn read_line(client: &Connection) -> Vec<u8> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        match client.receive(1)[..] {
            [byte] => line.push(byte),
            _ => break,
        }
    }
    line
}

/// An answer in HTTP.
pub fn http(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}
