//! The Data Adapter as it is set up for measurements.

use std::fs::File;
use std::io::{BufWriter, Error, Result, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bare::Answers;
use crate::requests;
use crate::server::Server;

/// How the Data Adapter is set up where it is measured: in the folder `home`, with its usual settings but for the keys, the
/// sandbox and the users.
pub(crate) struct House {
    home: PathBuf,
    program: PathBuf,
}

impl House {
    /// Writes so many users and the configuration. All passwords have this Argon2id hash.
    pub(crate) fn build(home: &Path, users: usize, hash: &str) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("data-adapter");
        Self::of(program, home, users, hash)
    }

    /// The same for another build of the program. What it does not know how to limit it does not limit.
    pub(crate) fn of_another_build(program: &Path, home: &Path, users: usize, hash: &str) -> Result<Self> {
        let house = Self::of(program.canonicalize()?, home, users, hash)?;
        let file = house.file("data-adapter.toml");
        if house.accepts(&file, "memory:").is_err() {
            std::fs::write(&file, format!("{SECRETS}{USERS_FILE}"))?;
            house.accepts(&file, "memory:")?;
        }
        Ok(house)
    }

    fn of(program: PathBuf, home: &Path, users: usize, hash: &str) -> Result<Self> {
        if !program.exists() {
            let why = format!("{} is missing: build it with `make build`", program.display());
            return Err(Error::other(why));
        }
        std::fs::create_dir_all(home)?;
        let mut file = BufWriter::new(File::create(home.join("users.toml"))?);
        for number in 0..users {
            file.write_all(user(number, hash).as_bytes())?;
        }
        file.flush()?;
        std::fs::write(home.join("data-adapter.toml"), format!("{SECRETS}{LIMITS}{USERS_FILE}"))?;
        Ok(Self { home: home.to_owned(), program })
    }

    /// The same with so many partners, all with this Argon2id hash, and two whose password is [`PARTNER_PASSWORD`].
    pub(crate) fn with_partners(self, partners: usize, hash: &str) -> Result<Self> {
        let mut file = BufWriter::new(File::options().append(true).open(self.file("data-adapter.toml"))?);
        file.write_all(SECURITY.as_bytes())?;
        let partner = |name: &str, hash: &str, organization: &str| {
            format!(
                "[[security.partners]]\nusername = \"{name}\"\npassword_hash = \"{hash}\"\norganizations = [\"{organization}\"]\n"
            )
        };
        file.write_all(partner(PARTNER, PARTNER_HASH, requests::ORGANIZATION).as_bytes())?;
        file.write_all(partner(OTHERS_PARTNER, PARTNER_HASH, "SME").as_bytes())?;
        for number in 0..partners {
            file.write_all(partner(&partner_name(number), hash, requests::ORGANIZATION).as_bytes())?;
        }
        file.flush()?;
        Ok(self)
    }

    /// Starts the Data Adapter over a store, such as `memory:`.
    pub(crate) async fn start(&self, store: &str) -> Result<Server> {
        let command = self.over(store);
        let log = format!("{}.log", store.split(':').next().unwrap_or_default());
        Server::start(command, self.file(&log)).await
    }

    /// Whether this build knows how to keep codes in such a store.
    pub(crate) fn knows(&self, store: &str) -> bool {
        self.accepts(&self.file("data-adapter.toml"), store).is_ok()
    }

    /// What the program itself says of a configuration.
    fn accepts(&self, configuration: &Path, store: &str) -> Result<()> {
        let mut command = self.command(store);
        let said = command.env("DATA_ADAPTER_CONFIG", configuration).args(["config", "check"]).output()?;
        if said.status.success() {
            return Ok(());
        }
        let why = String::from_utf8_lossy(&said.stderr);
        Err(Error::other(format!("{} does not take its settings: {why}", self.program.display())))
    }

    /// Starts the Data Adapter with users and passwords from a back end that has these keys. The store is in memory: it
    /// counts wrong passwords where the back end does not.
    pub(crate) async fn start_in_front_of(&self, kind: &str, keys: &str) -> Result<Server> {
        let file = format!("{kind}.toml");
        let capabilities =
            "[capabilities]\nusers = \"behind\"\nauthentication = \"behind\"\noperations = \"engine\"\n";
        let backend = format!("[backends.behind]\nkind = \"{kind}\"\n{keys}\n");
        std::fs::write(self.file(&file), format!("{SECRETS}{capabilities}{backend}"))?;
        let mut command = self.command("memory:");
        command.env("DATA_ADAPTER_CONFIG", self.file(&file));
        Server::start(command, self.file(&format!("{kind}.log"))).await
    }

    /// Starts the demo of the Data Adapter, which has a handful of users.
    pub(crate) async fn start_demo(&self, store: &str) -> Result<Server> {
        Server::start(self.command(store), self.file("demo.log")).await
    }

    /// What starts the Data Adapter over a store, with one thread that answers.
    pub(crate) fn one_worker(&self, store: &str) -> Command {
        let mut command = self.over(store);
        command.env("DATA_ADAPTER__SERVER__WORKERS", "1");
        command
    }

    /// What starts the handler that does nothing, with so many threads that answer.
    pub(crate) fn bare(&self, answers: &Answers, workers: usize) -> Result<Command> {
        let file = self.file("answers.json");
        std::fs::write(&file, serde_json::to_vec(answers)?)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").arg(file).arg(workers.to_string());
        Ok(command)
    }

    /// A file in its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    fn over(&self, store: &str) -> Command {
        let mut command = self.command(store);
        command.env("DATA_ADAPTER_CONFIG", self.file("data-adapter.toml"));
        command
    }

    fn command(&self, store: &str) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DATA_ADAPTER") {
                command.env_remove(name);
            }
        }
        command.current_dir(&self.home);
        command.env("DATA_ADAPTER__SERVER__PORT", "0").env("DATA_ADAPTER__STORE__URL", store);
        if store.starts_with("postgres:") {
            // Who waits long is seen in the latencies.
            command.env("DATA_ADAPTER__STORE__ACQUIRE_TIMEOUT_MS", "60000");
            command.env("DATA_ADAPTER__STORE__STATEMENT_TIMEOUT_MS", "60000");
        }
        command
    }
}

/// The AES key of passwords in the secrets below.
pub(crate) const PASSWORD_KEY: &[u8; 32] = b"a key for measurements, 32 bytes";

/// A partner who sees all users.
pub(crate) const PARTNER: &str = "bench-partner";
/// A partner who sees none of them.
pub(crate) const OTHERS_PARTNER: &str = "other-partner";
/// The password of both.
pub(crate) const PARTNER_PASSWORD: &str = "Partner#2026";
/// A hash of it.
const PARTNER_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aUVcvaIh5mquBB9dMzMEBw$swMi1fnFBjecBJ8ccfZ8U2SfKUToE3Csb5uP8500sqo";

/// The name of a partner; all are of the same length.
pub(crate) fn partner_name(number: usize) -> String {
    format!("partner{number:05}")
}

const SECURITY: &str = r#"
[security]
enabled = true
token_key = "YSBrZXkgZm9yIG1lYXN1cmVtZW50cywgMzIgYnl0ZXM="
"#;

const SECRETS: &str = r#"
[sandbox]
enabled = true
[otp]
key = "YSBrZXkgZm9yIG1lYXN1cmVtZW50cywgMzIgYnl0ZXM="
[password]
key = "YSBrZXkgZm9yIG1lYXN1cmVtZW50cywgMzIgYnl0ZXM="
"#;
/// No limit stops a message, and every one is counted.
const LIMITS: &str = r#"
[sms]
resend_delay_seconds = 0
[sms.limits]
user = "1000000;w=60, 1000000;w=3600, 1000000;w=86400"
number = "1000000;w=60, 1000000;w=3600, 1000000;w=86400"
country = "100000000;w=60, 100000000;w=3600, 100000000;w=86400"
organization = "100000000;w=60, 100000000;w=3600, 100000000;w=86400"
all = "100000000;w=60, 100000000;w=3600, 100000000;w=86400"
"#;

const USERS_FILE: &str = r#"
[backends.memory]
users_file = "users.toml"
"#;

/// A user with two accounts.
fn user(number: usize, hash: &str) -> String {
    let (id, username, organization) =
        (requests::user_id(number), requests::username(number), requests::ORGANIZATION);
    format!(
        r#"
[[users]]
id = "{id}"
username = "{username}"
organization = "{organization}"
given_name = "John"
family_name = "Doe"
phone = "+420{id}0"
password_hash = "{hash}"
[[users.accounts]]
number = "{id}/1234"
id = "CZ401234000000{id}"
name = "Běžný účet v CZK"
balance = "24394.52"
currency = "CZK"
[[users.accounts]]
number = "{id}/4321"
id = "CZ404321000000{id}"
name = "Spořící účet v CZK"
balance = "158121.10"
currency = "CZK"
"#
    )
}
