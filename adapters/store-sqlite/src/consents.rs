use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, ConsentClient, Language, OperationId, OperationName, OptionChoice, OrganizationId, UserId,
};
use data_adapter_sca::{
    ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, ErasedConsents, KeptConsent, ShownForm,
    ShownOption,
};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::SqliteStore;
use crate::time::{nanoseconds, optional_timestamp, timestamp};

/// A list in the file.
fn to_json(list: &(impl Serialize + ?Sized)) -> rusqlite::Result<String> {
    serde_json::to_string(list).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
}

fn from_json<T: DeserializeOwned>(json: &str) -> rusqlite::Result<T> {
    serde_json::from_str(json)
        .map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

/// Options: ids with a yes or no.
fn options(row: &Row<'_>) -> rusqlite::Result<Vec<(String, bool)>> {
    from_json(&row.get::<_, String>("options")?)
}

fn client(row: &Row<'_>) -> rusqlite::Result<Option<ConsentClient>> {
    let Some(id) = row.get("client_id")? else { return Ok(None) };
    Ok(Some(ConsentClient { id, scopes: from_json(&row.get::<_, String>("scopes")?)? }))
}

fn remember(connection: &Connection, form: &ShownForm) -> rusqlite::Result<()> {
    let options: Vec<_> = form.options.iter().map(|option| (option.id.as_str(), option.required)).collect();
    connection
        .prepare_cached("INSERT OR REPLACE INTO shown_forms VALUES (?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![
            form.operation.as_str(),
            form.user.as_str(),
            form.form.as_str(),
            form.version,
            form.language.as_str(),
            to_json(&options)?,
            nanoseconds(form.shown_at),
        ])
        .map(drop)
}

fn add(connection: &Connection, record: &ConsentRecord) -> rusqlite::Result<()> {
    let options: Vec<_> = record.options.iter().map(|option| (option.id.as_str(), option.checked)).collect();
    connection
        .prepare_cached(
            "INSERT INTO consents (user_id, operation_id, form, version, language, options, given_at,
                 organization_id, client_id, scopes, remembered_until)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            record.user.as_str(),
            record.operation.as_str(),
            record.form.as_str(),
            record.version,
            record.language.as_str(),
            to_json(&options)?,
            nanoseconds(record.given_at),
            record.organization.as_ref().map(OrganizationId::as_str),
            record.client.as_ref().map(|client| client.id.as_str()),
            record.client.as_ref().map(|client| to_json(&client.scopes)).transpose()?,
            record.remembered_until.map(nanoseconds),
        ])
        .map(drop)
}

/// Consents with their withdrawals.
const CONSENTS: &str = "SELECT * FROM consents LEFT JOIN consent_withdrawals ON consent_id = id";

fn latest(connection: &Connection, purpose: &ConsentPurpose) -> rusqlite::Result<Option<KeptConsent>> {
    connection
        .prepare_cached(&format!(
            "{CONSENTS} WHERE user_id = ? AND form = ? AND client_id = ? AND scopes = ? AND version = ? AND organization_id IS ?
             ORDER BY id DESC LIMIT 1"
        ))?
        .query_one(
            params![
                purpose.user.as_str(),
                purpose.form.as_str(),
                purpose.client.id,
                to_json(&purpose.client.scopes)?,
                purpose.version,
                purpose.organization.as_ref().map(OrganizationId::as_str),
            ],
            kept,
        )
        .optional()
}

fn withdraw(
    connection: &Connection,
    user: &UserId,
    filter: &ConsentFilter,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let withdrawn = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO consent_withdrawals (consent_id, withdrawn_at)
             SELECT id, ?1 FROM consents
             WHERE user_id = ?2 AND (?3 IS NULL OR form = ?3) AND (?4 IS NULL OR client_id = ?4)",
        )?
        .execute(params![
            nanoseconds(now),
            user.as_str(),
            filter.form.as_ref().map(OperationName::as_str),
            filter.client,
        ])?;
    Ok(withdrawn as u64)
}

/// Removes what there is of a user. What is removed is overwritten where it was.
fn erase(connection: &Connection, user: &UserId) -> rusqlite::Result<ErasedConsents> {
    let remove = |statement| -> rusqlite::Result<u64> {
        Ok(connection.prepare_cached(statement)?.execute([user.as_str()])? as u64)
    };
    connection.pragma_update(None, "secure_delete", true)?;
    let withdrawals =
        "DELETE FROM consent_withdrawals WHERE consent_id IN (SELECT id FROM consents WHERE user_id = ?)";
    let erased = remove(withdrawals).and_then(|withdrawals| {
        Ok(ErasedConsents {
            withdrawals,
            consents: remove("DELETE FROM consents WHERE user_id = ?")?,
            shown_forms: remove("DELETE FROM shown_forms WHERE user_id = ?")?,
        })
    });
    connection.pragma_update(None, "secure_delete", false)?;
    erased
}

fn shown_form(row: &Row<'_>) -> rusqlite::Result<ShownForm> {
    Ok(ShownForm {
        operation: OperationId::new(row.get::<_, String>("operation_id")?),
        user: UserId::new(row.get::<_, String>("user_id")?),
        form: OperationName::new(row.get::<_, String>("form")?),
        version: row.get("version")?,
        language: Language::new(row.get::<_, String>("language")?),
        options: options(row)?.into_iter().map(|(id, required)| ShownOption { id, required }).collect(),
        shown_at: timestamp(row, "shown_at")?,
    })
}

fn record(row: &Row<'_>) -> rusqlite::Result<ConsentRecord> {
    Ok(ConsentRecord {
        user: UserId::new(row.get::<_, String>("user_id")?),
        organization: row.get::<_, Option<String>>("organization_id")?.map(OrganizationId::new),
        operation: OperationId::new(row.get::<_, String>("operation_id")?),
        client: client(row)?,
        form: OperationName::new(row.get::<_, String>("form")?),
        version: row.get("version")?,
        language: Language::new(row.get::<_, String>("language")?),
        options: options(row)?.into_iter().map(|(id, checked)| OptionChoice { id, checked }).collect(),
        given_at: timestamp(row, "given_at")?,
        remembered_until: optional_timestamp(row, "remembered_until")?,
    })
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptConsent> {
    Ok(KeptConsent { consent: record(row)?, withdrawn_at: optional_timestamp(row, "withdrawn_at")? })
}

#[async_trait]
impl ConsentStore for SqliteStore {
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError> {
        self.writer.write(move |connection| remember(connection, &shown)).await
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        let (operation, user) = (operation.clone(), user.clone());
        let question = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT * FROM shown_forms WHERE operation_id = ? AND user_id = ?")?
                .query_one(params![operation.as_str(), user.as_str()], shown_form)
                .optional()
        };
        self.reader.read(question).await
    }

    async fn add_consent(&self, consent: ConsentRecord) -> Result<(), AdapterError> {
        self.writer.write(move |connection| add(connection, &consent)).await
    }

    async fn latest_consent(&self, purpose: &ConsentPurpose) -> Result<Option<KeptConsent>, AdapterError> {
        let purpose = purpose.clone();
        self.reader.read(move |connection| latest(connection, &purpose)).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        let user = user.cloned();
        let question = move |connection: &Connection| {
            connection
                .prepare_cached(&format!("{CONSENTS} WHERE ?1 IS NULL OR user_id = ?1 ORDER BY id"))?
                .query_map([user.as_ref().map(UserId::as_str)], kept)?
                .collect()
        };
        self.reader.read(question).await
    }

    async fn withdraw_consents(
        &self,
        user: &UserId,
        filter: &ConsentFilter,
        now: Timestamp,
    ) -> Result<u64, AdapterError> {
        let (user, filter) = (user.clone(), filter.clone());
        self.writer.write(move |connection| withdraw(connection, &user, &filter, now)).await
    }

    async fn erase_consents(&self, user: &UserId) -> Result<ErasedConsents, AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| erase(connection, &user)).await
    }
}
