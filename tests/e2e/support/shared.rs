//! The files of the contract, which stand beside the checkout.

use std::path::PathBuf;

/// The text of a file of the contract; panics with what to do when there is none.
pub(crate) fn read(path: &str) -> String {
    let file = folder().join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => panic!("the contract file {} cannot be read: {error}", file.display()),
    }
}

/// The names of the files in a folder of the contract that end so, in order and without the ending.
pub(crate) fn list(path: &str, ending: &str) -> Vec<String> {
    let folder = folder().join(path);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => panic!("the contract folder {} cannot be read: {error}", folder.display()),
    };
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no {ending} files in {}", folder.display());
    names
}

fn folder() -> PathBuf {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let folder = std::env::var_os("DATA_ADAPTER_SHARED").map_or_else(beside, PathBuf::from).join("contract");
    assert!(
        folder.is_dir(),
        "The contract files are missing at {}: put the folder `shared` beside the checkout, \
         or name it in DATA_ADAPTER_SHARED.",
        folder.display()
    );
    folder
}
