//! A TCP connection that does only what it is told. It carries any bytes, also those that no HTTP client sends.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::{Envoy, PATIENCE};

/// Closed when it is dropped. If the other side has gone, sending does nothing.
pub struct Connection(TcpStream);

impl Connection {
    /// Connects to the listener `ingress`.
    pub fn open(envoy: &Envoy) -> Self {
        TcpStream::connect(envoy.address("ingress")).unwrap().into()
    }

    /// Its own address, as the other side sees it.
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub fn send(&self, bytes: impl AsRef<[u8]>) {
        let _ = (&self.0).write_all(bytes.as_ref());
    }

    /// Sends the bytes one at a time, so that each arrives in a segment of its own.
    pub fn send_split(&self, bytes: impl AsRef<[u8]>) {
        for byte in bytes.as_ref().chunks(1) {
            self.send(byte);
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Nothing more will be sent. Envoy's HTTP listeners then drop requests that are not yet answered.
    pub fn stop_sending(&self) {
        let _ = self.0.shutdown(Shutdown::Write);
    }

    /// The next `size` bytes; fewer if the other side closes. Panics if it resets, or is silent for half a minute.
    pub fn receive(&self, size: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut stream = (&self.0).take(size as u64);
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// All bytes until the other side closes, as Envoy does after a request with `connection: close`.
    pub fn receive_all(&self) -> Vec<u8> {
        self.receive(usize::MAX)
    }

    /// Closes the connection in the way of a crashed machine: the other side gets an error.
    pub fn reset(self) {
        SockRef::from(&self.0)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }
}

impl From<TcpStream> for Connection {
    fn from(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }
}
