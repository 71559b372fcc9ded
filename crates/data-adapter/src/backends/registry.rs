use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;
use std::sync::Arc;

use config::{Value, ValueKind};
use data_adapter_core::{Capabilities, OperationName, without_byte_order_mark};
use data_adapter_hashing::Verifier;
use serde::de::DeserializeOwned;

use crate::config::{COMMON_KEYS, describe};

/// The kinds of back ends that the configuration can name.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<String, Kind>,
}

/// One kind of back end.
pub struct Kind {
    connect: Box<Connect>,
    check: Box<Check>,
    secrets: Vec<String>,
}

type Check = dyn Fn(Value) -> Result<(), String>;
type Connect = dyn Fn(Value, &BackendContext<'_>) -> Result<Capabilities, String>;

/// What a back end may want to know of the rest of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct BackendContext<'a> {
    /// The NAME of its section, `[backends.NAME]`.
    pub name: &'a str,
    /// Whether this is a sandbox, where nothing real is at stake.
    pub sandbox: bool,
    /// The operations whose form gets the user's bank accounts.
    pub decorated: &'a HashSet<OperationName>,
    /// What checks passwords against hashes, for all who keep some.
    pub(crate) verifier: &'a Arc<Verifier>,
}

impl Registry {
    /// Makes a kind of back end known, in place of one that had this name before. `[backends.NAME]` asks for it with
    /// `kind = "…"`, or by having it as its NAME.
    ///
    /// `connect` gets the other keys of the section as the type that it names: a struct with `#[serde(deny_unknown_fields)]`,
    /// so that a misspelled key is refused. It does not have to reach the system behind, which may be down at the start. What
    /// it returns as an error is shown to the operator, who has to find the key in it. It is called again whenever the
    /// configuration is read again; what it returned before is dropped after the last request that uses it.
    pub fn register<S, E>(
        &mut self,
        kind: &str,
        connect: impl Fn(S, &BackendContext<'_>) -> Result<Capabilities, E> + 'static,
    ) -> &mut Kind
    where
        S: DeserializeOwned,
        E: Display,
    {
        let connect = move |keys: Value, context: &BackendContext<'_>| {
            connect(read(keys)?, context).map_err(|error| error.to_string())
        };
        let check = |keys: Value| read::<S>(keys).map(drop);
        let kind = self.kinds.entry(kind.to_owned()).insert_entry(Kind {
            connect: Box::new(connect),
            check: Box::new(check),
            secrets: Vec::new(),
        });
        kind.into_mut()
    }

    /// The kind with this name, or else the names of those that there are.
    pub(crate) fn find(&self, kind: &str) -> Result<&Kind, String> {
        let names = || self.kinds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.kinds.get(kind).ok_or_else(names)
    }
}

impl Kind {
    /// Says that a key holds a secret: it is not shown, and can be given as `KEY_file`, the path of a file with it.
    pub fn secret(&mut self, key: &str) -> &mut Self {
        self.secrets.push(key.to_owned());
        self
    }

    pub(crate) fn is_secret(&self, key: &str) -> bool {
        self.secrets.iter().any(|secret| secret == key)
    }

    /// Checks that a section has the keys of this kind, and connects to nothing.
    pub(crate) fn check(&self, keys: config::Map<String, Value>) -> Result<(), String> {
        (self.check)(self.with_files(keys)?)
    }

    /// Makes the back end that a section describes.
    pub(crate) fn connect(
        &self,
        keys: config::Map<String, Value>,
        context: &BackendContext<'_>,
    ) -> Result<Capabilities, String> {
        (self.connect)(self.with_files(keys)?, context)
    }

    fn with_files(&self, mut keys: config::Map<String, Value>) -> Result<Value, String> {
        for secret in &self.secrets {
            read_file(&mut keys, secret)?;
        }
        Ok(Value::new(None, ValueKind::Table(keys)))
    }
}

/// The keys of a section as the settings of its kind.
fn read<S: DeserializeOwned>(keys: Value) -> Result<S, String> {
    keys.try_deserialize().map_err(|error| describe::<S>(&error, &COMMON_KEYS))
}

/// Puts what is in the file that `KEY_file` names in place of it.
fn read_file(keys: &mut config::Map<String, Value>, key: &str) -> Result<(), String> {
    let file_key = format!("{key}_file");
    let Some(path) = keys.remove(&file_key) else { return Ok(()) };
    if keys.contains_key(key) {
        return Err(format!("`{key}` and `{file_key}` are both set; keep one"));
    }
    let path = path.into_string().map_err(|_| format!("`{file_key}` has to be a path"))?;
    let text = std::fs::read_to_string(&path).map_err(|error| format!("`{file_key}` {path}: {error}"))?;
    let text = without_byte_order_mark(&text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    keys.insert(key.to_owned(), Value::new(None, text.strip_suffix('\r').unwrap_or(text)));
    Ok(())
}
