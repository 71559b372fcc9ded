use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Device, DeviceStore, NewDevice};
use rusqlite::{Connection, Row, params};

use crate::time::{nanoseconds, timestamp};
use crate::{SqliteStore, requests};

fn register(connection: &Connection, device: NewDevice) -> rusqlite::Result<Device> {
    let id = connection
        .prepare_cached(
            "INSERT INTO devices (user_id, name, kind, os_version, registered_at) VALUES (?, ?, ?, ?, ?)",
        )?
        .insert(params![
            device.user.as_str(),
            device.name,
            device.kind,
            device.os_version,
            nanoseconds(device.registered_at)
        ])?;
    Ok(Device { id, device })
}

fn deregister(connection: &Connection, user: &UserId, id: i64) -> rusqlite::Result<bool> {
    let gone = connection
        .prepare_cached("DELETE FROM devices WHERE id = ? AND user_id = ?")?
        .execute(params![id, user.as_str()])?;
    if gone > 0 {
        requests::end_pushes(connection, user)?;
    }
    Ok(gone > 0)
}

fn device(row: &Row<'_>) -> rusqlite::Result<Device> {
    let device = NewDevice {
        user: UserId::new(row.get::<_, String>("user_id")?),
        name: row.get("name")?,
        kind: row.get("kind")?,
        os_version: row.get("os_version")?,
        registered_at: timestamp(row, "registered_at")?,
    };
    Ok(Device { id: row.get("id")?, device })
}

#[async_trait]
impl DeviceStore for SqliteStore {
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError> {
        self.writer.write(move |connection| register(connection, device)).await
    }

    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError> {
        let user = user.clone();
        let question = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT * FROM devices WHERE user_id = ? ORDER BY id")?
                .query_map([user.as_str()], device)?
                .collect()
        };
        self.reader.read(question).await
    }

    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| deregister(connection, &user, id)).await
    }
}
