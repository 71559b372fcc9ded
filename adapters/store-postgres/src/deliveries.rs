use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId};
use data_adapter_records::{delivery as status, delivery_number as number, nanoseconds};
use data_adapter_sca::{
    Delivery, DeliveryStatus, DeliveryStore, MOST_EARLY_RECEIPTS, NewDelivery, Receipt, Receipted, of_parts,
};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::rows::get;
use crate::session::{Lock, Outcome, Session, Trouble, query};

fn delivery(row: &PgRow) -> Outcome<Delivery> {
    Ok(Delivery {
        message: MessageId::new(get::<String>(row, "message_id")?),
        gateway: get(row, "gateway")?,
        status: status(get(row, "status")?)?,
        reason: get(row, "reason")?,
    })
}

/// Locks the message, then its parts: what is known of the whole is made of all of them.
async fn hand_over(session: &mut Session<'_>, new: &NewDelivery, now: Timestamp) -> Outcome<Delivery> {
    let NewDelivery { message, gateway, references } = new;
    let now = nanoseconds(now);
    let keep = query(
        "INSERT INTO deliveries VALUES ($1, $2, 0, NULL, $3)
         ON CONFLICT (message_id) DO UPDATE SET gateway = excluded.gateway, kept_at = excluded.kept_at",
    );
    session.execute(keep.bind(message.as_str()).bind(gateway).bind(now)).await?;
    let forget = query("DELETE FROM delivery_parts WHERE message_id = $1");
    session.execute(forget.bind(message.as_str())).await?;
    let mut references: Vec<_> = references.iter().collect();
    references.sort_unstable();
    for reference in references {
        let part = query(
            "INSERT INTO delivery_parts VALUES ($1, $2, $3, 0, NULL, $4)
             ON CONFLICT (gateway, reference) DO UPDATE SET
                 status = CASE WHEN delivery_parts.message_id IS NULL THEN delivery_parts.status ELSE 0 END,
                 reason = CASE WHEN delivery_parts.message_id IS NULL THEN delivery_parts.reason END,
                 message_id = excluded.message_id, kept_at = excluded.kept_at",
        );
        session.execute(part.bind(gateway).bind(reference).bind(message.as_str()).bind(now)).await?;
    }
    let (status, reason) = whole(session, message.as_str()).await?;
    let known = query("UPDATE deliveries SET status = $2, reason = $3 WHERE message_id = $1");
    session.execute(known.bind(message.as_str()).bind(number(status)).bind(&reason)).await?;
    Ok(Delivery { message: message.clone(), gateway: gateway.clone(), status, reason })
}

/// What is known of a message, by its parts.
async fn whole(session: &mut Session<'_>, message: &str) -> Outcome<(DeliveryStatus, Option<String>)> {
    let statement = query("SELECT status, reason FROM delivery_parts WHERE message_id = $1");
    let rows = session.all(statement.bind(message)).await?;
    let part = |row: &PgRow| Ok((status(get(row, "status")?)?, get(row, "reason")?));
    let parts: Outcome<Vec<_>> = rows.iter().map(part).collect();
    Ok(of_parts(&parts?))
}

async fn keep_receipt(session: &mut Session<'_>, receipt: &Receipt, now: Timestamp) -> Outcome<Receipted> {
    let Receipt { gateway, reference, .. } = receipt;
    let find = query("SELECT message_id FROM delivery_parts WHERE gateway = $1 AND reference = $2");
    let Some(part) = session.optional(find.bind(gateway).bind(reference)).await? else {
        return keep_early(session, receipt, now).await;
    };
    match get::<Option<String>>(&part, "message_id")? {
        None => add_to_early(session, receipt).await,
        Some(message) => add_to_message(session, receipt, &message).await,
    }
}

/// Keeps a receipt of a part of a message.
async fn add_to_message(session: &mut Session<'_>, receipt: &Receipt, message: &str) -> Outcome<Receipted> {
    let Receipt { gateway, reference, status, reason } = receipt;
    let lock = query("SELECT 1 FROM deliveries WHERE message_id = $1 FOR UPDATE");
    session.exists(lock.bind(message)).await?;
    let keep = query(
        "UPDATE delivery_parts SET status = $4, reason = $5
         WHERE gateway = $1 AND reference = $2 AND message_id = $3 AND status < $4",
    );
    let keep = keep.bind(gateway).bind(reference).bind(message).bind(number(*status)).bind(reason);
    if session.execute(keep).await? > 0 {
        return update(session, message).await;
    }
    let is_known =
        query("SELECT 1 FROM delivery_parts WHERE gateway = $1 AND reference = $2 AND message_id = $3");
    let is_known = session.exists(is_known.bind(gateway).bind(reference).bind(message)).await?;
    if is_known { Ok(Receipted::Known) } else { Err(Trouble::Changed) }
}

/// What is known of a message, a part of which has changed.
async fn update(session: &mut Session<'_>, message: &str) -> Outcome<Receipted> {
    let (status, reason) = whole(session, message).await?;
    let statement = query(
        "UPDATE deliveries SET status = $2, reason = $3 WHERE message_id = $1 AND status <> $2 RETURNING *",
    );
    let changed = session.optional(statement.bind(message).bind(number(status)).bind(reason)).await?;
    Ok(changed.as_ref().map(delivery).transpose()?.map_or(Receipted::Part, Receipted::Changed))
}

/// Keeps a receipt of a part of no message, of which one was kept before.
async fn add_to_early(session: &mut Session<'_>, receipt: &Receipt) -> Outcome<Receipted> {
    let Receipt { gateway, reference, status, reason } = receipt;
    let statement = query(
        "UPDATE delivery_parts
         SET status = greatest(status, $3), reason = CASE WHEN status < $3 THEN $4 ELSE reason END
         WHERE gateway = $1 AND reference = $2 AND message_id IS NULL",
    );
    let statement = statement.bind(gateway).bind(reference).bind(number(*status)).bind(reason);
    if session.execute(statement).await? > 0 { Ok(Receipted::NoMessage) } else { Err(Trouble::Changed) }
}

/// Keeps a receipt of a part that nothing is known of, one at a time, so that there are never too many.
async fn keep_early(session: &mut Session<'_>, receipt: &Receipt, now: Timestamp) -> Outcome<Receipted> {
    let Receipt { gateway, reference, status, reason } = receipt;
    session.lock(Lock::alone("early receipts", "")).await?;
    let keep = query(
        "INSERT INTO delivery_parts SELECT $1, $2, NULL, $3, $4, $5
         WHERE (SELECT count(*) FROM delivery_parts WHERE message_id IS NULL) < $6
         ON CONFLICT DO NOTHING",
    );
    let keep = keep
        .bind(gateway)
        .bind(reference)
        .bind(number(*status))
        .bind(reason)
        .bind(nanoseconds(now))
        .bind(i64::try_from(MOST_EARLY_RECEIPTS).unwrap_or(i64::MAX));
    if session.execute(keep).await? > 0 {
        return Ok(Receipted::NoMessage);
    }
    let appeared = query("SELECT 1 FROM delivery_parts WHERE gateway = $1 AND reference = $2");
    let has_appeared = session.exists(appeared.bind(gateway).bind(reference)).await?;
    if has_appeared { Err(Trouble::Changed) } else { Ok(Receipted::NoMessage) }
}

async fn deliveries(session: &mut Session<'_>, messages: &[MessageId]) -> Outcome<Vec<Delivery>> {
    let messages: Vec<_> = messages.iter().map(MessageId::to_string).collect();
    let statement = query("SELECT * FROM deliveries WHERE message_id = ANY($1)").bind(messages);
    session.all(statement).await?.iter().map(delivery).collect()
}

#[async_trait]
impl DeliveryStore for PostgresStore {
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError> {
        self.change(|session| Box::pin(hand_over(session, delivery, now))).await
    }

    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError> {
        self.change(|session| Box::pin(keep_receipt(session, receipt, now))).await
    }

    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        self.ask(|session| Box::pin(deliveries(session, messages))).await
    }
}
