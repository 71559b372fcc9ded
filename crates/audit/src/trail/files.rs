//! The files of a log: the one that is written, and those that were moved away.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Seek as _, Take};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use crate::chain::hash;

/// A file of the log.
pub(super) struct LogFile {
    pub(super) file: File,
    /// Its name, without the folder.
    pub(super) name: String,
    /// By what it is known wherever it is moved to, compressed or not: the hash of its first line.
    pub(super) id: String,
    pub(super) is_compressed: bool,
    begins: Beginning,
}

/// What the first line says of its place.
#[derive(Deserialize)]
struct Beginning {
    sequence: u64,
    time: String,
}

/// So much of a file is looked at for its first line.
const LOOKED_AT: u64 = 1 << 16;

/// The files of the log at `path`, newest first, and the names of those that can't be read.
pub(super) fn files_of(path: &Path) -> io::Result<(Vec<LogFile>, Vec<String>)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = path.file_name().unwrap_or_default();
    let (mut files, mut unread): (Vec<LogFile>, Vec<String>) = Default::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !is_of(base, &name) {
            continue;
        }
        match LogFile::open(&entry.path()) {
            Ok(Some(file)) => files.push(file),
            // It was moved, or removed, meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Ok(None) => {}
            Err(_) => unread.push(name.to_string_lossy().into_owned()),
        }
    }
    sort(&mut files);
    // The same one may be there twice while it is being compressed.
    files.dedup_by(|compressed, plain| compressed.id == plain.id);
    unread.sort();
    Ok((files, unread))
}

/// Whether a name is that of the log, or what it is moved to: `NAME-20261101`, `NAME.1`, `NAME.2.gz`.
fn is_of(base: &OsStr, name: &OsStr) -> bool {
    let (base, name) = (base.to_string_lossy(), name.to_string_lossy());
    name.strip_prefix(base.as_ref()).is_some_and(|rest| {
        let number = rest.strip_suffix(".gz").unwrap_or(rest);
        let is_number =
            |text: &str| text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_alphabetic);
        rest.is_empty() || (number.starts_with(['-', '.']) && is_number(number))
    })
}

/// Newest first. The numbers of lines say it, unless a chain began anew.
fn sort(files: &mut [LogFile]) {
    let beginnings = files.iter().filter(|file| file.begins.sequence == 1).map(|file| &file.id);
    let by_number = beginnings.collect::<BTreeSet<_>>().len() <= 1;
    files.sort_by(|a, b| {
        let order = if by_number {
            b.begins.sequence.cmp(&a.begins.sequence)
        } else {
            b.begins.time.cmp(&a.begins.time)
        };
        order.then_with(|| a.is_compressed.cmp(&b.is_compressed))
    });
}

impl LogFile {
    /// `None` where it is empty, or no file.
    fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Ok(None);
        }
        let is_compressed = path.extension() == Some(OsStr::new("gz"));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut beginning = Vec::new();
        text(&file, is_compressed)?.take(LOOKED_AT).read_to_end(&mut beginning)?;
        let Some(first) = beginning.split(|byte| *byte == b'\n').next().filter(|first| !first.is_empty())
        else {
            return Ok(None);
        };
        let mut lines = beginning.split(|byte| *byte == b'\n');
        let begins = lines.find_map(|line| serde_json::from_slice(line).ok());
        let begins = begins.ok_or_else(|| io::Error::from(ErrorKind::InvalidData))?;
        Ok(Some(Self { id: hash(first), file, name, is_compressed, begins }))
    }

    /// Its text from the beginning, of which no more than so many bytes are read.
    pub(super) fn text(&self, most: u64) -> io::Result<BufReader<Take<Box<dyn Read + '_>>>> {
        Ok(BufReader::with_capacity(1 << 16, text(&self.file, self.is_compressed)?.take(most)))
    }
}

fn text(mut file: &File, is_compressed: bool) -> io::Result<Box<dyn Read + '_>> {
    file.rewind()?;
    Ok(if is_compressed { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) })
}
