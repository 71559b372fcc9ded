use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, ConsentClient, Language, OperationId, OperationName, OptionChoice, OrganizationId, UserId,
};
use data_adapter_records::{nanoseconds, read_options, read_scopes, write_options, write_scopes};
use data_adapter_sca::{
    ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, ErasedConsents, KeptConsent, ShownForm,
    ShownOption,
};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::rows::{get, optional_time, time};
use crate::session::{Outcome, Session, query};

async fn remember(session: &mut Session<'_>, form: &ShownForm) -> Outcome<()> {
    let options: Vec<_> = form.options.iter().map(|option| (option.id.as_str(), option.required)).collect();
    let statement = query(
        "INSERT INTO shown_forms VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (operation_id, user_id) DO UPDATE SET form = excluded.form, version = excluded.version,
             language = excluded.language, options = excluded.options, shown_at = excluded.shown_at",
    );
    let statement = statement
        .bind(form.operation.as_str())
        .bind(form.user.as_str())
        .bind(form.form.as_str())
        .bind(&form.version)
        .bind(form.language.as_str())
        .bind(write_options(&options))
        .bind(nanoseconds(form.shown_at));
    session.execute(statement).await.map(drop)
}

async fn shown(
    session: &mut Session<'_>,
    operation: &OperationId,
    user: &UserId,
) -> Outcome<Option<ShownForm>> {
    let statement = query("SELECT * FROM shown_forms WHERE operation_id = $1 AND user_id = $2");
    let row = session.optional(statement.bind(operation.as_str()).bind(user.as_str())).await?;
    row.as_ref().map(shown_form).transpose()
}

async fn add(session: &mut Session<'_>, record: &ConsentRecord) -> Outcome<()> {
    let options: Vec<_> = record.options.iter().map(|option| (option.id.as_str(), option.checked)).collect();
    let statement = query(
        "INSERT INTO consents (user_id, operation_id, form, version, language, options, given_at, organization_id, client_id,
             scopes, remembered_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    );
    let statement = statement
        .bind(record.user.as_str())
        .bind(record.operation.as_str())
        .bind(record.form.as_str())
        .bind(&record.version)
        .bind(record.language.as_str())
        .bind(write_options(&options))
        .bind(nanoseconds(record.given_at))
        .bind(record.organization.as_ref().map(OrganizationId::as_str))
        .bind(record.client.as_ref().map(|client| client.id.as_str()))
        .bind(record.client.as_ref().map(|client| write_scopes(&client.scopes)))
        .bind(record.remembered_until.map(nanoseconds));
    session.execute(statement).await.map(drop)
}

/// Consents with their withdrawals.
macro_rules! consents {
    ($which:literal) => {
        concat!("SELECT * FROM consents LEFT JOIN consent_withdrawals ON consent_id = id WHERE ", $which)
    };
}

async fn latest(session: &mut Session<'_>, purpose: &ConsentPurpose) -> Outcome<Option<KeptConsent>> {
    let statement = query(consents!(
        "user_id = $1 AND form = $2 AND client_id = $3 AND scopes = $4 AND version = $5
             AND organization_id IS NOT DISTINCT FROM $6
         ORDER BY id DESC LIMIT 1"
    ));
    let statement = statement
        .bind(purpose.user.as_str())
        .bind(purpose.form.as_str())
        .bind(&purpose.client.id)
        .bind(write_scopes(&purpose.client.scopes))
        .bind(&purpose.version)
        .bind(purpose.organization.as_ref().map(OrganizationId::as_str));
    session.optional(statement).await?.as_ref().map(kept).transpose()
}

async fn consents(session: &mut Session<'_>, user: Option<&UserId>) -> Outcome<Vec<KeptConsent>> {
    let statement = query(consents!("$1::TEXT IS NULL OR user_id = $1 ORDER BY id"));
    session.all(statement.bind(user.map(UserId::as_str))).await?.iter().map(kept).collect()
}

async fn withdraw(
    session: &mut Session<'_>,
    user: &UserId,
    filter: &ConsentFilter,
    now: Timestamp,
) -> Outcome<u64> {
    let statement = query(
        "INSERT INTO consent_withdrawals (consent_id, withdrawn_at)
         SELECT id, $1 FROM consents
         WHERE user_id = $2 AND ($3::TEXT IS NULL OR form = $3) AND ($4::TEXT IS NULL OR client_id = $4)
         ORDER BY id
         ON CONFLICT DO NOTHING",
    );
    let statement = statement
        .bind(nanoseconds(now))
        .bind(user.as_str())
        .bind(filter.form.as_ref().map(OperationName::as_str))
        .bind(filter.client.as_deref());
    session.execute(statement).await
}

/// Removes what there is of a user. The consents are locked first, so that none of them is withdrawn meanwhile.
async fn erase(session: &mut Session<'_>, user: &UserId) -> Outcome<ErasedConsents> {
    let lock = query("SELECT id FROM consents WHERE user_id = $1 ORDER BY id FOR UPDATE");
    session.all(lock.bind(user.as_str())).await?;
    let withdrawals = query(
        "DELETE FROM consent_withdrawals WHERE consent_id IN (SELECT id FROM consents WHERE user_id = $1)",
    );
    Ok(ErasedConsents {
        withdrawals: session.execute(withdrawals.bind(user.as_str())).await?,
        consents: session
            .execute(query("DELETE FROM consents WHERE user_id = $1").bind(user.as_str()))
            .await?,
        shown_forms: session
            .execute(query("DELETE FROM shown_forms WHERE user_id = $1").bind(user.as_str()))
            .await?,
    })
}

fn shown_form(row: &PgRow) -> Outcome<ShownForm> {
    let options = read_options(get(row, "options")?)?;
    Ok(ShownForm {
        operation: OperationId::new(get::<String>(row, "operation_id")?),
        user: UserId::new(get::<String>(row, "user_id")?),
        form: OperationName::new(get::<String>(row, "form")?),
        version: get(row, "version")?,
        language: Language::new(get::<String>(row, "language")?),
        options: options.into_iter().map(|(id, required)| ShownOption { id, required }).collect(),
        shown_at: time(row, "shown_at")?,
    })
}

fn client(row: &PgRow) -> Outcome<Option<ConsentClient>> {
    let Some(id) = get(row, "client_id")? else { return Ok(None) };
    Ok(Some(ConsentClient { id, scopes: read_scopes(get(row, "scopes")?)? }))
}

fn kept(row: &PgRow) -> Outcome<KeptConsent> {
    let options = read_options(get(row, "options")?)?;
    let consent = ConsentRecord {
        user: UserId::new(get::<String>(row, "user_id")?),
        organization: get::<Option<String>>(row, "organization_id")?.map(OrganizationId::new),
        operation: OperationId::new(get::<String>(row, "operation_id")?),
        client: client(row)?,
        form: OperationName::new(get::<String>(row, "form")?),
        version: get(row, "version")?,
        language: Language::new(get::<String>(row, "language")?),
        options: options.into_iter().map(|(id, checked)| OptionChoice { id, checked }).collect(),
        given_at: time(row, "given_at")?,
        remembered_until: optional_time(row, "remembered_until")?,
    };
    Ok(KeptConsent { consent, withdrawn_at: optional_time(row, "withdrawn_at")? })
}

#[async_trait]
impl ConsentStore for PostgresStore {
    async fn remember_shown(&self, form: ShownForm) -> Result<(), AdapterError> {
        let form = &form;
        self.change(|session| Box::pin(remember(session, form))).await
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        self.ask(|session| Box::pin(shown(session, operation, user))).await
    }

    async fn add_consent(&self, record: ConsentRecord) -> Result<(), AdapterError> {
        let record = &record;
        self.change(|session| Box::pin(add(session, record))).await
    }

    async fn latest_consent(&self, purpose: &ConsentPurpose) -> Result<Option<KeptConsent>, AdapterError> {
        self.ask(|session| Box::pin(latest(session, purpose))).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        self.ask(|session| Box::pin(consents(session, user))).await
    }

    async fn withdraw_consents(
        &self,
        user: &UserId,
        filter: &ConsentFilter,
        now: Timestamp,
    ) -> Result<u64, AdapterError> {
        self.change(|session| Box::pin(withdraw(session, user, filter, now))).await
    }

    async fn erase_consents(&self, user: &UserId) -> Result<ErasedConsents, AdapterError> {
        self.change(|session| Box::pin(erase(session, user))).await
    }
}
