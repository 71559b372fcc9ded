//! The reference of the settings in the book, made from the example configuration: `make docs` writes it.

use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "\
# Settings

<!-- Made from data-adapter.example.toml by `make docs`; change that file, not this one. -->

Every setting, with its default: what is used when the configuration leaves it out. The file is TOML, and is named with
`--config FILE` or `DATA_ADAPTER_CONFIG`. A file to start from is [data-adapter.example.toml](data-adapter.example.toml).

Any setting with a single value can come from the environment, which goes before the file: `DATA_ADAPTER__`, the section,
`__` and the key, in capitals and with `__` for each dot. `port` of `[server]` is `DATA_ADAPTER__SERVER__PORT`. The flags
`--host` and `--port` go before both. Names that are yours, of back ends, organizations, operations, forms and clients, are matched
to those of the file in any case and with `_` for `-`: `DATA_ADAPTER__BACKENDS__CORE_BANKING__URL` is `url` of
`[backends.core-banking]`. A variable adds none: one that fits no name of the file, or two, is refused, as one that is no setting is.
Variables that begin with `DATA_ADAPTER_` alone, as Kubernetes makes them for a Service of this name, are ignored; one that looks
like a setting is warned of.

`data-adapter config check` says what is wrong, `data-adapter config show` prints what is in effect, without secrets. Unknown
keys are refused. Paths of files are relative to the folder that the program is started in. Secrets are in base64, and each
can come from a file instead, named by the key with `_file`; only one of the two may be set. A byte order mark at the beginning of
any file is left out.
";

/// A table of the example, with what is said about it.
pub(super) struct Section {
    /// Its header, brackets included.
    header: String,
    about: String,
    pub(super) entries: Vec<Entry>,
}

/// A key of the example, with what is said about it.
pub(super) struct Entry {
    pub(super) key: String,
    about: String,
    /// The default in the words of the example; empty where it names none.
    pub(super) default: String,
}

impl Section {
    /// The header without its brackets.
    pub(super) fn name(&self) -> &str {
        self.header.trim_matches(['[', ']'])
    }

    /// Whether it says anything that another section has not said.
    fn is_explained(&self) -> bool {
        !self.about.is_empty() || self.entries.iter().any(|entry| !entry.about.is_empty())
    }

    fn add(&mut self, key: &str, value: &str, about: &str) {
        let last = self.entries.last();
        let (about, default) = if !about.is_empty() {
            split_default(about)
        } else if last.is_some_and(|last| format!("{}_file", last.key) == key) {
            ("The same, from a file.".to_owned(), last.map_or("", |last| &last.default).to_owned())
        } else {
            (String::new(), String::new())
        };
        let states_all = self.about.ends_with("The values are the defaults.");
        let default = if default.is_empty() && states_all { value.to_owned() } else { default };
        self.entries.push(Entry { key: key.to_owned(), about, default });
    }

    fn render(&self, page: &mut String) {
        let _ = write!(page, "\n## `{}`\n\n", self.header);
        if !self.about.is_empty() {
            let _ = write!(page, "{}\n\n", linked(&self.about));
        }
        if self.entries.is_empty() {
            return;
        }
        page.push_str("| key | default | what it is |\n|---|---|---|\n");
        for Entry { key, about, default } in &self.entries {
            let _ = writeln!(page, "| `{key}` | {} | {} |", quoted(default), linked(about));
        }
    }
}

/// The page of the book for an example.
pub(super) fn reference(example: &str) -> String {
    let mut page = HEAD.to_owned();
    for section in sections(example).iter().filter(|section| section.is_explained()) {
        section.render(&mut page);
    }
    page
}

/// The tables of an example, in its order.
pub(super) fn sections(example: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in example.lines() {
        let live = line.strip_prefix("# ").unwrap_or(line);
        if line.is_empty() {
            comment.clear();
        } else if is_header(live) {
            let about = std::mem::take(&mut comment).join(" ");
            sections.push(Section { header: live.to_owned(), about, entries: Vec::new() });
        } else if let Some((key, value)) = setting(live) {
            let about = std::mem::take(&mut comment).join(" ");
            sections.last_mut().expect("no key before the first section").add(key, value, &about);
        } else {
            comment.push(line.trim_start_matches("# "));
        }
    }
    sections
}

fn is_header(line: &str) -> bool {
    line.starts_with('[') && line.ends_with(']') && !line.contains(' ')
}

/// The key and the value of a line, commented out or not; a sentence has no `=` after its first word.
fn setting(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(" = ")?;
    let is_key =
        key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte));
    is_key.then_some((key, value))
}

/// What is said of a setting, without the sentences that name its default and its variable.
fn split_default(about: &str) -> (String, String) {
    let mut default = String::new();
    let said = about.split_inclusive(". ").filter(|sentence| {
        if let Some(named) = sentence.strip_prefix("Default: ") {
            default = named.trim_end().trim_end_matches('.').to_owned();
        }
        !sentence.starts_with("Default: ") && !sentence.starts_with("DATA_ADAPTER__")
    });
    let said = said.collect::<String>();
    (said.trim_end().to_owned(), default)
}

/// A default, its value as code.
fn quoted(default: &str) -> String {
    let end = default.find(" (").or_else(|| default.rfind(", ").filter(|_| !default.ends_with(['"', ']'])));
    let (value, more) = default.split_at(end.unwrap_or(default.len()));
    let is_value = value.starts_with(|c: char| c.is_ascii_digit() || "\"[".contains(c));
    let is_value = is_value || matches!(value, "true" | "false");
    if is_value { format!("`{value}`{more}") } else { default.to_owned() }
}

/// A text with links to the chapters that it names.
fn linked(text: &str) -> String {
    let words: Vec<_> = text.split(' ').map(linked_word).collect();
    words.join(" ").replace('|', "\\|")
}

fn linked_word(word: &str) -> String {
    let (before, name) = word.split_at(word.len() - word.trim_start_matches('(').len());
    let name = name.strip_prefix("docs/").unwrap_or(name);
    match name.split_once(".md") {
        Some((chapter, after)) if is_chapter(chapter) => {
            format!("{before}[{chapter}.md]({chapter}.md){after}")
        }
        _ => word.to_owned(),
    }
}

fn is_chapter(name: &str) -> bool {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(format!("{name}.md")).is_file()
}
