//! How long an answer to a code takes among few codes and among many, in PostgreSQL.

use std::io::Result;

use data_adapter_testkit::Postgres;

use super::operation::Operation;
use super::round::{Measured, Rounds};
use crate::house::House;

/// So many are few.
const FEW: u64 = 10_000;

/// Answers codes in turn among few others and among many.
pub(super) async fn measure(
    house: &House,
    server: &Postgres,
    rounds: &Rounds,
    many: u64,
) -> Result<Vec<Measured>> {
    let mut servers = Vec::new();
    for (name, count) in [("few", FEW), ("many", many)] {
        let user = server.user();
        servers.push((name, house.start(&server.socket_url(&user)).await?));
        eprintln!("crowd: {count} codes");
        fill(server, &user, count);
    }
    let servers: Vec<_> = servers.iter().map(|(name, server)| (*name, server)).collect();
    rounds.measure(Operation::SmsVerify, &servers).await
}

/// Codes of a million users, made one after the other and over in an hour: one of ten is open, the others are used or were
/// ended.
fn fill(server: &Postgres, user: &str, count: u64) {
    let now = nanoseconds(server);
    server.run(&format!(
        "INSERT INTO {user}.challenges (message_id, operation_id, operation_name, user_id, organization_id, method, presentation,
             code_hash, key_id, created_at, expires_at, state, renewals, accepted)
         SELECT '01900000-' || lpad(to_hex(n / 65536), 4, '0') || '-7' || right(md5(n::TEXT), 3) || '-8000-' || lpad(to_hex(n), 12, '0'),
             md5(n::TEXT), 'authorize_payment', (20000000 + n % 1000000)::TEXT, 'RETAIL', 1, '{{}}',
             sha256(n::TEXT::BYTEA), 'current', {now} - 1000000 * ({count} - n), {now} + 3600000000000::BIGINT,
             CASE n % 10 WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE 2 END, 0, FALSE
         FROM generate_series(1, {count}::BIGINT) AS n"
    ));
    server.run(&format!("VACUUM ANALYZE {user}.challenges"));
    server.run("CHECKPOINT");
}

/// What the clock of the server shows.
pub(super) fn nanoseconds(server: &Postgres) -> String {
    server.run("SELECT (extract(epoch FROM clock_timestamp()) * 1000000000)::BIGINT")
}
