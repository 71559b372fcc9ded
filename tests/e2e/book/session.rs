//! The commands of a chapter, in one shell.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Duration;

use regex::Regex;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use super::chapter::{Chapter, Purpose};
use data_adapter_tests::binary::binary;

/// Longer than any chapter takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A network of their own, so that the ports of the book are free, and an end for whatever still runs.
const ALONE: [&str; 6] = ["--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child"];

/// Before the commands: the demo runs, as after `make run`.
const PROLOGUE: &str = r#"
set -eu -o pipefail
exec 2>&1
ip link set lo up
background=
end() { [ -z "$background" ] || { kill -TERM -- "-$background" && wait "$background" || true; } 2>/dev/null; }
# In the background, until it says that it listens.
start() {
    for _ in $(seq 600); do
        ! grep -q 'listening on' "$1" || return 0
        kill -0 "$background" 2>/dev/null || break
        sleep 0.1
    done
    cat "$1"
    return 1
}
"#;

/// What the commands of a chapter print, each time another.
const MASKS: [(&str, &str); 6] = [
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\+0000)", "TIME"),
    (r"^[0-9]{8}$", "CODE"),
    (r"^[A-Za-z0-9_-]{43}=?$", "TOKEN"),
    (r"^\$argon2id\$.*$", "ARGON2ID"),
];

/// A chapter as a script.
pub(super) struct Session<'a> {
    chapter: &'a Chapter,
    script: String,
    /// What each block has to print, by its line.
    expected: Vec<(usize, &'a str)>,
}

impl<'a> Session<'a> {
    /// `None` when the chapter has no command.
    pub(super) fn of(chapter: &'a Chapter) -> Option<Self> {
        let mut session = Self { chapter, script: PROLOGUE.to_owned(), expected: Vec::new() };
        session.background("data-adapter\n", 0);
        let mut command = None;
        for (block, purpose) in chapter.purposes() {
            match purpose {
                Purpose::Run => {
                    command = Some(block.line);
                    let _ = write!(session.script, "\nprintf '\\n== {}\\n'\n{}", block.line, block.text);
                }
                Purpose::Background => {
                    command = Some(block.line);
                    session.background(&block.text, block.line);
                }
                Purpose::File(name) => {
                    let _ = write!(
                        session.script,
                        "\ncat >'{name}' <<'END OF FILE'\n{}END OF FILE\n",
                        block.text
                    );
                }
                Purpose::Output => session.expected.extend(command.map(|line| (line, block.text.as_str()))),
                Purpose::Reading | Purpose::Unclear => {}
            }
        }
        session.script.push_str("\nprintf '\\n== end\\n'\nend\n");
        command.map(|_| session)
    }

    fn background(&mut self, text: &str, line: usize) {
        let log = format!(".background-{line}");
        let _ = write!(
            self.script,
            "\nprintf '\\n== {line}\\n'\nend\nset -m\n(\n{text}) >{log} 2>&1 </dev/null &\nbackground=$!\nset +m\nstart {log}\n"
        );
    }

    /// Runs the commands in an empty folder and compares what they print.
    pub(super) async fn run(&self) -> Result<(), String> {
        let folder = tempfile::tempdir().expect("a folder");
        let Ok(output) = timeout(PATIENCE, self.command(&folder).output()).await else {
            return Err(format!("docs/{}: its commands do not come to an end", self.chapter.name));
        };
        let output = output.expect("unshare can be run");
        let printed =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let (line, said) =
                printed.rsplit_once("== ").and_then(|(_, last)| last.split_once('\n')).unwrap_or_default();
            return Err(format!(
                "docs/{}:{line}: a command fails ({}):\n{said}",
                self.chapter.name, output.status
            ));
        }
        self.expected.iter().try_for_each(|(line, text)| self.compare(*line, text, &printed))
    }

    fn command(&self, folder: &TempDir) -> Command {
        let programs = binary().parent().expect("a folder");
        let mut command = Command::new("unshare");
        command.args(ALONE).args(["bash", "-c", &self.script]).current_dir(folder.path()).env_clear();
        command.env(
            "PATH",
            format!("{}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", programs.display()),
        );
        command.env("HOME", folder.path()).env("LANG", "C.UTF-8").stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    fn compare(&self, line: usize, wanted: &str, printed: &str) -> Result<(), String> {
        let begin = format!("== {line}\n");
        let after = printed.split_once(&begin).map_or("", |(_, after)| after);
        let said = after.split("\n== ").next().unwrap_or_default();
        let said = said.strip_prefix("== ").map_or(said, |_| "");
        let (said, wanted) = (masked(said), masked(wanted));
        if said == wanted {
            return Ok(());
        }
        let name = &self.chapter.name;
        Err(format!("docs/{name}:{line}: the book prints\n{wanted}\nand what came is\n{said}"))
    }
}

/// A text without what is different each time.
fn masked(text: &str) -> String {
    let line = |line: &str| {
        MASKS.iter().fold(line.trim_end().to_owned(), |line, (pattern, name)| {
            Regex::new(pattern).expect("a pattern").replace_all(&line, *name).into_owned()
        })
    };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}
