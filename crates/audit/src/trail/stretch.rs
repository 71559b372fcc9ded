//! Lines that stand one after the other, and whether each is the one that has to be there.

use data_adapter_sca::{ChainBreak, ChainCheck};
use sha2::{Digest as _, Sha256};

use crate::chain::{Link, NO_LINE, Tip, finish};

/// A part of the chain, read from its beginning to its end.
#[derive(Default)]
pub(super) struct Stretch {
    file: String,
    /// The first line, with the hash of what is none before it.
    first: Option<(Link, Option<String>)>,
    tip: Tip,
    /// What is no line, at the end.
    rest: Option<Sha256>,
    /// Newest first.
    breaks: Vec<ChainBreak>,
}

impl Stretch {
    /// No more places than these are named.
    const MOST_BREAKS: usize = 20;

    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// Adds the next line, without its line break. False where it is no whole line of an audit log.
    pub(super) fn add(&mut self, line: &[u8]) -> bool {
        let Some(link) = Link::read(line) else {
            match &mut self.rest {
                Some(rest) => {
                    rest.update(b"\n");
                    rest.update(line);
                }
                None => self.rest = Some(Sha256::new_with_prefix(line)),
            }
            return false;
        };
        let torn = self.rest.take().map(finish);
        let tip = link.tip(line);
        match &self.first {
            Some(_) => self.judge(&self.file.clone(), &link, torn.as_deref()),
            None => self.first = Some((link, torn)),
        }
        self.tip = tip;
        true
    }

    /// Puts this before `newer`, which goes on where this ends.
    pub(super) fn before(mut self, newer: Self) -> Self {
        let Some((first, torn)) = newer.first else {
            return Self { rest: self.rest.or(newer.rest), ..self };
        };
        let torn = self.rest.take().map(finish).or(torn);
        match &self.first {
            Some(_) => self.judge(&newer.file, &first, torn.as_deref()),
            None => self.first = Some((first, torn)),
        }
        let breaks = newer.breaks.into_iter().chain(self.breaks).take(Self::MOST_BREAKS).collect();
        Self { tip: newer.tip, rest: newer.rest, breaks, ..self }
    }

    fn judge(&mut self, file: &str, link: &Link, torn: Option<&str>) {
        if let Some(why) = self.tip.misfit(link, torn) {
            self.breaks.insert(0, broken(file, Some(self.tip.sequence), why));
            self.breaks.truncate(Self::MOST_BREAKS);
        }
    }

    /// What there is to say of it. Where nothing comes before it, its first line is the first of all, or goes on from one that is not
    /// there any more; `is_end` says that nothing comes after it.
    pub(super) fn into_check(self, is_beginning: bool, is_end: bool) -> ChainCheck {
        let Self { file, first, tip, rest, mut breaks } = self;
        let lines = first.as_ref().map(|(first, _)| (first.sequence, tip.sequence));
        if is_end && rest.is_some() {
            breaks.insert(0, broken(&file, lines.map(|(_, last)| last), NO_LINE.to_owned()));
        }
        if let Some((first, torn)) = first.filter(|_| is_beginning) {
            let why = match torn {
                Some(torn) if !first.covers(&torn) => Some(NO_LINE.to_owned()),
                _ if first.sequence > 1 => None,
                torn => Tip::default().misfit(&first, torn.as_deref()),
            };
            breaks.extend(why.map(|why| broken(&file, None, why)));
        }
        ChainCheck { lines, breaks, unread: Vec::new() }
    }
}

fn broken(file: &str, after: Option<u64>, why: String) -> ChainBreak {
    ChainBreak { file: file.to_owned(), after, why }
}
