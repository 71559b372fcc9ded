//! What `strace` saw, in order.

use std::collections::HashMap;
use std::path::Path;

/// Something that the process did.
#[derive(Debug)]
pub(super) enum Event {
    /// A request that creates or verifies a code came in.
    Request { connection: u32, creates: bool, operation: String },
    /// A page was handed over to the file of newest changes.
    Written { page: u32, hex: String },
    /// That file was written through to the disk; `since` is the place of the event that came next when this began.
    Synced { since: usize },
    /// An answer went out.
    Answer { connection: u32 },
}

/// Reads a trace made with `-f -x -y`. Strings that are not text are in hex.
#[derive(Default)]
pub(super) struct Trace {
    pub(super) events: Vec<Event>,
    /// By thread: the file that a call works on which is not over, and when the call began.
    under_way: HashMap<u32, (u32, usize)>,
    /// The page that comes next; its number is written before it.
    page: u32,
}

impl Trace {
    pub(super) fn read(file: &Path, newest_changes: &str) -> Self {
        let text = std::fs::read_to_string(file).expect("strace writes its file");
        let mut trace = Self::default();
        for line in text.lines() {
            trace.add(line, &format!("{newest_changes}>"));
        }
        trace
    }

    fn add(&mut self, line: &str, newest_changes: &str) {
        let (thread, call) = line.split_once(' ').expect("a thread and a call");
        let thread = thread.parse().expect("the number of a thread");
        let (file, since) = match call.trim_start().split_once('(') {
            Some((name, arguments)) if !name.contains(' ') => (number(arguments), self.events.len()),
            _ => self.under_way.remove(&thread).unwrap_or_default(),
        };
        if call.ends_with("<unfinished ...>") {
            self.under_way.insert(thread, (file, since));
        }
        let resumed = call.trim_start().starts_with("<...");
        let is_over = !call.ends_with("<unfinished ...>");
        if call.contains("\"POST /api/auth/sms/") {
            self.events.push(request(file, call));
        } else if call.contains("\"HTTP/1.1 200 OK") {
            self.events.push(Event::Answer { connection: file });
        } else if call.contains("sync") && is_over && call.ends_with("= 0") {
            if resumed || call.contains(newest_changes) {
                self.events.push(Event::Synced { since });
            }
        } else if call.contains("pwrite64(") && call.contains(newest_changes) {
            self.written(call);
        }
    }

    /// A frame is written in two calls: a head of 24 bytes that begins with the number of the page, and the page.
    fn written(&mut self, call: &str) {
        let hex = call.split('"').nth(1).expect("what is written").replace("\\x", "");
        if hex.len() == 2 * 24 {
            self.page = u32::from_str_radix(&hex[..8], 16).expect("the number of a page");
        } else {
            self.events.push(Event::Written { page: self.page, hex });
        }
    }
}

fn number(text: &str) -> u32 {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn request(connection: u32, call: &str) -> Event {
    let name = call.split("\"op-").nth(1).expect("the request came in one piece");
    let rest = name.find('\\').expect("the name ends with a quote");
    let operation = format!("op-{}", &name[..rest]);
    Event::Request { connection, creates: call.contains("/sms/create "), operation }
}
