//! Goes through the files of a log, from the newest line to older ones.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead as _, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use data_adapter_sca::{ChainCheck, TrailPage, TrailSearch};

use super::conditions::Conditions;
use super::files::{LogFile, files_of};
use super::stretch::Stretch;
use crate::chain::Link;

/// How much is read for one page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// How many bytes are read at a time.
    pub(super) part: usize,
    /// When so many bytes were read, and the page is full, the chain is not checked any further.
    pub(super) full: u64,
    /// When so many bytes were read, the page ends, full or not.
    pub(super) most: u64,
    /// The same after this time.
    pub(super) time: Duration,
}

impl Bounds {
    pub(super) const USUAL: Self =
        Self { part: 4 << 20, full: 64 << 20, most: 256 << 20, time: Duration::from_secs(5) };
}

/// A place between two lines.
struct Place<'a> {
    /// The file, by its id.
    file: &'a str,
    /// How many bytes of its text are before it.
    offset: u64,
}

impl<'a> Place<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (file, offset) = text.split_once('-')?;
        Some(Self { file, offset: offset.parse().ok()? })
    }

    fn write(&self) -> String {
        format!("{}-{}", self.file, self.offset)
    }
}

/// The page that is looked for; `None` where it has to begin at a place that is none of this log.
pub(super) fn search(path: &Path, search: &TrailSearch, bounds: Bounds) -> io::Result<Option<TrailPage>> {
    let (files, unread) = files_of(path)?;
    let (first, end) = match &search.before {
        None => (0, None),
        Some(text) => {
            let Some(place) = Place::read(text) else { return Ok(None) };
            let Some(first) = files.iter().position(|file| file.id == place.file) else { return Ok(None) };
            (first, Some(place.offset))
        }
    };
    let (mut walk, mut end) = (Walk::new(search, bounds, unread), end);
    for (number, file) in files.iter().enumerate().skip(first) {
        let older = files.get(number + 1);
        let read = if file.is_compressed {
            walk.compressed(file, end.take())
        } else {
            walk.plain(file, end.take(), number == 0)
        };
        if read.is_err() {
            walk.unread.push(file.name.clone());
        }
        // What comes before a file that was not read can't be checked against what comes after it.
        if read.is_err() || walk.is_over() {
            older.into_iter().for_each(|older| walk.stop_at(older, u64::MAX));
            break;
        }
    }
    Ok(Some(walk.into_page()))
}

struct Walk<'a> {
    conditions: Conditions<'a>,
    search: &'a TrailSearch,
    bounds: Bounds,
    ends: Instant,
    read: u64,
    page: TrailPage,
    /// Where the oldest line of the page begins.
    oldest: Option<String>,
    stretch: Option<Stretch>,
    unread: Vec<String>,
}

/// Lines that were found in a part of the log, oldest first, and where each begins.
struct Found {
    lines: VecDeque<(u64, String)>,
    /// How many of them there may be.
    room: usize,
    /// Whether there were more.
    is_cut: bool,
}

impl Found {
    fn new(room: usize) -> Self {
        Self { lines: VecDeque::new(), room, is_cut: false }
    }

    fn add(&mut self, offset: u64, line: &[u8]) {
        let Ok(line) = String::from_utf8(line.to_vec()) else { return };
        self.lines.push_back((offset, line));
        if self.lines.len() > self.room {
            self.is_cut = true;
            self.lines.pop_front();
        }
    }
}

impl<'a> Walk<'a> {
    fn new(search: &'a TrailSearch, bounds: Bounds, unread: Vec<String>) -> Self {
        Self {
            conditions: Conditions::new(search),
            search,
            bounds,
            ends: Instant::now() + bounds.time,
            read: 0,
            page: TrailPage::default(),
            oldest: None,
            stretch: None,
            unread,
        }
    }

    /// Takes what is found; `None` once the page is known to have a next one.
    fn found(&self) -> Option<Found> {
        let room = self.search.limit.saturating_sub(self.page.lines.len());
        self.page.next.is_none().then(|| Found::new(room))
    }

    /// Reads a file from this place on to its beginning, part by part, unless the page is over before that.
    fn plain(&mut self, log: &LogFile, end: Option<u64>, is_written: bool) -> io::Result<()> {
        let length = log.file.metadata()?.len();
        let mut end = end.map_or(length, |end| end.min(length));
        let mut is_last = is_written;
        while end > 0 {
            let (start, mut text) = self.part(&log.file, end)?;
            if std::mem::take(&mut is_last) {
                // What is after the last line break is being written.
                text.truncate(text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1));
            }
            let (mut found, mut stretch) = (self.found(), Stretch::new(&log.name));
            let mut offset = start;
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                self.line(&mut stretch, &mut found, offset, line);
                offset += line.len() as u64;
            }
            self.read += end - start;
            self.add(log, stretch, found);
            if self.is_over() {
                self.stop_at(log, start);
                break;
            }
            end = start;
        }
        Ok(())
    }

    /// The text before `end`, from the beginning of a line of the log on, and where that is.
    fn part(&self, mut file: &File, end: u64) -> io::Result<(u64, Vec<u8>)> {
        let mut wanted = self.bounds.part as u64;
        loop {
            let start = end.saturating_sub(wanted);
            let mut text = Vec::new();
            file.seek(SeekFrom::Start(start))?;
            file.take(end - start).read_to_end(&mut text)?;
            if start == 0 {
                return Ok((0, text));
            }
            let mut at = 0;
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                // The first one may be the end of a line.
                if at > 0 && Link::read(line).is_some() {
                    return Ok((start + at as u64, text.split_off(at)));
                }
                at += line.len();
            }
            wanted = wanted.saturating_mul(4);
            if wanted > self.bounds.full {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    /// Reads a compressed file, which can be read from its beginning only.
    fn compressed(&mut self, log: &LogFile, end: Option<u64>) -> io::Result<()> {
        let most = self.bounds.most;
        let mut text = log.text(most)?;
        let (mut found, mut stretch) = (self.found(), Stretch::new(&log.name));
        let (mut offset, mut line) = (0, Vec::new());
        while text.read_until(b'\n', &mut line)? > 0 {
            if end.is_none_or(|end| offset < end) {
                self.line(&mut stretch, &mut found, offset, &line);
            }
            offset += line.len() as u64;
            line.clear();
        }
        if offset >= most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.read += offset;
        self.add(log, stretch, found);
        Ok(())
    }

    fn line(&self, stretch: &mut Stretch, found: &mut Option<Found>, offset: u64, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let is_object = stretch.add(line) && line.first() == Some(&b'{');
        if let Some(found) = found.as_mut().filter(|_| is_object && self.conditions.hold(line)) {
            found.add(offset, line);
        }
    }

    /// Puts what was read before what was read so far.
    fn add(&mut self, log: &LogFile, stretch: Stretch, found: Option<Found>) {
        self.stretch = Some(match self.stretch.take() {
            Some(newer) => stretch.before(newer),
            None => stretch,
        });
        let Some(found) = found else { return };
        if let Some((offset, _)) = found.lines.front() {
            self.oldest = Some(Place { file: &log.id, offset: *offset }.write());
        }
        if found.is_cut {
            self.page.next.clone_from(&self.oldest);
        }
        self.page.lines.extend(found.lines.into_iter().rev().map(|(_, line)| line));
    }

    /// Whether nothing more is read.
    fn is_over(&self) -> bool {
        let is_full = self.page.next.is_some() && self.read >= self.bounds.full;
        is_full || self.read >= self.bounds.most || Instant::now() >= self.ends
    }

    /// The next page goes on where nothing more was read, unless it has to before.
    fn stop_at(&mut self, log: &LogFile, offset: u64) {
        if self.page.next.is_none() && offset > 0 {
            self.page.next = Some(Place { file: &log.id, offset }.write());
        }
    }

    fn into_page(self) -> TrailPage {
        let is_end = self.search.before.is_none();
        let check = self.stretch.map(|stretch| stretch.into_check(true, is_end)).unwrap_or_default();
        let chain = ChainCheck { unread: self.unread, ..check };
        TrailPage { chain, ..self.page }
    }
}
