//! Which blocks have a line already.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, UserId};
use jiff::Timestamp;
use serde::Deserialize;

use crate::event::Factor;

/// A user who is blocked for now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserBlock {
    /// Who.
    pub user: UserId,
    /// What they got wrong too often.
    pub factor: Factor,
    /// When it began, as far as the settings tell.
    pub since: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// Knows which users are blocked.
#[async_trait]
pub trait BlockLookup: Send + Sync {
    /// When the block of a user ends; `None` when there is none now.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn blocked_until(&self, user: &UserId, factor: Factor) -> Result<Option<Timestamp>, AdapterError>;

    /// Whose code a message carries, against whom guesses at it count; `None` when it is nobody's, or not known.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn owner(&self, message: &MessageId) -> Result<Option<UserId>, AdapterError>;

    /// Every block there is now.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn blocks(&self) -> Result<Vec<UserBlock>, AdapterError>;
}

/// The blocks that have a line.
#[derive(Default)]
pub(crate) struct Told {
    until: Mutex<HashMap<(UserId, Factor), Timestamp>>,
    /// Those that had none when they were looked at last.
    untold: Mutex<HashSet<UserBlock>>,
}

impl Told {
    /// Takes a block as told. True when it was not.
    pub(crate) fn add(&self, user: &UserId, factor: Factor, until: Timestamp) -> bool {
        let mut told = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert((user.clone(), factor), until) != Some(until)
    }

    fn has(&self, block: &UserBlock) -> bool {
        let told = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(&(block.user.clone(), block.factor)) == Some(&block.until)
    }

    /// Those of `blocks`, which are all there are at `now`, that still have no line since the last time this was asked: until
    /// then a request may be about to write it, or to lift a block that was counted ahead.
    pub(crate) fn overdue(&self, blocks: Vec<UserBlock>, now: Timestamp) -> Vec<UserBlock> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > now);
        let untold: HashSet<_> = blocks.into_iter().filter(|block| !self.has(block)).collect();
        let mut before = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        let overdue = untold.intersection(&before).cloned().collect();
        *before = untold;
        overdue
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    time: String,
    event: String,
    user: Option<String>,
    factor: Option<Factor>,
    blocked_until: Option<String>,
}

/// Those of `blocks` that a file tells of, or that are older than its first line: they stand in a file before it.
pub(crate) fn told_in(file: &Path, blocks: Vec<UserBlock>) -> io::Result<Vec<UserBlock>> {
    let mut begun = None;
    let mut found = HashSet::new();
    for line in BufReader::new(File::open(file)?).split(b'\n') {
        let line = line?;
        let is_first = begun.is_none();
        if !is_first && !line.windows(BLOCKED.len()).any(|window| window == BLOCKED) {
            continue;
        }
        let Ok(line) = serde_json::from_slice::<Line>(&line) else { continue };
        begun = begun.or_else(|| line.time.parse::<Timestamp>().ok());
        if let ("blocked", Some(user), Some(factor), Some(until)) =
            (line.event.as_str(), line.user, line.factor, line.blocked_until)
        {
            found.insert((user, factor, until));
        }
    }
    let is_told = |block: &UserBlock| {
        let line = (block.user.as_str().to_owned(), block.factor, shown(block.until));
        begun.is_some_and(|begun| block.since < begun) || found.contains(&line)
    };
    Ok(blocks.into_iter().filter(is_told).collect())
}

const BLOCKED: &[u8] = b"\"event\":\"blocked\"";

/// The end of a block as lines say it.
pub(crate) fn shown(until: Timestamp) -> String {
    format!("{until:.3}")
}

#[cfg(test)]
mod tests;
