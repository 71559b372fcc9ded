//! Starting the program with settings of a test's own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

use crate::{DataAdapter, PATIENCE, binary};

/// What limits the codes that are sent, with what lifts it.
const SEND_LIMITS: [(&str, &str); 6] = [
    ("DATA_ADAPTER__SMS__RESEND_DELAY_SECONDS", "0"),
    ("DATA_ADAPTER__SMS__LIMITS__USER", ""),
    ("DATA_ADAPTER__SMS__LIMITS__NUMBER", ""),
    ("DATA_ADAPTER__SMS__LIMITS__COUNTRY", ""),
    ("DATA_ADAPTER__SMS__LIMITS__ORGANIZATION", ""),
    ("DATA_ADAPTER__SMS__LIMITS__ALL", ""),
];

/// How the program is to be started: with the demo data, on a free port, with the memory store, unless
/// the test says otherwise.
pub struct Builder {
    program: Option<PathBuf>,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    config: Option<String>,
    stdin: Option<String>,
    wrapper: Vec<String>,
    token: Option<String>,
}

/// How a program ended and what it printed.
#[derive(Debug)]
pub struct Exit {
    /// The exit code, or `None` when a signal ended it.
    pub status: Option<i32>,
    /// All of its standard output.
    pub stdout: String,
    /// All of its standard error, which is its log.
    pub stderr: String,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let named = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            program: None,
            environment: SEND_LIMITS.into_iter().map(named).collect(),
            arguments: Vec::new(),
            config: None,
            stdin: None,
            wrapper: Vec::new(),
            token: None,
        }
        .env("DATA_ADAPTER__SERVER__PORT", "0")
        .env("DATA_ADAPTER__STORE__URL", "memory:")
    }

    /// Sends no more codes than the configuration says: without this any number of them is sent, at any time.
    pub fn with_send_limits(self) -> Self {
        SEND_LIMITS.iter().fold(self, |builder, (name, _)| builder.without_env(name))
    }

    /// Starts this program in place of `data-adapter`: one that is built on it.
    #[must_use]
    pub fn program(mut self, program: &Path) -> Self {
        self.program = Some(program.to_owned());
        self
    }

    /// Sets an environment variable; a later one of the same name wins.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Takes an environment variable away again, also those that this builder sets by itself.
    pub fn without_env(mut self, name: &str) -> Self {
        self.environment.retain(|(set, _)| set != name);
        self
    }

    /// Adds an argument of the command line.
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Writes a configuration file and names it to the program by `DATA_ADAPTER_CONFIG`.
    pub fn config(mut self, toml: impl Into<String>) -> Self {
        self.config = Some(toml.into());
        self
    }

    /// What the program reads on its standard input; without this it reads nothing.
    pub fn stdin(mut self, text: impl Into<String>) -> Self {
        self.stdin = Some(text.into());
        self
    }

    /// Starts the program by another one, such as `strace`, which gets it and its arguments behind its own.
    pub fn wrapped_in(mut self, command: &[&str]) -> Self {
        self.wrapper = command.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// Shows this token with every request.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Keeps the store in a file that outlives the instance.
    pub fn store(self, file: &Path) -> Self {
        self.env("DATA_ADAPTER__STORE__URL", format!("sqlite:{}", file.display()))
    }

    /// Starts the program as a server and waits until it listens.
    pub async fn start(self) -> DataAdapter {
        let (mut command, folder) = self.command();
        let child = command.spawn().expect("the binary can be started");
        DataAdapter::attach(child, folder, self.token.as_deref()).await
    }

    /// Runs the program to its end: for commands that end by themselves and for starts that must fail.
    pub async fn spawn_failing(self) -> Exit {
        let (mut command, _folder) = self.command();
        let mut child = command.spawn().expect("the binary can be started");
        if let Some(mut pipe) = child.stdin.take() {
            // A program that ends without reading closes the pipe, which is its right.
            let _ = pipe.write_all(self.stdin.unwrap_or_default().as_bytes()).await;
        }
        let output = timeout(PATIENCE, child.wait_with_output())
            .await
            .expect("the program ends by itself instead of running on")
            .expect("the program can be waited for");
        Exit {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The command in an empty folder of its own, so that no file of the developer's is picked up.
    fn command(&self) -> (Command, TempDir) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = self.program.as_deref().unwrap_or_else(|| binary());
        let mut command = match self.wrapper.split_first() {
            None => Command::new(program),
            Some((wrapper, arguments)) => {
                let mut command = Command::new(wrapper);
                command.args(arguments).arg(program);
                command
            }
        };
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("DATA_ADAPTER") || name.starts_with("OTEL_") || name == "RUST_LOG" {
                command.env_remove(name.as_ref());
            }
        }
        if let Some(toml) = &self.config {
            let file = folder.path().join("data-adapter.toml");
            std::fs::write(&file, toml).expect("the configuration file can be written");
            command.env("DATA_ADAPTER_CONFIG", file);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.args(&self.arguments).current_dir(folder.path());
        command.stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        (command, folder)
    }
}
