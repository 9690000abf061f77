//! Refuses to test a module that is older than its sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const MODULE: &str = "build/plugin.wasm";
const SOURCES: [&str; 3] = ["src", "Cargo.toml", "Cargo.lock"];

/// Panics unless there is a module that is as new as its sources.
pub fn assert_is_built() {
    let built = fs::metadata(MODULE).and_then(|module| module.modified());
    let built = built.unwrap_or_else(|_| panic!("there is no {MODULE}: run `make build`"));
    for (source, changed) in SOURCES.into_iter().flat_map(list_files) {
        let source = source.display();
        assert!(
            changed <= built,
            "{MODULE} is older than {source}: run `make build`"
        );
    }
}

/// The file, or those in the folder, and when each was changed.
fn list_files(path: impl AsRef<Path>) -> Vec<(PathBuf, SystemTime)> {
    let path = path.as_ref();
    match fs::read_dir(path) {
        Ok(entries) => entries
            .flat_map(|e| list_files(e.unwrap().path()))
            .collect(),
        // A member of a workspace has no Cargo.lock.
        Err(_) => fs::metadata(path)
            .and_then(|file| file.modified())
            .map(|changed| (path.to_owned(), changed))
            .into_iter()
            .collect(),
    }
}
