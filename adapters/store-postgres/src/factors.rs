use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, UserId};
use data_adapter_records::{channel, channel_number, hash, nanoseconds, status, status_number};
use data_adapter_sca::{
    Enrolled, EnrolledFactor, FactorChannel, FactorStatus, FactorStore, NewFactor, TargetHash,
};
use sqlx::postgres::PgRow;

use crate::challenges::OPERATION;
use crate::rows::{get, time};
use crate::session::{Lock, Outcome, Session, Trouble, query};
use crate::{PostgresStore, idempotency, opening};

fn factor(row: &PgRow) -> Outcome<EnrolledFactor> {
    let (key_id, target): (Option<String>, Option<&[u8]>) = (get(row, "key_id")?, get(row, "target")?);
    let target = target.map(hash).transpose()?;
    Ok(EnrolledFactor {
        user: UserId::new(get::<String>(row, "user_id")?),
        channel: channel(get(row, "channel")?)?,
        status: status(get(row, "status")?)?,
        enrolled_at: time(row, "enrolled_at")?,
        target: key_id.zip(target).map(|(key_id, hash)| TargetHash { key_id, hash }),
        message: get::<Option<String>>(row, "message_id")?.map(MessageId::new),
    })
}

/// A factor as it was a moment ago: it is not locked. What decides it is locked before it, and so it is changed only where it is
/// decided by the same challenge still.
struct Glance {
    status: FactorStatus,
    message: Option<String>,
}

async fn glance(session: &mut Session<'_>, user: &UserId, channel: FactorChannel) -> Outcome<Option<Glance>> {
    let statement = query("SELECT status, message_id FROM factors WHERE user_id = $1 AND channel = $2");
    let row = session.optional(statement.bind(user.as_str()).bind(channel_number(channel))).await?;
    let glance =
        |row: PgRow| Ok(Glance { status: status(get(&row, "status")?)?, message: get(&row, "message_id")? });
    row.map(glance).transpose()
}

async fn enrol(session: &mut Session<'_>, new: &NewFactor) -> Outcome<Enrolled> {
    let NewFactor { channel, challenge, call, .. } = new;
    let Some(user) = &challenge.step.user else { return Ok(Enrolled::Refused) };
    if let Some(call) = call
        && !idempotency::awaits_effect(session, call).await?
    {
        return Ok(Enrolled::CallOver);
    }
    let older = glance(session, user, *channel).await?;
    let is_active = older.as_ref().is_some_and(|older| older.status == FactorStatus::Active);
    if is_active || !opening::open(session, challenge).await? {
        return Ok(Enrolled::Refused);
    }
    let older = older.and_then(|older| older.message);
    end_deciding(session, older.as_deref()).await?;
    keep(session, user, new, older.as_deref()).await?;
    if let Some(call) = call {
        idempotency::had_effect(session, call).await?;
    }
    Ok(Enrolled::Pending)
}

/// Keeps a factor as pending, in place of one that `older` decides.
async fn keep(session: &mut Session<'_>, user: &UserId, new: &NewFactor, older: Option<&str>) -> Outcome<()> {
    let NewFactor { channel, target, challenge, .. } = new;
    let statement = query(
        "INSERT INTO factors (user_id, channel, status, enrolled_at, target, key_id, message_id)
         VALUES ($1, $2, 0, $3, $4, $5, $6)
         ON CONFLICT (user_id, channel) DO UPDATE SET
             status = 0, enrolled_at = $3, target = $4, key_id = $5, message_id = $6
         WHERE factors.status <> 1 AND factors.message_id IS NOT DISTINCT FROM $7",
    );
    let statement = statement
        .bind(user.as_str())
        .bind(channel_number(*channel))
        .bind(nanoseconds(challenge.created_at))
        .bind(target.as_ref().map(|target| target.hash.as_slice()))
        .bind(target.as_ref().map(|target| &target.key_id))
        .bind(challenge.message.as_str())
        .bind(older);
    unchanged(session.execute(statement).await?)
}

/// Whether what was looked at before is as it was; else everything is done again.
fn unchanged(rows: u64) -> Outcome<()> {
    if rows > 0 { Ok(()) } else { Err(Trouble::Changed) }
}

/// Ends what was to decide a factor.
async fn end_deciding(session: &mut Session<'_>, message: Option<&str>) -> Outcome<()> {
    let Some(message) = message else { return Ok(()) };
    let statement = query("UPDATE challenges SET state = 1 WHERE message_id = $1 AND state = 0");
    session.execute(statement.bind(message)).await.map(drop)
}

/// Decides the factor that a challenge is about: false where it is about none.
pub(crate) async fn settle(
    session: &mut Session<'_>,
    message: &MessageId,
    status: FactorStatus,
) -> Outcome<bool> {
    let statement = query("UPDATE factors SET status = $1, message_id = NULL WHERE message_id = $2");
    Ok(session.execute(statement.bind(status_number(status)).bind(message.as_str())).await? > 0)
}

async fn give_up(session: &mut Session<'_>, message: &MessageId) -> Outcome<bool> {
    let end = query(
        "UPDATE challenges SET state = 1
         WHERE message_id = $1 AND state = 0 AND EXISTS (SELECT 1 FROM factors WHERE message_id = $1)",
    );
    session.execute(end.bind(message.as_str())).await?;
    let give_up = query("UPDATE factors SET message_id = NULL WHERE message_id = $1");
    Ok(session.execute(give_up.bind(message.as_str())).await? > 0)
}

async fn deactivate(
    session: &mut Session<'_>,
    user: &UserId,
    channel: FactorChannel,
    target: &TargetHash,
) -> Outcome<bool> {
    let find = query(
        "SELECT id, message_id FROM factors
         WHERE user_id = $1 AND channel = $2 AND target = $3 AND key_id = $4 AND status <> 2",
    );
    let find = find
        .bind(user.as_str())
        .bind(channel_number(channel))
        .bind(target.hash.as_slice())
        .bind(&target.key_id);
    let Some(found) = session.optional(find).await? else { return Ok(false) };
    let (id, message): (i64, Option<String>) = (get(&found, "id")?, get(&found, "message_id")?);
    end_deciding(session, message.as_deref()).await?;
    let deactivate = query(
        "UPDATE factors SET status = 2, message_id = NULL
         WHERE id = $1 AND target = $2 AND key_id = $3 AND status <> 2 AND message_id IS NOT DISTINCT FROM $4",
    );
    let deactivate =
        deactivate.bind(id).bind(target.hash.as_slice()).bind(&target.key_id).bind(message.as_deref());
    unchanged(session.execute(deactivate).await?).map(|()| true)
}

async fn rehash(
    session: &mut Session<'_>,
    user: &UserId,
    channel: FactorChannel,
    older: &TargetHash,
    newer: &TargetHash,
) -> Outcome<bool> {
    let statement = query(
        "UPDATE factors SET target = $5, key_id = $6
         WHERE user_id = $1 AND channel = $2 AND target = $3 AND key_id = $4",
    );
    let statement = statement
        .bind(user.as_str())
        .bind(channel_number(channel))
        .bind(older.hash.as_slice())
        .bind(&older.key_id)
        .bind(newer.hash.as_slice())
        .bind(&newer.key_id);
    Ok(session.execute(statement).await? > 0)
}

async fn unlink(session: &mut Session<'_>, user: &UserId, channel: FactorChannel) -> Outcome<bool> {
    let Some(Glance { message, .. }) = glance(session, user, channel).await? else { return Ok(false) };
    end_deciding(session, message.as_deref()).await?;
    let unlink = query(
        "DELETE FROM factors WHERE user_id = $1 AND channel = $2 AND message_id IS NOT DISTINCT FROM $3",
    );
    let unlink = unlink.bind(user.as_str()).bind(channel_number(channel)).bind(message.as_deref());
    unchanged(session.execute(unlink).await?).map(|()| true)
}

async fn factors(session: &mut Session<'_>, user: &UserId) -> Outcome<Vec<EnrolledFactor>> {
    let statement = query("SELECT * FROM factors WHERE user_id = $1 ORDER BY id").bind(user.as_str());
    session.all(statement).await?.iter().map(factor).collect()
}

#[async_trait]
impl FactorStore for PostgresStore {
    async fn enrol(&self, new: NewFactor) -> Result<Enrolled, AdapterError> {
        let (lock, new) = (Lock::shared(OPERATION, new.challenge.step.operation.as_str()), &new);
        self.change_under(lock, |session| Box::pin(enrol(session, new))).await
    }

    async fn factors(&self, user: &UserId) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.ask(|session| Box::pin(factors(session, user))).await
    }

    async fn give_up(&self, message: &MessageId) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(give_up(session, message))).await
    }

    async fn deactivate(
        &self,
        user: &UserId,
        channel: FactorChannel,
        target: &TargetHash,
    ) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(deactivate(session, user, channel, target))).await
    }

    async fn rehash(
        &self,
        user: &UserId,
        channel: FactorChannel,
        older: &TargetHash,
        newer: &TargetHash,
    ) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(rehash(session, user, channel, older, newer))).await
    }

    async fn unlink(&self, user: &UserId, channel: FactorChannel) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(unlink(session, user, channel))).await
    }
}
