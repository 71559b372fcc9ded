//! The settings as they were written, to tell by the names of their keys what is other in them.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs};

use config::{Config, ConfigError, Map, Source, Value, ValueKind};
use sha2::{Digest as _, Sha256};

use super::Settings;

/// What was written at which key: the defaults of the program, the file, the environment and the flags, one over the other. Secrets
/// are in it.
#[derive(Clone, Default)]
pub(crate) struct Written(Map<String, Value>);

/// The SHA-256 of something that was written, and of the files that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

/// The parts of the name of a key.
pub(super) type Key = Vec<String>;

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written(..)")
    }
}

impl Written {
    pub(super) fn of(config: &Config) -> Result<Self, ConfigError> {
        config.collect().map(Self)
    }

    /// The digest of an SMSC, by the place of its gateway in the list.
    pub(crate) fn smpp(&self, gateway: usize) -> Digest {
        let gateways = self.at(&["sms", "gateways"]).and_then(|list| list.clone().into_array().ok());
        let listed = gateways.and_then(|list| list.into_iter().nth(gateway)?.into_table().ok());
        let parts = listed.iter().flat_map(|listed| ["id", "smpp"].map(|part| listed.get(part)));
        let mut hash = Sha256::new();
        parts.flatten().for_each(|part| feed(&mut hash, "", part, true));
        Digest(hash.finalize().into())
    }

    /// The same, but at `keys` what `other` has there, or nothing where it has nothing.
    fn with(mut self, keys: &[Key], other: &Self) -> Self {
        for key in keys {
            let parts: Vec<&str> = key.iter().map(String::as_str).collect();
            put(&mut self.0, &parts, other.at(&parts));
        }
        self
    }

    fn at<'a>(&'a self, key: &[&str]) -> Option<&'a Value> {
        let (last, tables) = key.split_last()?;
        let inner = |table: &'a Map<String, Value>, part: &&str| {
            if let ValueKind::Table(inner) = &table.get(*part)?.kind { Some(inner) } else { None }
        };
        tables.iter().try_fold(&self.0, inner)?.get(*last)
    }
}

impl Source for Written {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

fn put(table: &mut Map<String, Value>, key: &[&str], value: Option<&Value>) {
    match (key, value) {
        ([], _) => {}
        ([last], Some(value)) => drop(table.insert((*last).to_owned(), value.clone())),
        ([last], None) => drop(table.remove(*last)),
        ([first, rest @ ..], _) => {
            let inner =
                table.entry((*first).to_owned()).or_insert_with(|| Map::<String, Value>::new().into());
            if let ValueKind::Table(inner) = &mut inner.kind {
                put(inner, rest, value);
            }
        }
    }
}

/// What settings were at a moment, and what was in the files that they name.
pub(crate) struct Snapshot {
    written: Written,
    /// With the defaults, and without secrets.
    effective: toml::Table,
    digests: BTreeMap<Key, Digests>,
}

#[derive(PartialEq, Eq)]
struct Digests {
    value: Digest,
    with_files: Digest,
}

/// A key at which two snapshots differ.
pub(super) struct Difference {
    pub(super) key: Key,
    /// Whether it names the same file, in which something else stands.
    pub(super) is_in_file: bool,
}

impl Difference {
    /// The key as people write it.
    pub(super) fn name(&self) -> String {
        self.key.join(".")
    }
}

impl Snapshot {
    pub(crate) fn of(settings: &Settings) -> Self {
        let written = settings.written.clone();
        let mut digests = BTreeMap::new();
        add_leaves(&mut digests, &[], &written.0);
        Self { effective: toml::Table::try_from(settings).unwrap_or_default(), written, digests }
    }

    /// Where `other` differs, in the order of the keys. A key that is written with its default is no other than one that is not.
    pub(super) fn differences(&self, other: &Self) -> Vec<Difference> {
        let mut keys: Vec<&Key> = self.digests.keys().chain(other.digests.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let differs = |key: &&Key| match (self.digests.get(*key), other.digests.get(*key)) {
            (Some(one), Some(two)) => one != two,
            _ => self.effect(key).is_none() || self.effect(key) != other.effect(key),
        };
        let is_in_file = |key| match (self.digests.get(key), other.digests.get(key)) {
            (Some(one), Some(two)) => one.value == two.value,
            _ => false,
        };
        keys.into_iter()
            .filter(differs)
            .map(|key| Difference { key: key.clone(), is_in_file: is_in_file(key) })
            .collect()
    }

    /// What is written in `other`, but at `keys` what is written here.
    pub(super) fn kept_in(&self, other: Self, keys: &[Key]) -> Written {
        other.written.with(keys, &self.written)
    }

    fn effect(&self, key: &Key) -> Option<&toml::Value> {
        let (first, rest) = key.split_first()?;
        rest.iter().try_fold(self.effective.get(first)?, |value, part| value.get(part))
    }
}

fn add_leaves(digests: &mut BTreeMap<Key, Digests>, place: &[String], table: &Map<String, Value>) {
    for (name, value) in table {
        let key = [place, std::slice::from_ref(name)].concat();
        if let ValueKind::Table(inner) = &value.kind {
            add_leaves(digests, &key, inner);
            continue;
        }
        let digest = |with_files| {
            let mut hash = Sha256::new();
            feed(&mut hash, name, value, with_files);
            Digest(hash.finalize().into())
        };
        digests.insert(key, Digests { value: digest(false), with_files: digest(true) });
    }
}

/// Adds a value, and with `with_files` what is in the files that it names. Whatever is added says how long it is.
fn feed(hash: &mut Sha256, name: &str, value: &Value, with_files: bool) {
    match &value.kind {
        ValueKind::Table(table) => {
            let sorted: BTreeMap<_, _> = table.iter().collect();
            add(hash, &sorted.len().to_le_bytes());
            for (name, value) in sorted {
                add(hash, name.as_bytes());
                feed(hash, name, value, with_files);
            }
        }
        ValueKind::Array(list) => {
            add(hash, &list.len().to_le_bytes());
            list.iter().for_each(|value| feed(hash, name, value, with_files));
        }
        ValueKind::String(text) => {
            add(hash, text.as_bytes());
            if with_files && names_files(name) {
                feed_file(hash, Path::new(text));
            }
        }
        ValueKind::Nil
        | ValueKind::Boolean(_)
        | ValueKind::I64(_)
        | ValueKind::I128(_)
        | ValueKind::U64(_)
        | ValueKind::U128(_)
        | ValueKind::Float(_) => add(hash, value.to_string().as_bytes()),
    }
}

fn add(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(bytes.len().to_le_bytes());
    hash.update(bytes);
}

fn names_files(name: &str) -> bool {
    name.ends_with("_file") || name.ends_with("_files") || name == "folder"
}

/// Of a folder, the files in it. What is neither is not read: a pipe can be read but once.
fn feed_file(hash: &mut Sha256, path: &Path) {
    let files = match fs::read_dir(path) {
        Ok(files) => {
            let mut files: Vec<_> = files.flatten().map(|file| file.path()).collect();
            files.sort_unstable();
            files
        }
        Err(_) => vec![path.to_owned()],
    };
    for file in files.iter().filter(|file| file.is_file()) {
        add(hash, file.as_os_str().as_encoded_bytes());
        add(hash, &fs::read(file).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load_text;

    const DEMO: &str = "sandbox.enabled = true\nbackends.memory.demo_users = true\n";

    fn snapshot(more: &str) -> Snapshot {
        Snapshot::of(&load_text(&format!("{DEMO}{more}")).expect("it is a configuration"))
    }

    fn names(one: &Snapshot, two: &Snapshot) -> Vec<String> {
        one.differences(two).iter().map(Difference::name).collect()
    }

    #[test]
    fn what_is_other_is_named_by_its_keys_whatever_it_is() {
        let written = |digits: u32, more: &str, kind: &str, caller: &str| {
            let token = "ab".repeat(32);
            snapshot(&format!(
                "otp.digits = {digits}\n{more}\n[backends.b]\nkind = \"{kind}\"\n[[callers.allowed]]\nname = \"{caller}\"\n\
                 token_sha256 = \"{token}\""
            ))
        };
        let before = written(6, "", "memory", "a");
        let after = written(7, "password.failures = 3", "ldap", "b");
        let expected = ["backends.b.kind", "callers.allowed", "otp.digits", "password.failures"];
        assert_eq!(names(&before, &after), expected);
        assert_eq!(names(&after, &before), expected, "and back");
        assert!(names(&before, &before).is_empty());
    }

    #[test]
    fn a_default_that_is_written_is_no_change_and_a_secret_always_is() {
        let key = format!("otp.key = \"{}\"", "A".repeat(64));
        assert!(names(&snapshot(""), &snapshot("otp.digits = 8\nserver.port = 8080")).is_empty());
        assert_eq!(names(&snapshot(""), &snapshot(&key)), ["otp.key"]);
        assert_eq!(names(&snapshot(&key), &snapshot(&key.replace("AAAA\"", "AAAB\""))), ["otp.key"]);
    }

    #[test]
    fn what_is_other_in_a_file_is_told_apart_from_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, "A".repeat(64)).unwrap();
        let settings = format!("otp.key_file = {file:?}");
        let before = snapshot(&settings);
        fs::write(&file, "B".repeat(64)).unwrap();
        let after = snapshot(&settings);
        let differences = before.differences(&after);
        assert_eq!(names(&before, &after), ["otp.key_file"]);
        assert!(differences[0].is_in_file);
        assert!(!snapshot("").differences(&after)[0].is_in_file);
    }

    #[test]
    fn an_smsc_is_the_same_as_long_as_nothing_of_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        fs::write(&file, "one").unwrap();
        let written = |window: u32, countries: &str| {
            let text = format!(
                "sms.default_region = \"CZ\"\n[[sms.gateways]]\nid = \"a\"\ncountries = {countries}\n[sms.gateways.smpp]\n\
                 url = \"smpp://127.0.0.1\"\nsystem_id = \"bank\"\npassword_file = {file:?}\nwindow = {window}"
            );
            load_text(&text).expect("it is a configuration").written.smpp(0)
        };
        let first = written(1, "[]");
        assert_eq!(first, written(1, "[\"CZ\"]"), "what it takes is no matter of its session");
        assert_ne!(first, written(2, "[]"));
        fs::write(&file, "two").unwrap();
        assert_ne!(first, written(1, "[]"));
    }
}
