use jiff::Timestamp;

use super::bench::Bench;
use crate::build::at;

impl Bench {
    pub(super) async fn revoke(&self, id: &str, expires_at: Timestamp) -> bool {
        let revoked = self.store.revoke_token(id, expires_at).await;
        revoked.expect("a token is revoked")
    }

    pub(super) async fn is_revoked(&self, id: &str) -> bool {
        let revoked = self.store.is_token_revoked(id).await;
        revoked.expect("the store knows which tokens are revoked")
    }

    pub(super) async fn number_for(&self, token: &str) -> Option<i64> {
        self.store.next_number(token).await.expect("the store has a number")
    }

    /// A number for a token that nobody revokes.
    pub(super) async fn next_number(&self) -> i64 {
        self.number_for("good").await.expect("it is good")
    }
}

pub(super) async fn a_token_is_revoked_once(bench: Bench) {
    assert!(!bench.is_revoked("id").await, "nobody revoked it");
    assert!(bench.revoke("id", at(100)).await, "it was good until now");
    for _ in 0..2 {
        assert!(bench.is_revoked("id").await, "it is good again");
        assert!(!bench.revoke("id", at(200)).await, "it was revoked before");
    }
}

pub(super) async fn tokens_are_revoked_by_exactly_their_ids(bench: Bench) {
    bench.revoke("5a376af7", at(100)).await;
    for other in ["5A376AF7", "5a376af", "5a376af77", " 5a376af7", "5a376af_", "%", ""] {
        assert!(!bench.is_revoked(other).await, "`{other}` is revoked");
        assert!(bench.revoke(other, at(100)).await, "`{other}` was revoked before");
        assert!(bench.is_revoked(other).await, "`{other}` is not revoked");
    }
}

pub(super) async fn each_number_is_greater_than_the_one_before(bench: Bench) {
    let mut last = bench.next_number().await;
    for round in 0..20 {
        bench.revoke(&round.to_string(), at(0)).await;
        bench.purge(at(1_000_000_000)).await;
        let next = bench.next_number().await;
        assert!(next > last, "{next} came after {last}");
        last = next;
    }
}

pub(super) async fn no_number_is_given_for_exactly_the_tokens_that_were_revoked(bench: Bench) {
    assert!(bench.number_for("id").await.is_some(), "nobody revoked it");
    bench.revoke("id", at(100)).await;
    for other in ["ID", "i", "idd", " id", "i_", "%", ""] {
        assert_eq!(bench.number_for("id").await, None, "it is good again");
        assert!(bench.number_for(other).await.is_some(), "`{other}` is revoked");
    }
}
