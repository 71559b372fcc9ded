use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_records::nanoseconds;
use data_adapter_sca::{Device, DeviceStore, NewDevice};
use sqlx::postgres::PgRow;

use crate::rows::{get, time};
use crate::session::{Outcome, Session, query};
use crate::{PostgresStore, requests};

async fn register(session: &mut Session<'_>, device: &NewDevice) -> Outcome<Device> {
    let statement = query(
        "INSERT INTO devices (user_id, name, kind, os_version, registered_at) VALUES ($1, $2, $3, $4, $5)
         RETURNING id",
    );
    let statement = statement
        .bind(device.user.as_str())
        .bind(&device.name)
        .bind(&device.kind)
        .bind(&device.os_version)
        .bind(nanoseconds(device.registered_at));
    Ok(Device { id: get(&session.one(statement).await?, "id")?, device: device.clone() })
}

async fn deregister(session: &mut Session<'_>, user: &UserId, id: i64) -> Outcome<bool> {
    let forget = query("DELETE FROM devices WHERE id = $1 AND user_id = $2").bind(id).bind(user.as_str());
    let gone = session.execute(forget).await? > 0;
    if gone {
        requests::end_pushes(session, user).await?;
    }
    Ok(gone)
}

async fn devices(session: &mut Session<'_>, user: &UserId) -> Outcome<Vec<Device>> {
    let statement = query("SELECT * FROM devices WHERE user_id = $1 ORDER BY id").bind(user.as_str());
    session.all(statement).await?.iter().map(device).collect()
}

fn device(row: &PgRow) -> Outcome<Device> {
    let device = NewDevice {
        user: UserId::new(get::<String>(row, "user_id")?),
        name: get(row, "name")?,
        kind: get(row, "kind")?,
        os_version: get(row, "os_version")?,
        registered_at: time(row, "registered_at")?,
    };
    Ok(Device { id: get(row, "id")?, device })
}

#[async_trait]
impl DeviceStore for PostgresStore {
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError> {
        let device = &device;
        self.change(|session| Box::pin(register(session, device))).await
    }

    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError> {
        self.ask(|session| Box::pin(devices(session, user))).await
    }

    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(deregister(session, user, id))).await
    }
}
