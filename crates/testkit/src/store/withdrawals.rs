use data_adapter_core::{OperationId, OperationName, OrganizationId, UserId};
use data_adapter_sca::{ConsentFilter, ConsentPurpose, ConsentRecord, ErasedConsents, KeptConsent};
use jiff::Timestamp;

use super::bench::{Bench, USER};
use super::consents::{client, consent, given, shown_form};
use super::duels::names;
use crate::build::at;
use crate::race::{duel, rounds};

/// What the consents of these rules are for.
fn purpose(user: &str) -> ConsentPurpose {
    ConsentPurpose {
        user: UserId::new(user),
        organization: Some(OrganizationId::new("RETAIL")),
        form: OperationName::new("login"),
        version: "2026-01".to_owned(),
        client: client("shop", &["aisp", "pisp"]),
    }
}

fn filter(form: Option<&str>, client: Option<&str>) -> ConsentFilter {
    ConsentFilter { form: form.map(OperationName::new), client: client.map(str::to_owned) }
}

impl Bench {
    async fn latest(&self, purpose: &ConsentPurpose) -> Option<KeptConsent> {
        self.store.latest_consent(purpose).await.expect("the store finds consents")
    }

    async fn withdraw(&self, user: &str, filter: &ConsentFilter, now: Timestamp) -> u64 {
        let withdrawn = self.store.withdraw_consents(&UserId::new(user), filter, now).await;
        withdrawn.expect("a withdrawal is kept")
    }

    async fn erase(&self, user: &str) -> ErasedConsents {
        self.store.erase_consents(&UserId::new(user)).await.expect("consents are erased")
    }

    /// When the consents of a user were withdrawn, oldest consent first.
    async fn withdrawals(&self, user: &str) -> Vec<Option<Timestamp>> {
        self.consents(Some(user)).await.into_iter().map(|kept| kept.withdrawn_at).collect()
    }
}

pub(super) async fn a_consent_is_found_by_exactly_what_it_was_given_for(bench: Bench) {
    let record = consent("op", USER, at(1));
    bench.add(record.clone()).await;
    bench.add(ConsentRecord { client: None, ..consent("op", USER, at(2)) }).await;
    bench.add(ConsentRecord { organization: None, ..consent("op", "without", at(3)) }).await;
    assert_eq!(bench.latest(&purpose(USER)).await.map(|kept| kept.consent), Some(record));
    let of_none = ConsentPurpose { organization: None, ..purpose("without") };
    assert!(bench.latest(&of_none).await.is_some(), "without an organization");
    let usual = || purpose(USER);
    for other in [
        purpose("another user"),
        purpose("without"),
        ConsentPurpose { organization: None, ..usual() },
        ConsentPurpose { organization: Some(OrganizationId::new("retail")), ..usual() },
        ConsentPurpose { form: OperationName::new("login_sca"), ..usual() },
        ConsentPurpose { version: "2026-02".to_owned(), ..usual() },
        ConsentPurpose { client: client("Shop", &["aisp", "pisp"]), ..usual() },
        ConsentPurpose { client: client("shop", &["aisp"]), ..usual() },
        ConsentPurpose { client: client("shop", &["AISP", "pisp"]), ..usual() },
        ConsentPurpose { client: client("shop", &["aisp", "pisp", "x"]), ..usual() },
        ConsentPurpose { client: client("shop", &["aisp\",\"pisp"]), ..usual() },
        ConsentPurpose { client: client("shop", &[]), ..usual() },
    ] {
        assert_eq!(bench.latest(&other).await, None, "{other:?}");
    }
}

pub(super) async fn of_consents_for_one_purpose_the_last_is_found(bench: Bench) {
    // The last that was given, whatever its clock says.
    for (operation, second) in [("first", 2), ("second", 3), ("last", 1)] {
        bench.add(consent(operation, USER, at(second))).await;
    }
    let latest = bench.latest(&purpose(USER)).await.expect("there are three");
    assert_eq!((latest.consent.operation, latest.withdrawn_at), (OperationId::new("last"), None));
    bench.withdraw(USER, &filter(None, None), at(4)).await;
    let latest = bench.latest(&purpose(USER)).await.expect("they stay on record");
    assert_eq!((latest.consent.operation, latest.withdrawn_at), (OperationId::new("last"), Some(at(4))));
}

pub(super) async fn a_withdrawal_is_on_record_once_and_the_consent_stays(bench: Bench) {
    let record = consent("op", USER, at(1));
    bench.add(record.clone()).await;
    assert_eq!(bench.withdraw("another user", &filter(None, None), at(2)).await, 0);
    assert_eq!(bench.withdraw(USER, &filter(None, None), at(3)).await, 1);
    assert_eq!(bench.withdraw(USER, &filter(None, None), at(4)).await, 0, "withdrawn again");
    assert_eq!(
        bench.consents(Some(USER)).await,
        [KeptConsent { consent: record, withdrawn_at: Some(at(3)) }],
        "the first withdrawal counts"
    );
}

pub(super) async fn a_withdrawal_means_what_its_filter_fits(bench: Bench) {
    let with = |form: &str, to: Option<&str>| ConsentRecord {
        form: OperationName::new(form),
        client: to.map(|id| client(id, &["aisp"])),
        ..consent("op", USER, at(1))
    };
    let all = [
        with("login", Some("shop")),
        with("login", Some("bank")),
        with("account", Some("shop")),
        with("login", None),
    ];
    for record in &all {
        bench.add(record.clone()).await;
        bench.add(ConsentRecord { user: UserId::new("another user"), ..record.clone() }).await;
    }
    for (second, form, to, count) in [
        (2, Some("Login"), None, 0),
        (2, None, Some("SHOP"), 0),
        (2, Some("account"), Some("bank"), 0),
        (3, Some("login"), Some("shop"), 1),
        (4, None, Some("shop"), 1),
        (5, Some("login"), None, 2),
        (6, None, None, 0),
    ] {
        assert_eq!(bench.withdraw(USER, &filter(form, to), at(second)).await, count, "{form:?} {to:?}");
    }
    assert_eq!(bench.withdrawals(USER).await, [3, 5, 4, 5].map(|second| Some(at(second))));
    assert_eq!(bench.withdrawals("another user").await, [None; 4]);
}

pub(super) async fn what_is_given_after_a_withdrawal_is_not_withdrawn(bench: Bench) {
    bench.add(consent("first", USER, at(1))).await;
    bench.withdraw(USER, &filter(None, None), at(2)).await;
    // Of a clock that is behind that of the withdrawal.
    bench.add(consent("second", USER, at(1))).await;
    assert_eq!(bench.withdrawals(USER).await, [Some(at(2)), None]);
    assert_eq!(bench.withdraw(USER, &filter(None, None), at(3)).await, 1);
    assert_eq!(bench.withdrawals(USER).await, [Some(at(2)), Some(at(3))]);
}

pub(super) async fn what_is_erased_is_all_of_one_user(bench: Bench) {
    assert_eq!(bench.erase(USER).await, ErasedConsents::default());
    let other = consent("op", "another user", at(1));
    for record in [consent("op", USER, at(1)), other.clone(), consent("op 2", USER, at(2))] {
        bench.add(record).await;
    }
    for (operation, user) in [("op", USER), ("op 2", USER), ("op 3", USER), ("op", "another user")] {
        bench.show(shown_form(operation, user, at(1))).await;
    }
    bench.withdraw(USER, &filter(None, None), at(3)).await;
    bench.add(consent("op 3", USER, at(4))).await;
    let erased = ErasedConsents { consents: 3, withdrawals: 2, shown_forms: 3 };
    assert_eq!(bench.erase(USER).await, erased);
    assert_eq!(bench.consents(Some(USER)).await, []);
    assert_eq!((bench.latest(&purpose(USER)).await, bench.shown("op", USER).await), (None, None));
    assert_eq!(bench.consents(None).await, given([other]));
    assert!(bench.shown("op", "another user").await.is_some(), "a form that another user was shown");
    assert_eq!(bench.erase(USER).await, ErasedConsents::default(), "erased again");
    // No withdrawal is left for a consent that is given later.
    bench.add(consent("op", USER, at(5))).await;
    assert_eq!(bench.withdrawals(USER).await, [None]);
}

pub(super) async fn of_two_who_withdraw_a_consent_exactly_one_does(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        for name in &names {
            bench.add(consent("op", name, at(1))).await;
        }
        let (bench, names) = (bench.clone(), names.clone());
        let withdrawals = duel(move |_, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move { bench.withdraw(&name, &filter(None, None), at(2)).await }
        });
        for [left, right] in withdrawals.await {
            assert_eq!(left + right, 1, "withdrawn: {left} and {right}");
        }
    }
}

pub(super) async fn a_consent_is_either_withdrawn_or_erased(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        for name in &names {
            bench.add(consent("op", name, at(1))).await;
        }
        let (racing, duelling) = (bench.clone(), names.clone());
        let both = duel(move |side, round| {
            let (bench, name) = (racing.clone(), duelling[round].clone());
            async move {
                if side == 0 {
                    bench.withdraw(&name, &filter(None, None), at(2)).await
                } else {
                    bench.erase(&name).await.withdrawals
                }
            }
        });
        for [withdrawn, erased] in both.await {
            assert_eq!(withdrawn, erased, "a withdrawal that came first is erased with its consent");
        }
        for name in &names {
            assert_eq!(bench.consents(Some(name)).await, []);
        }
    }
}
