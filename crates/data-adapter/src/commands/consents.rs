//! Commands on the consents of users.

use data_adapter_admin::consent_entry;
use data_adapter_audit::{AuditOutcome, ascii, looking, withdrawing, withdrawn};
use data_adapter_core::{ConsentClient, OperationName, OptionChoice, UserId};
use data_adapter_protocol::admin::ConsentEntry;
use data_adapter_sca::{ConsentFilter, KeptConsent};
use jiff::Timestamp;
use serde::Serialize;

use super::admin::on_store;
use super::record::Record;
use super::table::{Format, Table};
use crate::config::Settings;
use crate::failure::Failure;

/// Lists consents, oldest first.
pub(super) fn list(settings: &Settings, user: Option<&str>, format: Format) -> Result<(), Failure> {
    on_store(settings, async |administration| {
        let user = user.map(UserId::new);
        let consents = administration.consents(user.as_ref()).await?;
        let header = [
            "given_at",
            "user",
            "organization",
            "operation",
            "client",
            "scopes",
            "form",
            "version",
            "language",
            "options",
            "remembered_until",
            "withdrawn_at",
        ];
        Table::new(header, consents.into_iter().map(row)).print(format)
    })
}

fn row(KeptConsent { consent, withdrawn_at }: KeptConsent) -> [String; 12] {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let (client, scopes) =
        consent.client.map(|ConsentClient { id, scopes }| (id, scopes)).unwrap_or_default();
    [
        consent.given_at.to_string(),
        consent.user.to_string(),
        consent.organization.map(|organization| organization.to_string()).unwrap_or_default(),
        consent.operation.to_string(),
        client,
        scopes.into_iter().collect::<Vec<_>>().join(" "),
        consent.form.to_string(),
        consent.version,
        consent.language.to_string(),
        consent.options.iter().map(answer).collect::<Vec<_>>().join(" "),
        time(consent.remembered_until),
        time(withdrawn_at),
    ]
}

fn answer(option: &OptionChoice) -> String {
    format!("{}={}", option.id, if option.checked { "yes" } else { "no" })
}

/// All consents of a user with their withdrawals, as the user may be given them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    user_id: String,
    consents: Vec<ConsentEntry>,
}

/// Prints all consents of a user. The audit log says who looked.
pub(super) fn export(settings: &Settings, user: &str) -> Result<(), Failure> {
    let user = UserId::new(user);
    let mut record = Record::new(&settings.audit)?;
    on_store(settings, async |administration| {
        let line = record.announce(looking("consents", Some(&user)))?;
        let result = administration.consents(Some(&user)).await;
        record.finish(line, |line| match &result {
            Ok(_) => line.came_to(AuditOutcome::Succeeded, None),
            Err(error) => line.came_to_error(error),
        })?;
        let consents = (1..).zip(result?).map(|(number, consent)| consent_entry(number, consent));
        let export = Export { user_id: user.to_string(), consents: consents.collect() };
        let json = serde_json::to_string_pretty(&export)
            .map_err(|error| Failure::Failed(format!("the consents can't be printed: {error}")))?;
        record.say(&json.lines().map(ascii).collect::<Vec<_>>().join("\n"))
    })
}

/// Withdraws what a user has consented to until now.
pub(super) fn withdraw(
    settings: &Settings,
    user: &str,
    form: Option<String>,
    client: Option<String>,
) -> Result<(), Failure> {
    let user = UserId::new(user);
    let filter = ConsentFilter { form: form.map(OperationName::new), client };
    let mut record = Record::new(&settings.audit)?;
    on_store(settings, async |administration| {
        let line = record.announce(withdrawing(&user, &filter))?;
        let result = administration.withdraw_consents(&user, &filter).await;
        record.finish(line, |line| withdrawn(line, &result))?;
        match result? {
            0 => record.say("there was no consent to withdraw."),
            1 => record.say("1 consent is withdrawn."),
            count => record.say(&format!("{count} consents are withdrawn.")),
        }
    })
}
