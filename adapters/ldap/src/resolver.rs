use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::directory::Request;
use crate::failure::Failure;
use crate::names::{Names, UnknownAttribute};
use crate::settings::LdapSettings;

/// How long it is believed that a name is unknown: somebody will add it to the schema.
const UNKNOWN: Duration = Duration::from_secs(60);

/// Finds out how the directory calls the attributes of the settings: once, and again when connections to it were lost, since
/// it may have another schema when it is back.
pub(crate) struct Resolver {
    settings: LdapSettings,
    current: RwLock<Option<Current>>,
    /// One reads, and who comes meanwhile waits for that.
    reading: Mutex<()>,
    told_hidden: AtomicBool,
}

struct Current {
    names: Arc<Names>,
    generation: u64,
    read: Instant,
}

impl Resolver {
    pub(crate) fn new(settings: &LdapSettings) -> Self {
        Self {
            settings: settings.clone(),
            current: RwLock::default(),
            reading: Mutex::default(),
            told_hidden: AtomicBool::new(false),
        }
    }

    /// The names; the first who asks reads the schema.
    ///
    /// # Errors
    ///
    /// When the directory can't be asked for it. One that hides it is no error.
    pub(crate) async fn names(&self, request: &Request<'_>) -> Result<Arc<Names>, Failure> {
        let generation = request.generation();
        if let Some(names) = self.known(generation) {
            return Ok(names);
        }
        let _reading = self.reading.lock().await;
        if let Some(names) = self.known(generation) {
            return Ok(names);
        }
        let schema = request.schema().await?;
        let names = Arc::new(Names::new(&self.settings, schema.as_ref()));
        self.tell(&names);
        let current = Current { names: Arc::clone(&names), generation, read: Instant::now() };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(current);
        Ok(names)
    }

    /// What the schema did not know when it was read last, or what needs it where it is hidden; nothing before that.
    pub(crate) fn unknown(&self) -> Vec<UnknownAttribute> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let names = current.iter().map(|current| &current.names);
        names.flat_map(|names| names.unknown.iter().flatten().chain(&names.unresolved)).cloned().collect()
    }

    fn known(&self, generation: u64) -> Option<Arc<Names>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let current = current.as_ref().filter(|current| current.generation == generation)?;
        let is_whole = current.names.unknown.as_ref().is_none_or(Vec::is_empty);
        (is_whole || current.read.elapsed() < UNKNOWN).then(|| Arc::clone(&current.names))
    }

    /// What was told before is not told again.
    fn tell(&self, names: &Names) {
        let Some(unknown) = &names.unknown else {
            if !self.told_hidden.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    "the directory hides its schema, so that aliases and OIDs can't be resolved; attributes go by the \
                     names that the settings have"
                );
                for UnknownAttribute { setting, attribute } in &names.unresolved {
                    tracing::warn!("`{setting}` names `{attribute}`, which entries have under another name");
                }
            }
            return;
        };
        let before = self.unknown();
        for UnknownAttribute { setting, attribute } in unknown.iter().filter(|name| !before.contains(name)) {
            tracing::warn!(
                "`{setting}` names `{attribute}`, which the schema of the directory does not know"
            );
        }
    }
}
