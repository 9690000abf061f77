//! Makes the filter crash on demand, whatever its code does.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, process};

/// A callback crashes if it is called with more headers or bytes than this. It has to be less than 64.
const LIMIT: u8 = 60;

/// Enough headers or bytes for a crash.
pub const TOO_MANY: usize = LIMIT as usize + 10;

/// Envoy runs a copy of build/plugin.wasm in which `callback` crashes on demand: `proxy_on_request_headers` on more
/// than 60 headers, `proxy_on_downstream_data` on more than 60 bytes. Other calls reach the filter.
pub fn with_crashes(bootstrap: &str, callback: &str) -> String {
    static WRITTEN: AtomicU32 = AtomicU32::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    // Relative, so that no quote in a path gets into the YAML.
    let file = Path::new("build/test").join(format!("{callback}.wasm"));
    fs::create_dir_all("build/test").unwrap();
    let draft = file.with_extension(format!("{}-{number}", process::id()));
    let module = fs::read("build/plugin.wasm").unwrap();
    fs::write(&draft, add_crash(&module, callback)).unwrap();
    // An Envoy of another test may be reading the file.
    fs::rename(&draft, &file).unwrap();
    bootstrap.replace("build/plugin.wasm", file.to_str().unwrap())
}

// The sections of a Wasm module that a function appears in. Each is a list.
const TYPE: u8 = 1;
const IMPORT: u8 = 2;
const FUNCTION: u8 = 3;
const EXPORT: u8 = 7;
const CODE: u8 = 10;

/// Puts a function before `callback`, which the SDK always exports.
fn add_crash(module: &[u8], callback: &str) -> Vec<u8> {
    const I32: u8 = 0x7f;
    let mut sections = Sections::split(&module[8..]);
    let kind = sections.append(TYPE, &[0x60, 3, I32, I32, I32, 1, I32]);
    // Imported functions come first. Envoy has nothing but functions to import.
    let (imports, _) = read_number(sections.find(IMPORT));
    let index = imports + sections.append(FUNCTION, &write_number(kind));

    let name = [&write_number(callback.len())[..], callback.as_bytes(), &[0]].concat();
    let exports = sections.find(EXPORT);
    let position = exports.windows(name.len()).position(|bytes| bytes == name);
    let at = position.unwrap_or_else(|| panic!("build/plugin.wasm does not export {callback}"));
    let (original, _) = read_number(&exports[at + name.len()..]);
    let original = write_number(original);
    // No two exports have the same name.
    exports[at + 1] = b'_';
    sections.append(EXPORT, &[&name[..], &write_number(index)].concat());

    // if (parameter 1 > LIMIT) unreachable; return original(parameter 0, parameter 1, parameter 2)
    let crash = [0, 0x20, 1, 0x41, LIMIT, 0x4b, 0x04, 0x40, 0x00, 0x0b];
    let call = [0x20, 0, 0x20, 1, 0x20, 2, 0x10];
    let body = [&crash[..], &call, &original, &[0x0b]].concat();
    sections.append(CODE, &[&write_number(body.len())[..], &body].concat());
    [&module[..8], &sections.join()].concat()
}

/// The identifier of each section, and its content.
struct Sections(Vec<(u8, Vec<u8>)>);

impl Sections {
    fn split(mut bytes: &[u8]) -> Self {
        let mut sections = Vec::new();
        while let [id, rest @ ..] = bytes {
            let (length, rest) = read_number(rest);
            let (content, rest) = rest.split_at(length);
            sections.push((*id, content.to_vec()));
            bytes = rest;
        }
        Self(sections)
    }

    fn find(&mut self, id: u8) -> &mut Vec<u8> {
        let section = self.0.iter_mut().find(|(other, _)| *other == id);
        &mut section.unwrap().1
    }

    /// Appends to the list of a section, and returns how long it was.
    fn append(&mut self, id: u8, entry: &[u8]) -> usize {
        let content = self.find(id);
        let (length, rest) = read_number(content);
        *content = [&write_number(length + 1), rest, entry].concat();
        length
    }

    fn join(&self) -> Vec<u8> {
        let written = self
            .0
            .iter()
            .map(|(id, content)| [&[*id], &write_number(content.len())[..], content].concat());
        written.flatten().collect()
    }
}

/// A number in LEB128, 7 bits in each byte, and what follows it.
fn read_number(bytes: &[u8]) -> (usize, &[u8]) {
    let (first, rest) = bytes.split_first().unwrap();
    if *first < 0x80 {
        return (usize::from(*first), rest);
    }
    let (high, rest) = read_number(rest);
    (usize::from(first & 0x7f) | high << 7, rest)
}

fn write_number(value: usize) -> Vec<u8> {
    let low = u8::try_from(value & 0x7f).unwrap();
    if value < 0x80 {
        return vec![low];
    }
    [&[low | 0x80], &write_number(value >> 7)[..]].concat()
}
