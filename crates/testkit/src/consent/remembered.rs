use data_adapter_core::{
    Clock as _, ConsentNeed, ConsentRequest, Language, OrganizationId, RememberedConsent, UserId,
};
use data_adapter_sca::{CLOCK_TOLERANCE, ConsentFilter};
use jiff::SignedDuration;

use super::bench::{Bench, client, request};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The options of the login form.
const OPTIONS: [(&str, bool); 2] = [("terms", true), ("news", false)];

fn login(operation: &str) -> ConsentRequest {
    request(operation, "login", Some("en"))
}

impl Bench {
    /// The same where a consent to a login is remembered for a day.
    fn for_a_day(&self) -> Self {
        self.remembering(DAY, "v1", &OPTIONS)
    }

    /// Shows the form and saves what was ticked.
    async fn consent(&self, request: &ConsentRequest) {
        self.create(request).await;
        self.saved(request, &[("terms", true)]).await;
    }

    async fn asks(&self, request: &ConsentRequest) -> bool {
        self.init(request).await.is_some()
    }

    async fn withdraw_all(&self, request: &ConsentRequest) -> u64 {
        let all = ConsentFilter::default();
        let withdrawn = self.store.withdraw_consents(&request.user, &all, self.clock.now()).await;
        withdrawn.expect("a withdrawal is kept")
    }
}

pub(super) async fn where_nothing_is_remembered_each_operation_asks_anew(bench: Bench) {
    bench.consent(&login("op")).await;
    assert!(bench.asks(&login("op")).await && bench.asks(&login("op 2")).await);
    // What was given while nothing was remembered is not remembered afterwards.
    assert!(bench.for_a_day().asks(&login("op 2")).await);
}

pub(super) async fn a_consent_stands_for_others_until_its_time(bench: Bench) {
    let bench = bench.for_a_day();
    assert!(bench.asks(&login("op")).await, "nothing was given");
    bench.create(&login("op")).await;
    assert!(bench.asks(&login("op")).await, "the form was only shown");
    let record = bench.saved(&login("op"), &[("terms", true)]).await;
    assert_eq!(record.remembered_until, Some(bench.clock.now() + DAY));
    bench.clock.advance(DAY - SECOND);
    let consent = RememberedConsent { form: record.form, version: record.version, given_at: record.given_at };
    assert_eq!(bench.need(&login("op 2")).await, ConsentNeed::Remembered(consent));
    bench.clock.advance(SECOND);
    assert!(bench.asks(&login("op 3")).await, "its time is over");
    bench.consent(&login("op 3")).await;
    assert!(!bench.asks(&login("op 4")).await, "it was given again");
}

pub(super) async fn a_consent_stands_only_for_what_the_same_client_asks_of_the_same_user(bench: Bench) {
    let bench = bench.for_a_day();
    bench.consent(&login("op")).await;
    assert!(!bench.asks(&login("op 2")).await);
    let usual = || login("op 2");
    for other in [
        ConsentRequest { client: Some(client("bank", &["aisp"])), ..usual() },
        ConsentRequest { client: Some(client("shop", &["aisp", "pisp"])), ..usual() },
        ConsentRequest { client: Some(client("shop", &[])), ..usual() },
        ConsentRequest { client: None, ..usual() },
        ConsentRequest { user: UserId::new("another user"), ..usual() },
        ConsentRequest { organization: Some(OrganizationId::new("SME")), ..usual() },
        ConsentRequest { organization: None, ..usual() },
        request("op 2", "authorize_payment", Some("en")),
    ] {
        assert!(bench.asks(&other).await, "{other:?}");
    }
}

pub(super) async fn a_consent_to_another_version_or_other_options_asks_anew(bench: Bench) {
    let bench = bench.for_a_day();
    bench.consent(&login("op")).await;
    assert!(bench.remembering(DAY, "v2", &OPTIONS).asks(&login("op 2")).await, "another version");
    // A bank that forgets the version when it changes what can be ticked.
    for (options, asks) in [
        (vec![("terms", true), ("news", true)], true),
        (vec![("terms", true), ("news", false), ("more", false)], true),
        (vec![("terms", true)], true),
        (vec![("terms", true), ("other", false)], true),
        (vec![("news", false), ("terms", true)], false),
        (vec![("terms", false), ("news", false)], false),
    ] {
        let changed = bench.remembering(DAY, "v1", &options);
        assert_eq!(changed.asks(&login("op 2")).await, asks, "{options:?}");
    }
    assert!(!bench.asks(&login("op 2")).await, "the form is what it was");
}

pub(super) async fn the_language_does_not_matter_to_a_consent(bench: Bench) {
    let bench = bench.for_a_day();
    bench.consent(&login("op")).await;
    for language in [Some("cs"), Some("fr"), None] {
        let request = ConsentRequest { language: language.map(Language::new), ..login("op 2") };
        assert!(!bench.asks(&request).await, "{language:?}");
    }
}

pub(super) async fn a_consent_to_a_form_that_was_not_shown_is_not_remembered(bench: Bench) {
    let bench = bench.for_a_day();
    let record = bench.saved(&login("op"), &[("terms", true)]).await;
    assert_eq!(record.remembered_until, None);
    assert!(bench.asks(&login("op 2")).await);
}

pub(super) async fn nothing_is_remembered_where_nobody_says_who_asks(bench: Bench) {
    let bench = bench.for_a_day();
    let nobody = ConsentRequest { client: None, ..login("op") };
    bench.create(&nobody).await;
    let record = bench.saved(&nobody, &[("terms", true)]).await;
    assert_eq!((record.client, record.remembered_until), (None, None));
    assert!(bench.asks(&nobody).await && bench.asks(&login("op")).await);
}

pub(super) async fn a_withdrawn_consent_asks_anew_even_where_an_older_one_would_stand(bench: Bench) {
    let bench = bench.for_a_day();
    bench.consent(&login("op")).await;
    bench.consent(&login("op 2")).await;
    assert_eq!(bench.withdraw_all(&login("op 2")).await, 2);
    assert!(bench.asks(&login("op 3")).await, "it was withdrawn");
    assert_eq!(bench.withdraw_all(&login("op 2")).await, 0);
    bench.consent(&login("op 3")).await;
    assert!(!bench.asks(&login("op 4")).await, "it was given again");
}

pub(super) async fn a_consent_is_remembered_no_longer_than_the_settings_say_then_and_now(bench: Bench) {
    let week = bench.remembering(DAY * 7, "v1", &OPTIONS);
    bench.for_a_day().consent(&login("op")).await;
    bench.clock.advance(DAY);
    assert!(week.asks(&login("op 2")).await, "a day was said when it was given");
    week.consent(&login("op 2")).await;
    bench.clock.advance(DAY);
    assert!(!week.asks(&login("op 3")).await, "a week was said when it was given");
    assert!(bench.for_a_day().asks(&login("op 3")).await, "a day is said now");
    assert!(bench.asks(&login("op 3")).await, "nothing is said now");
}

pub(super) async fn a_consent_of_a_clock_that_is_ahead_asks_anew(bench: Bench) {
    let bench = bench.for_a_day();
    bench.clock.advance(CLOCK_TOLERANCE);
    bench.consent(&login("op")).await;
    bench.clock.advance(-CLOCK_TOLERANCE);
    assert!(!bench.asks(&login("op 2")).await, "clocks may be so far apart");
    bench.clock.advance(-SECOND);
    assert!(bench.asks(&login("op 2")).await, "nobody knows how old it is");
}

pub(super) async fn a_consent_to_a_payment_is_remembered_only_where_its_form_says_so(bench: Bench) {
    let bench = bench.for_a_day();
    let payment = |operation| request(operation, "authorize_payment", Some("en"));
    bench.create(&payment("op")).await;
    let record = bench.saved(&payment("op"), &[("payment", true)]).await;
    assert_eq!(record.remembered_until, None);
    assert!(bench.asks(&payment("op 2")).await);
    // Nor does a consent to a login, in the same operation, stand for one.
    bench.consent(&login("op 3")).await;
    assert!(bench.asks(&payment("op 3")).await);
}

pub(super) async fn a_withdrawal_through_another_instance_counts_at_once(bench: Bench) {
    let (first, second) = (bench.for_a_day(), bench.for_a_day());
    for operation in ["1", "2", "3"] {
        first.consent(&login(operation)).await;
        assert!(!second.asks(&login("another")).await, "what one was given the other knows");
        second.withdraw_all(&login(operation)).await;
        assert!(first.asks(&login("another")).await, "what one was told the other knows");
    }
}
