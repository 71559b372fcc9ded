use async_trait::async_trait;
use data_adapter_core::{AdapterError, Language, OperationId, OperationName, OptionChoice, UserId};
use data_adapter_sca::{ConsentRecord, ConsentStore, ShownForm, ShownOption};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Row, params};

use crate::SqliteStore;
use crate::time::{nanoseconds, timestamp};

/// Options in the file: ids with a yes or no.
fn to_json(options: &[(&str, bool)]) -> rusqlite::Result<String> {
    serde_json::to_string(options).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
}

fn options(row: &Row<'_>) -> rusqlite::Result<Vec<(String, bool)>> {
    let json: String = row.get("options")?;
    serde_json::from_str(&json)
        .map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
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
            "INSERT INTO consents (user_id, operation_id, form, version, language, options, given_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            record.user.as_str(),
            record.operation.as_str(),
            record.form.as_str(),
            record.version,
            record.language.as_str(),
            to_json(&options)?,
            nanoseconds(record.given_at),
        ])
        .map(drop)
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
        operation: OperationId::new(row.get::<_, String>("operation_id")?),
        form: OperationName::new(row.get::<_, String>("form")?),
        version: row.get("version")?,
        language: Language::new(row.get::<_, String>("language")?),
        options: options(row)?.into_iter().map(|(id, checked)| OptionChoice { id, checked }).collect(),
        given_at: timestamp(row, "given_at")?,
    })
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

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<ConsentRecord>, AdapterError> {
        let user = user.cloned();
        let question = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT * FROM consents WHERE ?1 IS NULL OR user_id = ?1 ORDER BY id")?
                .query_map([user.as_ref().map(UserId::as_str)], record)?
                .collect()
        };
        self.reader.read(question).await
    }
}
