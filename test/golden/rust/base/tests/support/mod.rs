//! What tests of the module in a real Envoy use:
//!
//! - [`Envoy`]: `start`, `start_with` a configuration, `run` a bootstrap; `address` of a listener, `stat`, `log`.
//!   Envoy is always stopped. If a test fails, its log is printed.
//! - [`eventually`] waits, [`at_once`] does something many times at once.
//! - [`http_client`]: HTTP clients, also from another source address. [`connection`]: sends any bytes.
//! - [`upstream`]: a server that answers as a test wants: late, in pieces, with a reset.
//! - [`bootstrap`]: the Envoy configuration, and changes of it. [`crash`]: makes the filter crash.
#![allow(
    dead_code,
    clippy::restriction,
    reason = "a test may panic, and need not use all of it"
)]

pub mod bootstrap;
mod built;
pub mod connection;
pub mod crash;
pub mod http_client;
pub mod upstream;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bootstrap::{bootstrap, with_configuration};

pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running Envoy. It stops when it is dropped.
pub struct Envoy {
    process: Child,
    log: File,
    admin: String,
    listeners: HashMap<String, String>,
}

impl Envoy {
    /// With envoy-bootstrap.yml as it is, on ports that are free.
    pub fn start() -> Self {
        Self::run(&bootstrap()).unwrap_or_else(|log| panic!("Envoy does not start:\n{log}"))
    }

    /// With another plugin configuration. If Envoy does not start, the error is its log.
    pub fn start_with(configuration: &str) -> Result<Self, String> {
        Self::run(&with_configuration(&bootstrap(), configuration))
    }

    /// With another bootstrap, such as a changed [`bootstrap`].
    pub fn run(bootstrap: &str) -> Result<Self, String> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        built::assert_is_built();
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("envoy-{}-{number}", process::id());
        let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let [config, admin, log] = ["yml", "admin", "log"].map(|end| files.with_extension(end));
        fs::write(&config, bootstrap).unwrap();

        // Envoy runs until this input ends, which it does even if this process is killed.
        let process = Command::new("sh")
            .arg("make/watched-envoy.sh")
            .args([&config, &admin])
            .stdin(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut envoy = Self {
            process,
            log: File::open(&log).unwrap(),
            admin: String::new(),
            listeners: HashMap::new(),
        };
        // The file can still be written and read while it is open.
        fs::remove_file(&log).unwrap();
        let has_answered = eventually(|| envoy.is_ready(&admin) || envoy.has_ended());
        if has_answered && !envoy.has_ended() {
            Ok(envoy)
        } else {
            envoy.stop();
            Err(envoy.explained_log())
        }
    }

    /// `host:port` of a listener of envoy-bootstrap.yml.
    pub fn address(&self, listener: &str) -> &str {
        &self.listeners[listener]
    }

    /// A counter or gauge, as under `/stats` of the admin port.
    pub fn stat(&self, name: &str) -> u64 {
        let stats = http_client::get(&format!("http://{}/stats", self.admin)).unwrap();
        let mut stats: Vec<_> = stats.lines().filter_map(|l| l.split_once(": ")).collect();
        if let Some((_, value)) = stats.iter().find(|(other, _)| *other == name) {
            return value.parse().unwrap();
        }
        stats.sort_by_key(|(other, _)| usize::MAX - alike(name, other));
        let similar: Vec<_> = stats.iter().take(5).map(|(other, _)| *other).collect();
        panic!(
            "there is no stat {name}; similar ones are {}",
            similar.join(", ")
        )
    }

    /// The log so far: Envoy's errors, and what the filter logs at `info` and above.
    pub fn log(&self) -> String {
        let mut bytes = Vec::new();
        let mut log = &self.log;
        log.rewind().unwrap();
        log.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    fn is_ready(&mut self, admin_address_file: &Path) -> bool {
        self.admin = fs::read_to_string(admin_address_file).unwrap_or_default();
        if http_client::get(&format!("http://{}/ready", self.admin)).is_none() {
            return false;
        }
        let listeners = http_client::get(&format!("http://{}/listeners", self.admin));
        let listeners = listeners.unwrap_or_default();
        let named = listeners.lines().filter_map(|line| line.split_once("::"));
        self.listeners = named
            .map(|(name, address)| (name.to_owned(), address.to_owned()))
            .collect();
        true
    }

    /// The log with hints, as `make deploy` gives them.
    fn explained_log(&self) -> String {
        let mut log = self.log.try_clone().unwrap();
        log.rewind().unwrap();
        let explained = Command::new("sh")
            .arg("make/explain.sh")
            .stdin(log)
            .output()
            .unwrap();
        String::from_utf8_lossy(&explained.stdout).into_owned()
    }

    /// Kills Envoy.
    fn stop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        self.stop();
        if thread::panicking() {
            eprintln!("Envoy has logged:\n{}", self.explained_log());
        }
    }
}

/// How many characters two names have in common at their beginning and end.
fn alike(one: &str, other: &str) -> usize {
    let pairs = one.bytes().zip(other.bytes());
    let backwards = one.bytes().rev().zip(other.bytes().rev());
    pairs.take_while(|(a, b)| a == b).count() + backwards.take_while(|(a, b)| a == b).count()
}

/// Waits until `condition` holds; `false` if it does not within half a minute.
pub fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
    true
}

/// Calls `action` `count` times at once, with 0, 1, 2…, and returns the results.
pub fn at_once<T: Send>(count: usize, action: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let action = &action;
        let start = |number| scope.spawn(move || action(number));
        let threads: Vec<_> = (0..count).map(start).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    })
}
