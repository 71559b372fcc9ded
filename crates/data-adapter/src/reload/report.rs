use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What came of reading the configuration again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Report {
    /// It is in effect, but for what needs a restart. Both name keys.
    Done { changed: Vec<String>, needs_restart: Vec<String> },
    /// The configuration can't be used, and nothing changed.
    Refused { why: String },
    /// Something else was in the way.
    Failed { why: String },
}

impl From<Failure> for Report {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Configuration(why) => Self::Refused { why },
            Failure::Failed(why) => Self::Failed { why },
        }
    }
}

impl Report {
    /// Tells it in the log.
    pub(super) fn log(&self) {
        match self {
            Self::Done { .. } => {
                for sentence in self.sentences() {
                    tracing::info!("{sentence}");
                }
            }
            Self::Refused { why } => {
                tracing::error!("the configuration can't be used, and nothing was changed: {why}");
            }
            Self::Failed { why } => tracing::error!("the configuration was not read again: {why}"),
        }
    }

    /// What was done, for people.
    fn sentences(&self) -> Vec<String> {
        let Self::Done { changed, needs_restart } = self else { return Vec::new() };
        let named = |keys: &[String]| format!("`{}`", keys.join("`, `"));
        let done = match &changed[..] {
            [] => "The configuration was read again; nothing in effect is other than before.".to_owned(),
            changed => format!("The configuration was read again; changed: {}.", named(changed)),
        };
        let restart = (!needs_restart.is_empty()).then(|| {
            format!(
                "A restart is needed for {}; until then what it was stays in effect.",
                named(needs_restart)
            )
        });
        [done].into_iter().chain(restart).collect()
    }

    /// What the command prints, or why it fails.
    pub(crate) fn told(self) -> Result<Vec<String>, Failure> {
        match self {
            Self::Done { .. } => Ok(self.sentences()),
            Self::Refused { why } => Err(Failure::Configuration(format!("nothing was changed: {why}"))),
            Self::Failed { why } => Err(Failure::Failed(why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_told_with_the_names_of_keys() {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        let done = |changed: &[&str], restart: &[&str]| {
            let report = Report::Done { changed: keys(changed), needs_restart: keys(restart) };
            report.told().expect("it was done")
        };
        assert_eq!(done(&["a.b", "c"], &[]), ["The configuration was read again; changed: `a.b`, `c`."]);
        let nothing = "The configuration was read again; nothing in effect is other than before.";
        let restart = "A restart is needed for `server.port`; until then what it was stays in effect.";
        assert_eq!(done(&[], &["server.port"]), [nothing, restart]);
    }
}
