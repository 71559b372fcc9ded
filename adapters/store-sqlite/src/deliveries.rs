use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId};
use data_adapter_sca::{
    Delivery, DeliveryStatus, DeliveryStore, MOST_EARLY_RECEIPTS, NewDelivery, Receipt, Receipted, of_parts,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::SqliteStore;
use crate::time::nanoseconds;

/// `status` in the file. The greater one wins.
fn number(status: DeliveryStatus) -> i64 {
    match status {
        DeliveryStatus::HandedOver => 0,
        DeliveryStatus::Undelivered => 1,
        DeliveryStatus::Delivered => 2,
    }
}

fn status(number: i64) -> rusqlite::Result<DeliveryStatus> {
    match number {
        0 => Ok(DeliveryStatus::HandedOver),
        1 => Ok(DeliveryStatus::Undelivered),
        2 => Ok(DeliveryStatus::Delivered),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(0, other)),
    }
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        message: MessageId::new(row.get::<_, String>("message_id")?),
        gateway: row.get("gateway")?,
        status: status(row.get("status")?)?,
        reason: row.get("reason")?,
    })
}

fn hand_over(connection: &Connection, new: &NewDelivery, now: Timestamp) -> rusqlite::Result<Delivery> {
    let NewDelivery { message, gateway, references } = new;
    let now = nanoseconds(now);
    connection
        .prepare_cached("DELETE FROM delivery_parts WHERE message_id = ?")?
        .execute([message.as_str()])?;
    for reference in references {
        connection
            .prepare_cached(
                "INSERT INTO delivery_parts VALUES (?1, ?2, ?3, 0, NULL, ?4)
                 ON CONFLICT DO UPDATE SET
                     status = CASE WHEN message_id IS NULL THEN status ELSE 0 END,
                     reason = CASE WHEN message_id IS NULL THEN reason END,
                     message_id = ?3, kept_at = ?4",
            )?
            .execute(params![gateway, reference, message.as_str(), now])?;
    }
    let (status, reason) = whole(connection, message.as_str())?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?)")?
        .execute(params![message.as_str(), gateway, number(status), reason, now])?;
    Ok(Delivery { message: message.clone(), gateway: gateway.clone(), status, reason })
}

/// What is known of a message, by its parts.
fn whole(connection: &Connection, message: &str) -> rusqlite::Result<(DeliveryStatus, Option<String>)> {
    let parts: Result<Vec<_>, _> = connection
        .prepare_cached("SELECT status, reason FROM delivery_parts WHERE message_id = ?")?
        .query_map([message], |row| Ok((status(row.get(0)?)?, row.get(1)?)))?
        .collect();
    Ok(of_parts(&parts?))
}

fn keep_receipt(connection: &Connection, receipt: &Receipt, now: Timestamp) -> rusqlite::Result<Receipted> {
    let Receipt { gateway, reference, status, reason } = receipt;
    let news: Option<Option<String>> = connection
        .prepare_cached(
            "UPDATE delivery_parts SET status = ?3, reason = ?4
             WHERE gateway = ?1 AND reference = ?2 AND status < ?3 RETURNING message_id",
        )?
        .query_one(params![gateway, reference, number(*status), reason], |row| row.get(0))
        .optional()?;
    match news {
        Some(Some(message)) => update(connection, &message),
        Some(None) => Ok(Receipted::NoMessage),
        None => keep_early(connection, receipt, now),
    }
}

/// Keeps a receipt of a part that nothing is known of.
fn keep_early(connection: &Connection, receipt: &Receipt, now: Timestamp) -> rusqlite::Result<Receipted> {
    let Receipt { gateway, reference, status, reason } = receipt;
    let message: Option<Option<String>> = connection
        .prepare_cached("SELECT message_id FROM delivery_parts WHERE gateway = ? AND reference = ?")?
        .query_one([gateway, reference], |row| row.get(0))
        .optional()?;
    if let Some(message) = message {
        return Ok(if message.is_some() { Receipted::Known } else { Receipted::NoMessage });
    }
    connection
        .prepare_cached(
            "INSERT INTO delivery_parts SELECT ?1, ?2, NULL, ?3, ?4, ?5
             WHERE (SELECT count(*) FROM delivery_parts WHERE message_id IS NULL) < ?6",
        )?
        .execute(params![
            gateway,
            reference,
            number(*status),
            reason,
            nanoseconds(now),
            MOST_EARLY_RECEIPTS.cast_signed()
        ])?;
    Ok(Receipted::NoMessage)
}

/// What is known of a message, a part of which has changed.
fn update(connection: &Connection, message: &str) -> rusqlite::Result<Receipted> {
    let (status, reason) = whole(connection, message)?;
    let changed = connection
        .prepare_cached(
            "UPDATE deliveries SET status = ?2, reason = ?3 WHERE message_id = ?1 AND status <> ?2 RETURNING *",
        )?
        .query_one(params![message, number(status), reason], delivery)
        .optional()?;
    Ok(changed.map_or(Receipted::Part, Receipted::Changed))
}

#[async_trait]
impl DeliveryStore for SqliteStore {
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError> {
        let delivery = delivery.clone();
        self.writer.write(move |connection| hand_over(connection, &delivery, now)).await
    }

    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError> {
        let receipt = receipt.clone();
        self.writer.write(move |connection| keep_receipt(connection, &receipt, now)).await
    }

    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        let messages = messages.to_vec();
        let question = move |connection: &Connection| {
            let mut known = connection.prepare_cached("SELECT * FROM deliveries WHERE message_id = ?")?;
            let found =
                messages.iter().map(|message| known.query_one([message.as_str()], delivery).optional());
            let found: Result<Vec<_>, _> = found.collect();
            Ok(found?.into_iter().flatten().collect())
        };
        self.reader.read(question).await
    }
}
