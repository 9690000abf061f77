//! Starts a real Envoy with the built module, and always stops it.

use std::collections::HashMap;
use std::path::Path;
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fs, io};

use serde_json::json;

const BOOTSTRAP: &str = "envoy-bootstrap.yml";
const PATIENCE: Duration = Duration::from_secs(30);

/// Becomes Envoy, beside which a watcher waits for the end of the input and then cleans up. The input
/// is a pipe from this test process, so it ends when the process does, even by a signal.
const RUN_ENVOY: &str = r#"
exec 3<&0
{ read -r _ <&3; kill -9 $$; rm -f "$1" "$2"; } >/dev/null 2>&1 &
exec "${ENVOY:?names no Envoy: run the tests by 'make test'}" --disable-hot-restart --concurrency 2 \
    -l error --config-path "$1" --admin-address-path "$2" 3<&- </dev/null
"#;

/// A running Envoy; dropped, it stops.
pub struct Envoy {
    process: Child,
    log: Option<JoinHandle<String>>,
    admin: String,
    listeners: HashMap<String, String>,
}

impl Envoy {
    /// With envoy-bootstrap.yml as it is, on ports that are free.
    pub fn start() -> Self {
        Self::run(&bootstrap()).unwrap_or_else(|log| panic!("Envoy does not start:\n{log}"))
    }

    /// With another plugin configuration. The error is what Envoy, which did not start, has logged.
    pub fn start_with(configuration: &str) -> Result<Self, String> {
        Self::run(&with_configuration(&bootstrap(), configuration))
    }

    /// `host:port` of a listener of envoy-bootstrap.yml.
    pub fn address(&self, listener: &str) -> &str {
        &self.listeners[listener]
    }

    /// A counter or gauge, as under `/stats` of the admin port.
    pub fn stat(&self, name: &str) -> u64 {
        let stats = get(&format!("http://{}/stats?filter=^{name}$", self.admin)).unwrap();
        stats.trim().rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// With another bootstrap, such as a changed [`bootstrap`].
    pub fn run(bootstrap: &str) -> Result<Self, String> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("envoy-{}-{number}", process::id());
        let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let (config, admin) = (files.with_extension("yml"), files.with_extension("admin"));
        fs::write(&config, bootstrap).unwrap();

        let mut process = Command::new("sh")
            .args(["-c", RUN_ENVOY, "sh"])
            .args([&config, &admin])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = process.stderr.take().unwrap();
        let mut envoy = Self {
            process,
            log: Some(thread::spawn(|| io::read_to_string(stderr).unwrap())),
            admin: String::new(),
            listeners: HashMap::new(),
        };
        let has_answered = eventually(|| envoy.is_ready(&admin) || envoy.has_ended());
        if has_answered && !envoy.has_ended() {
            Ok(envoy)
        } else {
            Err(envoy.stop())
        }
    }

    /// The log ends when Envoy does.
    fn has_ended(&self) -> bool {
        self.log.as_ref().is_some_and(JoinHandle::is_finished)
    }

    fn is_ready(&mut self, admin_address_file: &Path) -> bool {
        self.admin = fs::read_to_string(admin_address_file).unwrap_or_default();
        if get(&format!("http://{}/ready", self.admin)).is_none() {
            return false;
        }
        let listeners = get(&format!("http://{}/listeners", self.admin)).unwrap_or_default();
        let named = listeners.lines().filter_map(|line| line.split_once("::"));
        self.listeners = named
            .map(|(name, address)| (name.to_owned(), address.to_owned()))
            .collect();
        true
    }

    /// Kills Envoy and gives all that it has logged.
    fn stop(&mut self) -> String {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
        self.log
            .take()
            .map(|log| log.join().unwrap())
            .unwrap_or_default()
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        self.stop();
    }
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

fn get(url: &str) -> Option<String> {
    ureq::get(url).call().ok()?.body_mut().read_to_string().ok()
}

/// envoy-bootstrap.yml, the ports marked `# PORT`, `# ADMIN_PORT` and the like replaced by free ones:
/// for 0 Envoy chooses one.
pub fn bootstrap() -> String {
    let text = fs::read_to_string(BOOTSTRAP).unwrap();
    let lines = text
        .lines()
        .map(|line| match line.split_once("port_value: ") {
            Some((before, after)) if after.ends_with("PORT") => {
                let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("{before}port_value: 0{after}")
            }
            _ => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Puts `configuration` in the place of the first `value:` and of the lines that belong to it, those
/// indented deeper.
pub fn with_configuration(bootstrap: &str, configuration: &str) -> String {
    let (before, value) = bootstrap.split_at(bootstrap.find(" value: ").unwrap() + 1);
    let indent = indentation(before.lines().last().unwrap());
    let lines = value.lines().skip(1);
    let after: Vec<_> = lines.skip_while(|l| indentation(l) > indent).collect();
    let after = after.join("\n");
    format!("{before}value: {}\n{after}", json!(configuration))
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
