//! Change without a restart, as an operator has it: a file is changed, the service reads it, and nobody who calls notices more than that.

mod command;
mod kinds;
mod recorded;
mod refused;
mod under_way;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Builder, DataAdapter, Exit};

const CONFIGURATION: &str = include_str!("../../crates/data-adapter/src/demo/configuration.toml");
const USERS: &str = include_str!("../../crates/data-adapter/src/demo/users.toml");

/// What the log says of a reload that went well.
const DONE: &str = "The configuration was read again";

/// The demo with its users, its texts and a key in files of their own, and an audit log.
struct Stage {
    folder: TempDir,
    adapter: DataAdapter,
}

impl Stage {
    async fn start() -> Self {
        Self::start_with("", |builder| builder).await
    }

    /// The same with more settings, written as `section.key = value`, and started as a test says.
    async fn start_with(more: &str, how: impl FnOnce(Builder) -> Builder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let head = format!(
            "server.control_socket = \"{}\"\naudit.target = \"file\"\naudit.file = \"{}\"\ntexts.folder = \"{}\"\n{more}\n",
            path("control"),
            path("audit.jsonl"),
            path("texts")
        );
        let users = format!("users_file = \"{}\"", path("users.toml"));
        let configuration = head + &CONFIGURATION.replace("demo_users = true", &users);
        fs::create_dir(folder.path().join("texts")).expect("a folder");
        for (name, text) in [
            ("users.toml", USERS),
            ("texts/en.ftl", "sms-login = At first { $code }\n"),
            ("data-adapter.toml", &configuration),
        ] {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        let builder = DataAdapter::builder().env("DATA_ADAPTER_CONFIG", path("data-adapter.toml"));
        Self { adapter: how(builder).start().await, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    /// Writes something else into the configuration.
    fn change(&self, from: &str, to: &str) {
        let before = self.read("data-adapter.toml");
        assert!(before.contains(from), "there is no {from:?} in {before}");
        self.write("data-adapter.toml", &before.replace(from, to));
    }

    /// Writes more settings in front of it.
    fn prepend(&self, more: &str) {
        self.write("data-adapter.toml", &format!("{more}\n{}", self.read("data-adapter.toml")));
    }

    /// Runs the command beside the service.
    async fn reload(&self) -> Exit {
        let builder = DataAdapter::builder()
            .env("DATA_ADAPTER_CONFIG", self.path("data-adapter.toml").display().to_string());
        builder.arg("reload").spawn_failing().await
    }

    /// The same where it has to go well, and to name this key.
    async fn reloaded(&self, changed: &str) {
        let exit = self.reload().await;
        assert_eq!(exit.status, Some(0), "{exit:?}\n{}", self.adapter.log());
        assert!(exit.stdout.contains(&format!("`{changed}`")), "{changed}: {exit:?}");
    }

    /// The lines of reloads in the audit log.
    fn recorded(&self) -> Vec<Value> {
        let text = self.read("audit.jsonl");
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.filter(|line| line["event"] == "reloaded").collect()
    }
}
