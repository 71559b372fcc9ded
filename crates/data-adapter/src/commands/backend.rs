use std::io::IsTerminal as _;

use clap::{Args, Subcommand};
use data_adapter_core::{
    AccountStatus, Authentication, AuthenticationOutcome, Capabilities, Credentials, OperationContext,
    OperationId, OperationName, OrganizationId, Password, PasswordCheck, Step, User, UsernameQuery,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{password, print};
use crate::backends::{Registry, connect};
use crate::config::Settings;
use crate::failure::Failure;
use crate::runtime;

#[derive(Subcommand)]
pub(super) enum BackendCommand {
    /// Try a back end step by step, and say what is wrong and what to do about it
    ///
    /// Connects to the system behind as the service would: looks its name up, connects, verifies the certificate, logs in, and
    /// looks whether users are where the configuration says. Each step is a line that begins with `ok`, or with `WRONG` and
    /// what to do. After a step that is wrong, those that need it are left out: their lines begin with `skip`, and say why. A
    /// kind of your own has one step, its readiness, unless it describes more.
    ///
    /// With --user somebody is looked up, and then their password can be checked. At a terminal it is asked for, and nothing
    /// shows while it is typed; type nothing to leave it out. A wrong password counts in the system behind, which may lock the
    /// account; it does not count here. No code is sent, no phone number is shown, and nothing is stored or recorded.
    ///
    /// Examples:
    ///   data-adapter --config data-adapter.toml backend check directory
    ///   data-adapter --config data-adapter.toml backend check directory --user jane --organization RETAIL
    ///   data-adapter --config data-adapter.toml backend check directory --user jane --password-stdin < password
    ///
    /// Exit codes: 0 every step is ok, 1 one is wrong, 2 wrong usage, 78 wrong configuration.
    #[command(verbatim_doc_comment)]
    Check(CheckArgs),
}

#[derive(Args)]
pub(super) struct CheckArgs {
    /// The NAME of its section, `[backends.NAME]`
    name: String,
    /// Look this user up, by the name that they type
    #[arg(long, value_name = "USERNAME")]
    user: Option<String>,
    /// The organization that the user belongs to
    #[arg(long, value_name = "ID", default_value = "RETAIL", requires = "user")]
    organization: String,
    /// Read the password of the user from the first line of standard input
    #[arg(long, requires = "user")]
    password_stdin: bool,
}

pub(super) fn run(command: BackendCommand, settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    let BackendCommand::Check(args) = command;
    let capabilities = connect(&args.name, settings, registry)?;
    runtime::start()?.block_on(check(&args, &capabilities))
}

async fn check(args: &CheckArgs, capabilities: &Capabilities) -> Result<(), Failure> {
    let steps = match &capabilities.readiness {
        Some(readiness) => readiness.steps().await,
        None => {
            vec![Step::fine("the system behind", "there is none, or none that can be asked for its state")]
        }
    };
    steps.iter().try_for_each(tell)?;
    let is_fine = steps.iter().all(|step| step.outcome().is_ok());
    let is_fine = match &args.user {
        Some(username) => check_user(args, username, capabilities, is_fine).await?,
        None => is_fine,
    };
    if is_fine { Ok(()) } else { Err(Failure::Failed(format!("`{}` can't be used as it is", args.name))) }
}

/// Whether the user is there, and the password theirs, if there is one to check. What is not tried is told.
async fn check_user(
    args: &CheckArgs,
    username: &str,
    capabilities: &Capabilities,
    is_fine: bool,
) -> Result<bool, Failure> {
    let user = match find(args, username, capabilities, is_fine).await {
        Ok(user) => user,
        Err(step) => {
            tell(&step)?;
            if args.password_stdin {
                tell(&Step::left_out(PASSWORD, "nobody was found whose it could be"))?;
            }
            return Ok(false);
        }
    };
    tell(&Step::fine(USER, described(&user, capabilities)))?;
    let Some(PasswordCheck::Bare(passwords) | PasswordCheck::Complete(passwords)) =
        &capabilities.authentication
    else {
        if args.password_stdin {
            tell(&Step::left_out(PASSWORD, "this back end checks none"))?;
        }
        return Ok(!args.password_stdin);
    };
    let Some(password) = read_password(args)? else {
        if args.password_stdin {
            tell(&Step::left_out(PASSWORD, "the first line of standard input is empty"))?;
        }
        return Ok(!args.password_stdin);
    };
    let step = check_password(passwords.as_ref(), user, password).await;
    tell(&step)?;
    Ok(step.outcome().is_ok())
}

const USER: &str = "user";
const PASSWORD: &str = "password";

/// The user, or else the step that did not lead to them.
async fn find(
    args: &CheckArgs,
    username: &str,
    capabilities: &Capabilities,
    is_fine: bool,
) -> Result<User, Step> {
    let Some(users) = &capabilities.users else {
        return Err(Step::wrong(USER, "this back end finds no users: leave `--user` out"));
    };
    let organizations = capabilities.readiness.as_ref().and_then(|readiness| readiness.organizations());
    if let Some(known) = organizations.filter(|known| known.iter().all(|id| id.as_str() != args.organization))
    {
        let known: Vec<_> = known.iter().map(OrganizationId::as_str).collect();
        let why = format!(
            "there is no organization `{}`: `--organization` is one of {}",
            args.organization,
            known.join(", ")
        );
        return Err(Step::wrong(USER, why));
    }
    if !is_fine {
        return Err(Step::left_out(USER, "a step before it is wrong"));
    }
    let query = UsernameQuery {
        username: username.to_owned(),
        organization: OrganizationId::new(&args.organization),
        operation: operation(),
    };
    match users.by_username(&query).await {
        Ok(Some(user)) => Ok(user),
        Ok(None) => {
            let why = format!(
                "nobody of {} has that name: look at `--organization`, and at where users are searched for",
                args.organization
            );
            Err(Step::wrong(USER, why))
        }
        Err(error) => Err(Step::wrong(USER, error.to_string())),
    }
}

/// A back end that makes codes itself may keep the phone number to itself.
fn described(user: &User, capabilities: &Capabilities) -> String {
    let account = match user.status {
        AccountStatus::Active => "active",
        AccountStatus::Blocked => "blocked: no password and no code is taken",
    };
    let phone = match (&user.phone, &capabilities.sms_otp) {
        (Some(_), _) => ", has a phone number",
        (None, None) => ", has no phone number, so gets no codes",
        (None, Some(_)) => "",
    };
    format!("id {}{phone}; the account is {account}", user.id)
}

/// `None` where there is nobody to type it, or nothing was typed.
fn read_password(args: &CheckArgs) -> Result<Option<SecretString>, Failure> {
    let password = if args.password_stdin {
        password::read_line()?
    } else if std::io::stdin().is_terminal() {
        password::ask("Password (nothing leaves it out): ")?
    } else {
        return Ok(None);
    };
    Ok(Some(password).filter(|password| !password.expose_secret().is_empty()))
}

async fn check_password(passwords: &dyn Authentication, user: User, password: SecretString) -> Step {
    let credentials = Credentials {
        user: user.id,
        is_nobody: false,
        organization: Some(user.organization),
        password: Password::Clear(password),
        operation: operation(),
    };
    let outcome = match passwords.authenticate(&credentials).await {
        Ok(AuthenticationOutcome::Succeeded { tolerated: None, .. }) => Ok("it is right".to_owned()),
        Ok(AuthenticationOutcome::Succeeded { tolerated: Some(restriction), .. }) => {
            Ok(format!("it is right, and lets in only as the settings allow: {}", restriction.name()))
        }
        Ok(AuthenticationOutcome::Restricted { restriction, password_is_right: true, .. }) => {
            Err(format!("it is right, and the account may not be used: {}", restriction.name()))
        }
        Ok(AuthenticationOutcome::Restricted { restriction, password_is_right: false, .. }) => {
            Err(format!("the account may not be used, whatever the password: {}", restriction.name()))
        }
        Ok(AuthenticationOutcome::Failed { .. }) => {
            Err("it is wrong, or the account may not be used now".to_owned())
        }
        Err(error) => Err(error.to_string()),
    };
    Step::new(PASSWORD, outcome)
}

/// What the system behind is told that this is for.
fn operation() -> OperationContext {
    OperationContext {
        id: OperationId::new("backend-check"),
        name: OperationName::new("login"),
        data: None,
        external_transaction: None,
        form_data: None,
        application: None,
    }
}

fn tell(step: &Step) -> Result<(), Failure> {
    match step.outcome() {
        Ok("") => print(&format!("ok     {}", step.name())),
        Ok(found) => print(&format!("ok     {}: {found}", step.name())),
        Err(why) if step.is_left_out() => print(&format!("skip   {}: left out, since {why}", step.name())),
        Err(why) => print(&format!("WRONG  {}: {why}", step.name())),
    }
}
