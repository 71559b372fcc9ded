use async_trait::async_trait;
use data_adapter_core::{AdapterError, Language, OperationId, OperationName, OptionChoice, UserId};
use data_adapter_sca::{ConsentRecord, ConsentStore, ShownForm, ShownOption};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::time::{nanoseconds, timestamp};
use crate::writer::Change;
use crate::{SqliteStore, remote};

/// Options in the file: ids with a yes or no.
fn to_json(options: &[(&str, bool)]) -> sqlx::Result<String> {
    serde_json::to_string(options).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

fn from_json(json: &str) -> sqlx::Result<Vec<(String, bool)>> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

struct Remember(ShownForm);

#[async_trait]
impl Change for Remember {
    type Output = ();

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let form = self.0;
        let options: Vec<_> =
            form.options.iter().map(|option| (option.id.as_str(), option.required)).collect();
        sqlx::query("INSERT OR REPLACE INTO shown_forms VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(form.operation.as_str())
            .bind(form.user.as_str())
            .bind(form.form.as_str())
            .bind(&form.version)
            .bind(form.language.as_str())
            .bind(to_json(&options)?)
            .bind(nanoseconds(form.shown_at))
            .execute(connection)
            .await
            .map(drop)
    }
}

struct Add(ConsentRecord);

#[async_trait]
impl Change for Add {
    type Output = ();

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let record = self.0;
        let options: Vec<_> =
            record.options.iter().map(|option| (option.id.as_str(), option.checked)).collect();
        sqlx::query(
            "INSERT INTO consents (user_id, operation_id, form, version, language, options, given_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(record.user.as_str())
        .bind(record.operation.as_str())
        .bind(record.form.as_str())
        .bind(&record.version)
        .bind(record.language.as_str())
        .bind(to_json(&options)?)
        .bind(nanoseconds(record.given_at))
        .execute(connection)
        .await
        .map(drop)
    }
}

fn shown_form(row: &SqliteRow) -> sqlx::Result<ShownForm> {
    let options = from_json(row.try_get("options")?)?;
    Ok(ShownForm {
        operation: OperationId::new(row.try_get::<String, _>("operation_id")?),
        user: UserId::new(row.try_get::<String, _>("user_id")?),
        form: OperationName::new(row.try_get::<String, _>("form")?),
        version: row.try_get("version")?,
        language: Language::new(row.try_get::<String, _>("language")?),
        options: options.into_iter().map(|(id, required)| ShownOption { id, required }).collect(),
        shown_at: timestamp(row.try_get("shown_at")?)?,
    })
}

fn record(row: &SqliteRow) -> sqlx::Result<ConsentRecord> {
    let options = from_json(row.try_get("options")?)?;
    Ok(ConsentRecord {
        user: UserId::new(row.try_get::<String, _>("user_id")?),
        operation: OperationId::new(row.try_get::<String, _>("operation_id")?),
        form: OperationName::new(row.try_get::<String, _>("form")?),
        version: row.try_get("version")?,
        language: Language::new(row.try_get::<String, _>("language")?),
        options: options.into_iter().map(|(id, checked)| OptionChoice { id, checked }).collect(),
        given_at: timestamp(row.try_get("given_at")?)?,
    })
}

#[async_trait]
impl ConsentStore for SqliteStore {
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError> {
        self.writer.write(Remember(shown)).await
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        let row = sqlx::query("SELECT * FROM shown_forms WHERE operation_id = ? AND user_id = ?")
            .bind(operation.as_str())
            .bind(user.as_str())
            .fetch_optional(&self.readers)
            .await;
        let form = row.and_then(|row| row.as_ref().map(shown_form).transpose());
        form.map_err(|error| remote(&error))
    }

    async fn add_consent(&self, consent: ConsentRecord) -> Result<(), AdapterError> {
        self.writer.write(Add(consent)).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<ConsentRecord>, AdapterError> {
        let rows = sqlx::query("SELECT * FROM consents WHERE ?1 IS NULL OR user_id = ?1 ORDER BY id")
            .bind(user.map(UserId::as_str))
            .fetch_all(&self.readers)
            .await;
        let records = rows.and_then(|rows| rows.iter().map(record).collect());
        records.map_err(|error| remote(&error))
    }
}
