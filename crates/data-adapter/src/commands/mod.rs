//! The command line.

mod admin;
mod audit;
mod backend;
mod caller_token;
mod config;
mod consents;
mod healthcheck;
mod openapi;
mod password;
mod record;
mod reload;
mod serve;
mod table;
mod texts;
mod user_token;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use data_adapter_protocol::web_flow::Dialect;

use crate::apis::ApiName;
use crate::backends::Registry;
use crate::config::{FILE_VARIABLE, Flags, Settings, load};
use crate::failure::Failure;
use crate::hardening::keep_memory_private;

/// Answers the PowerAuth Data Adapter API between Web Flow and a bank's own systems.
///
/// Without a configuration file it runs a demo: a sandbox with example users, where SMS messages appear on a page instead of
/// a phone.
#[derive(Parser)]
#[command(name = "data-adapter", version, after_help = EXAMPLES)]
struct CommandLine {
    #[command(flatten)]
    flags: FlagArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  data-adapter                                     run the demo on http://127.0.0.1:8080
  data-adapter --config data-adapter.toml          run with a configuration of your own
  data-adapter --config data-adapter.toml config check
  data-adapter --config data-adapter.toml backend check directory
  echo 's3cret' | data-adapter hash-password       make a password_hash for the users file

Any setting but a list can also come from the environment: `port` of `[server]` is
DATA_ADAPTER__SERVER__PORT.

Exit codes: 0 fine, 1 failed, 2 wrong usage, 78 wrong configuration.";

#[derive(Args)]
struct FlagArgs {
    /// The configuration, in TOML. A file that is named has to exist
    #[arg(long, short, global = true, value_name = "FILE", env = FILE_VARIABLE)]
    config: Option<PathBuf>,
    /// The address to listen on, in place of `server.host`
    #[arg(long, global = true, value_name = "ADDRESS")]
    host: Option<String>,
    /// The port to listen on, in place of `server.port`; 0 takes any free one
    #[arg(long, global = true)]
    port: Option<u16>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests until SIGTERM, then finish those under way (default)
    Serve,
    /// Look at the configuration without running it
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Read a password and print its Argon2id hash, for `password_hash` in the users file
    ///
    /// The password is read from the terminal without showing it, or from the first line of standard input.
    HashPassword,
    /// Read a password and print it as a front would send it, under `password.key`
    ///
    /// Prints `ivBase64:ciphertextBase64` for `password`, to go with `"passwordProtection": "PASSWORD_ENCRYPTION_AES"` and
    /// `"cipherTransformation": "AES/CBC/PKCS7Padding"`. The password is read as by `hash-password`.
    EncryptPassword,
    /// Look after users
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Look at the consents that were given, and withdraw them
    Consent {
        #[command(subcommand)]
        command: ConsentCommand,
    },
    /// Look at the codes that wait for an answer
    Challenge {
        #[command(subcommand)]
        command: ChallengeCommand,
    },
    /// Make a token for a caller, and the line of the configuration that lets it in
    ///
    /// Prints two lines. The first is the token: give it to the caller, who sends it as `Authorization: Bearer TOKEN`, or as the
    /// password of HTTP Basic with its name as the user name. It is stored nowhere. The second is its SHA-256, for the
    /// configuration:
    ///
    ///     [[callers.allowed]]
    ///     name = "web-flow"
    ///     token_sha256 = "..."
    #[command(verbatim_doc_comment)]
    CallerToken,
    /// Check the audit log
    Audit {
        #[command(subcommand)]
        command: audit::AuditCommand,
    },
    /// Look at one back end
    Backend {
        #[command(subcommand)]
        command: backend::BackendCommand,
    },
    /// Print the OpenAPI document of an API, as the service would show it under this configuration
    Openapi {
        /// The API
        #[arg(long, value_enum, default_value_t)]
        api: ApiName,
        /// The versions of Web Flow that it is for: `0.22`, or `1` for 0.23 to 1.10; without it those that are served at `/`
        #[arg(long)]
        dialect: Option<Dialect>,
        /// Write the documents of all APIs and dialects into this folder, in place of printing one
        #[arg(long, value_name = "FOLDER", conflicts_with_all = ["api", "dialect"])]
        folder: Option<PathBuf>,
        /// The version of OpenAPI that it is in
        #[arg(long, value_enum, default_value_t)]
        openapi_version: openapi::Version,
    },
    /// Ask a running instance for its status: exit code 0 when it answers, else 1
    Healthcheck,
    /// Have a running service read its configuration again, and say what came of it
    ///
    /// Asks at `server.control_socket`, as the user of the service or as root. The service reads the files and the variables that it
    /// was started with. A configuration that can't be used changes nothing.
    ///
    /// Exit codes: 0 it is in effect, but for what needs a restart, which is named; 1 nobody answers; 2 wrong usage; 78 the
    /// configuration can't be used, and nothing was changed.
    Reload {
        /// The socket, in place of the one of the configuration, which is not read then
        #[arg(long, value_name = "FILE")]
        socket: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Check everything that can be checked without listening, the files it names included; the store is not opened
    Check,
    /// Print the configuration as it is in effect, without its secrets
    Show,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Lift the blocks of a user and count their attempts from zero
    ///
    /// Works on the store of a service that is running, at once. Use the service's configuration, and run in its folder and as
    /// its user. The audit log, when there is one, gets a line with who did it.
    Unblock {
        /// The user's id, not the username
        user: String,
        /// Lift only this block
        #[arg(long)]
        factor: Option<admin::FactorName>,
    },
    /// Remove for good what is kept of a user without an end: consents, their withdrawals, devices and factors
    ///
    /// For the law, such as Article 17 of the GDPR. What the store forgets by itself stays until then, blocks among it, and so do
    /// the audit log, backups and what other systems know. Says what it removed; the audit log gets a line with who did it. Works
    /// like `unblock` on the store of a service that is running.
    Erase {
        /// The user's id, not the username
        user: String,
        /// Do it: nothing brings it back
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Print a token of a user, to try the Additional Factors API with
    ///
    /// In the sandbox only, where `factors.tokens` has a key to sign with, and for a user whom the programme may see. It is good for
    /// an hour, and for as long as the user is not idle.
    ///
    /// Exit codes: 0 here it is, 1 there is no such user or the programme does not see them, 2 wrong usage, 78 wrong configuration.
    Token {
        /// The user's id, not the username
        user: String,
        /// The programme that the user comes through
        #[arg(long)]
        programme: String,
    },
}

#[derive(Subcommand)]
enum ConsentCommand {
    /// List consents, oldest first
    List {
        /// Only those of this user id
        #[arg(long)]
        user: Option<String>,
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: table::Format,
    },
    /// Print all consents of a user with their withdrawals, in JSON, such as for the user
    ///
    /// The audit log, when there is one, gets a line with who did it.
    Export {
        /// The user's id, not the username
        user: String,
    },
    /// Withdraw what a user has consented to until now: the next operation asks again
    ///
    /// The consents stay on record, with when they were withdrawn. Works on the store of a service that is running, at once. The
    /// audit log, when there is one, gets a line with who did it.
    Withdraw {
        /// The user's id, not the username
        user: String,
        /// Only consents to the form of the operation of this name
        #[arg(long)]
        form: Option<String>,
        /// Only consents to the application of this id
        #[arg(long)]
        client: Option<String>,
    },
}

#[derive(Subcommand)]
enum ChallengeCommand {
    /// List open challenges, oldest first. The store holds no codes to show
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: table::Format,
    },
}

impl FlagArgs {
    fn flags(self) -> Flags {
        Flags { file: self.config, host: self.host, port: self.port }
    }

    /// Does something with the configuration. What is wrong with it is told with the variable that it comes from.
    fn with_settings(self, run: impl FnOnce(&Settings) -> Result<(), Failure>) -> Result<(), Failure> {
        let settings = load(&self.flags())?;
        run(&settings).map_err(|failure| settings.blame(failure))
    }
}

pub(crate) fn run(registry: &Registry) -> ExitCode {
    let CommandLine { flags, command } = CommandLine::parse();
    let result =
        keep_memory_private().and_then(|()| execute(flags, command.unwrap_or(Command::Serve), registry));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "data-adapter: {failure}");
            failure.exit_code()
        }
    }
}

fn execute(flags: FlagArgs, command: Command, registry: &Registry) -> Result<(), Failure> {
    match command {
        Command::Serve => serve::serve(&flags.flags(), registry),
        Command::Config { command: ConfigCommand::Check } => {
            flags.with_settings(|settings| config::check(settings, registry))
        }
        Command::Config { command: ConfigCommand::Show } => {
            flags.with_settings(|settings| config::show(settings, registry))
        }
        Command::User { command: UserCommand::Unblock { user, factor } } => {
            flags.with_settings(|settings| admin::unblock(settings, &user, factor))
        }
        Command::User { command: UserCommand::Token { user, programme } } => {
            flags.with_settings(|settings| user_token::make(settings, registry, &user, &programme))
        }
        Command::User { command: UserCommand::Erase { user, yes: _ } } => {
            flags.with_settings(|settings| admin::erase(settings, &user))
        }
        Command::Consent { command: ConsentCommand::List { user, format } } => {
            flags.with_settings(|settings| consents::list(settings, user.as_deref(), format))
        }
        Command::Consent { command: ConsentCommand::Export { user } } => {
            flags.with_settings(|settings| consents::export(settings, &user))
        }
        Command::Consent { command: ConsentCommand::Withdraw { user, form, client } } => {
            flags.with_settings(|settings| consents::withdraw(settings, &user, form, client))
        }
        Command::Challenge { command: ChallengeCommand::List { format } } => {
            flags.with_settings(|settings| admin::challenges(settings, format))
        }
        Command::HashPassword => password::hash(),
        Command::EncryptPassword => flags.with_settings(password::encrypt),
        Command::Audit { command } => audit::run(command),
        Command::Backend { command } => {
            flags.with_settings(|settings| backend::run(command, settings, registry))
        }
        Command::CallerToken => caller_token::make(),
        Command::Openapi { api, dialect, folder, openapi_version } => {
            flags.with_settings(|settings| match folder {
                Some(folder) => openapi::write_documents(settings, &folder, openapi_version),
                None => openapi::print_document(settings, api, dialect, openapi_version),
            })
        }
        Command::Reload { socket } => reload::reload(&flags.flags(), socket),
        Command::Healthcheck => flags.with_settings(healthcheck::check),
    }
}

/// Writes a line to standard output.
fn print(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|error| Failure::Failed(format!("standard output can't be written: {error}")))
}
