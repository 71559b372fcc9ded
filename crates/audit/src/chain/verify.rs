use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::hash::finish;
use super::link::{Link, NO_LINE, Tip};

/// A chain without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many lines it has in these files.
    pub lines: u64,
    /// The number of the first: more than one when there were files before. Zero when there is no line at all.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// The hash of the last, for keeping elsewhere.
    pub hash: String,
    /// How many of them tell of lines that were cut off, could not be written, or were not confirmed by the disk.
    pub recoveries: u64,
    /// How many lines could not be written, as far as was told.
    pub lost: u64,
    /// In how many places a line was cut off.
    pub torn: u64,
    /// How many lines the disk did not confirm when they were written. They are there.
    pub unsynced: u64,
}

/// Where a chain breaks.
#[derive(Debug, Error)]
pub enum Broken {
    /// A file can't be read.
    #[error("{}: {error}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line is not the one that has to be there.
    #[error("{}:{line}: {why}", file.display())]
    Line {
        /// In which file.
        file: PathBuf,
        /// Which, counted from one.
        line: u64,
        /// A sentence.
        why: String,
    },
    /// The chain has no line with the hash that was kept.
    #[error(
        "no line has the hash {0}: the line that had it was removed or altered, or is in another file than these"
    )]
    Missing(String),
}

/// Computes the chain of `files` again, the oldest first, and looks for a line with the hash `expected`.
///
/// # Errors
///
/// At the first place where something is wrong.
pub fn verify(files: &[PathBuf], expected: Option<&str>) -> Result<Verified, Broken> {
    let mut check = Check { expected, is_found: expected.is_none(), ..Check::default() };
    for file in files {
        let unreadable = |error| Broken::Unreadable { file: file.clone(), error };
        let mut reader = BufReader::new(File::open(file).map_err(unreadable)?);
        let mut line = Vec::new();
        let mut number = 0;
        while read_line(&mut reader, &mut line).map_err(unreadable)? {
            number += 1;
            check.line(file, number, &line)?;
        }
    }
    match (check.pending, expected) {
        (Some(pending), _) => Err(pending.broken),
        (None, Some(expected)) if !check.is_found => Err(Broken::Missing(expected.to_owned())),
        (None, _) => Ok(Verified { last: check.tip.sequence, hash: check.tip.hash, ..check.verified }),
    }
}

/// The next line without its line break; false at the end.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = reader.read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(read > 0)
}

#[derive(Default)]
struct Check<'a> {
    expected: Option<&'a str>,
    is_found: bool,
    tip: Tip,
    verified: Verified,
    /// What does not belong to the chain, unless a line comes that accounts for it.
    pending: Option<Pending>,
}

struct Pending {
    broken: Broken,
    hasher: Sha256,
}

impl Check<'_> {
    fn line(&mut self, file: &Path, number: u64, line: &[u8]) -> Result<(), Broken> {
        let link = Link::read(line);
        if let Some(link) = &link
            && self.fits(link)
        {
            self.accept(link, line);
            return Ok(());
        }
        match &mut self.pending {
            // What is cut off is no whole line.
            Some(_) if link.is_some() => {
                return self.pending.take().map_or(Ok(()), |pending| Err(pending.broken));
            }
            Some(pending) => {
                pending.hasher.update(b"\n");
                pending.hasher.update(line);
            }
            None => {
                let broken =
                    Broken::Line { file: file.to_owned(), line: number, why: self.explain(link.as_ref()) };
                if link.is_some() {
                    return Err(broken);
                }
                self.pending = Some(Pending { broken, hasher: Sha256::new_with_prefix(line) });
            }
        }
        Ok(())
    }

    fn fits(&self, link: &Link) -> bool {
        let is_beginning = self.verified.lines == 0 && self.pending.is_none() && link.sequence > 1;
        let accounts = match &self.pending {
            None => link.torn.is_none(),
            Some(pending) => link.covers(&finish(pending.hasher.clone())),
        };
        (is_beginning || link.follows(&self.tip)) && accounts
    }

    fn accept(&mut self, link: &Link, line: &[u8]) {
        let verified = &mut self.verified;
        if verified.lines == 0 {
            verified.first = link.sequence;
            // The line that was kept in mind may be the last of a file that is gone.
            self.is_found |= self.expected == Some(&link.previous);
        }
        verified.lines += 1;
        if link.event == "recovered" {
            verified.recoveries += 1;
            verified.lost += link.lost;
            verified.torn += u64::from(link.torn.is_some());
            verified.unsynced += link.unsynced;
        }
        self.tip = link.tip(line);
        self.is_found |= self.expected == Some(&self.tip.hash);
        self.pending = None;
    }

    fn explain(&self, link: Option<&Link>) -> String {
        link.map_or_else(|| NO_LINE.to_owned(), |link| self.tip.explain(link))
    }
}

#[cfg(test)]
mod tests;
