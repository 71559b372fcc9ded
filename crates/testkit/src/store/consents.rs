use data_adapter_core::{
    ConsentClient, Language, OperationId, OperationName, OptionChoice, OrganizationId, UserId,
};
use data_adapter_sca::{ConsentRecord, KeptConsent, ShownForm, ShownOption};
use jiff::{SignedDuration, Timestamp};

use super::bench::{Bench, USER};
use crate::build::at;

pub(super) fn shown_form(operation: &str, user: &str, now: Timestamp) -> ShownForm {
    let option = |id: &str, required| ShownOption { id: id.to_owned(), required };
    ShownForm {
        operation: OperationId::new(operation),
        user: UserId::new(user),
        form: OperationName::new("login"),
        version: "2026-01".to_owned(),
        language: Language::new("cs"),
        options: vec![option("z", true), option("a", false), option("Souhlasím \"'\\", true)],
        shown_at: now,
    }
}

pub(super) fn consent(operation: &str, user: &str, now: Timestamp) -> ConsentRecord {
    let option = |id: &str, checked| OptionChoice { id: id.to_owned(), checked };
    ConsentRecord {
        user: UserId::new(user),
        organization: Some(OrganizationId::new("RETAIL")),
        operation: OperationId::new(operation),
        client: Some(client("shop", &["pisp", "aisp"])),
        form: OperationName::new("login"),
        version: "2026-01".to_owned(),
        language: Language::new("cs"),
        options: vec![option("z", true), option("a", false), option("Souhlasím \"'\\", true)],
        given_at: now,
        remembered_until: Some(now + SignedDuration::from_hours(24)),
    }
}

pub(super) fn client(id: &str, scopes: &[&str]) -> ConsentClient {
    ConsentClient { id: id.to_owned(), scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect() }
}

/// Consents of which none is withdrawn.
pub(super) fn given<const N: usize>(records: [ConsentRecord; N]) -> [KeptConsent; N] {
    records.map(|consent| KeptConsent { consent, withdrawn_at: None })
}

impl Bench {
    pub(super) async fn show(&self, form: ShownForm) {
        let remembered = self.store.remember_shown(form).await;
        remembered.expect("a form is remembered");
    }

    pub(super) async fn shown(&self, operation: &str, user: &str) -> Option<ShownForm> {
        let shown = self.store.shown(&OperationId::new(operation), &UserId::new(user)).await;
        shown.expect("the store knows what was shown")
    }

    pub(super) async fn add(&self, record: ConsentRecord) {
        let added = self.store.add_consent(record).await;
        added.expect("a consent is kept");
    }

    pub(super) async fn consents(&self, user: Option<&str>) -> Vec<KeptConsent> {
        let user = user.map(UserId::new);
        let consents = self.store.consents(user.as_ref()).await;
        consents.expect("the store lists consents")
    }
}

pub(super) async fn a_form_that_was_shown_is_found_as_it_was(bench: Bench) {
    assert_eq!(bench.shown("op", USER).await, None);
    let form = shown_form("op", USER, at(1));
    bench.show(form.clone()).await;
    assert_eq!(bench.shown("op", USER).await, Some(form));
    let without_options = ShownForm { options: Vec::new(), ..shown_form("op 2", USER, at(2)) };
    bench.show(without_options.clone()).await;
    assert_eq!(bench.shown("op 2", USER).await, Some(without_options));
}

pub(super) async fn a_form_that_is_shown_again_takes_the_place_of_the_earlier_one(bench: Bench) {
    bench.show(shown_form("op", USER, at(1))).await;
    let later = ShownForm {
        form: OperationName::new("authorize_payment"),
        version: "2026-02".to_owned(),
        language: Language::new("en"),
        options: Vec::new(),
        ..shown_form("op", USER, at(2))
    };
    bench.show(later.clone()).await;
    assert_eq!(bench.shown("op", USER).await, Some(later));
}

pub(super) async fn forms_are_kept_by_operation_and_user(bench: Bench) {
    let keys = [("op", USER), ("op", "another user"), ("op 2", USER), ("op:1", "2"), ("op", "1:2")];
    for (number, (operation, user)) in (0..).zip(keys) {
        bench.show(shown_form(operation, user, at(number))).await;
    }
    for (number, (operation, user)) in (0..).zip(keys) {
        assert_eq!(bench.shown(operation, user).await, Some(shown_form(operation, user, at(number))));
    }
    assert_eq!(bench.shown("op 2", "another user").await, None);
}

pub(super) async fn consents_are_listed_as_they_were_given_oldest_first(bench: Bench) {
    assert_eq!(bench.consents(None).await, []);
    let records = [
        consent("z", USER, at(1)),
        consent("a", "another user", at(2)),
        ConsentRecord {
            organization: None,
            client: None,
            remembered_until: None,
            ..consent("m", USER, at(3))
        },
        ConsentRecord { client: Some(client("\"'\\ žlutý", &[])), ..consent("z", USER, at(4)) },
    ];
    for record in &records {
        bench.add(record.clone()).await;
    }
    assert_eq!(bench.consents(None).await, given(records));
}

pub(super) async fn consents_of_one_user_are_listed_alone(bench: Bench) {
    let first = consent("z", USER, at(1));
    let other = consent("a", "another user", at(2));
    let last = consent("m", USER, at(3));
    for record in [&first, &other, &last] {
        bench.add(record.clone()).await;
    }
    assert_eq!(bench.consents(Some(USER)).await, given([first, last]));
    assert_eq!(bench.consents(Some("another user")).await, given([other]));
    assert_eq!(bench.consents(Some("nobody")).await, []);
}

pub(super) async fn a_consent_that_is_given_twice_is_on_record_twice(bench: Bench) {
    let record = consent("op", USER, at(1));
    bench.add(record.clone()).await;
    bench.add(record.clone()).await;
    assert_eq!(bench.consents(Some(USER)).await, given([record.clone(), record]));
}
