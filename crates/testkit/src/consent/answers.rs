use data_adapter_core::{AdapterError, Clock as _, ConsentValidation, Language, OptionProblem, UserId};
use data_adapter_sca::ConsentRecord;
use jiff::SignedDuration;

use super::bench::{Bench, choices, request, submission};

fn refused(result: &Result<impl std::fmt::Debug, AdapterError>) -> bool {
    matches!(result, Err(AdapterError::InvalidConsentData(_)))
}

/// What is told about one option that is required and not ticked.
fn missing(id: &str, message: &str, about_it: &str) -> ConsentValidation {
    ConsentValidation::Failed {
        message: message.to_owned(),
        problems: vec![OptionProblem { id: id.to_owned(), message: about_it.to_owned() }],
    }
}

const ENGLISH: [&str; 2] =
    ["Please fill in the whole consent form.", "Confirm this option to complete the operation."];
const CZECH: [&str; 2] =
    ["Vyplňte prosím celý formulář souhlasu.", "Pro dokončení operace potvrďte tuto volbu."];

pub(super) async fn a_form_with_all_required_options_ticked_passes(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    for ticks in
        [vec![("terms", true)], vec![("terms", true), ("news", false)], vec![("news", true), ("terms", true)]]
    {
        assert_eq!(bench.validate(&request, &ticks).await, ConsentValidation::Passed, "{ticks:?}");
    }
}

pub(super) async fn a_required_option_that_is_not_ticked_is_named(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    for ticks in [vec![], vec![("terms", false)], vec![("news", true)], vec![("TERMS", true)]] {
        assert_eq!(
            bench.validate(&request, &ticks).await,
            missing("terms", ENGLISH[0], ENGLISH[1]),
            "{ticks:?}"
        );
    }
}

pub(super) async fn problems_are_told_in_the_language_of_the_form_or_the_request(bench: Bench) {
    bench.create(&request("op", "login", Some("cs"))).await;
    for (language, [message, about_it]) in
        [(None, CZECH), (Some("cs"), CZECH), (Some("en"), ENGLISH), (Some("fr"), ENGLISH)]
    {
        let request = request("op", "login", language);
        assert_eq!(bench.validate(&request, &[]).await, missing("terms", message, about_it), "{language:?}");
    }
}

pub(super) async fn a_required_option_that_is_not_ticked_is_not_saved(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    for ticks in [vec![], vec![("terms", false), ("news", true)]] {
        let saved = bench.save(&request, &ticks).await;
        assert!(refused(&saved), "{ticks:?} came back as {saved:?}");
    }
    assert_eq!(bench.records().await, [], "something was stored");
}

pub(super) async fn options_that_the_form_does_not_know_are_ignored(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    let ticks = [("unknown", true), ("terms", true), ("unknown", false), ("", true)];
    assert_eq!(bench.validate(&request, &ticks).await, ConsentValidation::Passed);
    let record = bench.saved(&request, &ticks).await;
    assert_eq!(record.options, choices(&[("terms", true), ("news", false)]));
}

pub(super) async fn an_option_that_is_answered_twice_is_refused(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    for ticks in
        [vec![("terms", true), ("terms", true)], vec![("terms", true), ("news", true), ("news", false)]]
    {
        let validated = bench.engine().validate(&submission(&request, &ticks)).await;
        assert!(refused(&validated), "{ticks:?} came back as {validated:?}");
        let saved = bench.save(&request, &ticks).await;
        assert!(refused(&saved), "{ticks:?} came back as {saved:?}");
    }
    assert_eq!(bench.records().await, [], "something was stored");
}

pub(super) async fn answers_for_an_operation_without_a_form_are_refused(bench: Bench) {
    let request = request("op", "login_sca", Some("en"));
    let validated = bench.engine().validate(&submission(&request, &[])).await;
    let saved = bench.save(&request, &[]).await;
    for result in [validated.map(drop), saved.map(drop)] {
        assert!(
            matches!(result, Err(AdapterError::InvalidOperationContext(_))),
            "it came back as {result:?}"
        );
    }
    assert_eq!(bench.records().await, [], "something was stored");
}

pub(super) async fn answers_for_an_unknown_operation_are_refused_whatever_was_shown(bench: Bench) {
    bench.create(&request("op", "login", Some("en"))).await;
    let answers = submission(&request("op", "unknown", Some("en")), &[("terms", true)]);
    let validated = bench.engine().validate(&answers).await;
    let saved = bench.engine().save(&answers).await;
    for result in [validated.map(drop), saved.map(drop)] {
        assert!(
            matches!(result, Err(AdapterError::InvalidOperationContext(_))),
            "it came back as {result:?}"
        );
    }
    assert_eq!(bench.records().await, [], "something was stored");
}

pub(super) async fn a_consent_is_recorded_with_who_asked_version_language_and_time(bench: Bench) {
    let request = request("op", "login", Some("cs-CZ"));
    bench.create(&request).await;
    bench.clock.advance(SignedDuration::from_secs(60));
    let record = bench.saved(&request, &[("news", true), ("terms", true)]).await;
    let expected = ConsentRecord {
        user: request.user.clone(),
        organization: request.organization.clone(),
        client: request.client.clone(),
        operation: request.operation.id.clone(),
        form: request.operation.name.clone(),
        version: "v1".to_owned(),
        language: Language::new("cs"),
        options: choices(&[("terms", true), ("news", true)]),
        given_at: bench.clock.now(),
        remembered_until: None,
    };
    assert_eq!(record, expected);
}

pub(super) async fn a_validation_stores_nothing(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    bench.validate(&request, &[("terms", true)]).await;
    assert_eq!(bench.records().await, []);
}

pub(super) async fn each_saved_consent_is_kept(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    for count in 1..=3 {
        bench.saved(&request, &[("terms", true)]).await;
        assert_eq!(bench.records().await.len(), count, "consents");
    }
}

pub(super) async fn the_form_that_was_shown_counts_even_under_another_operation_name(bench: Bench) {
    bench.create(&request("op", "login", Some("cs"))).await;
    let renamed = request("op", "login_sca", Some("en"));
    let saved = bench.save(&renamed, &[("payment", true)]).await;
    assert!(refused(&saved), "the answers to another form came back as {saved:?}");
    assert_eq!(
        bench.validate(&renamed, &[("payment", true)]).await,
        missing("terms", ENGLISH[0], ENGLISH[1])
    );
    let record = bench.saved(&renamed, &[("terms", true)]).await;
    assert_eq!((record.form.as_str(), record.language.as_str()), ("login", "cs"));
    assert_eq!(record.options, choices(&[("terms", true), ("news", false)]));
}

pub(super) async fn a_form_that_was_shown_for_a_login_does_not_count_for_a_payment(bench: Bench) {
    bench.create(&request("op", "login", Some("cs"))).await;
    let payment = request("op", "authorize_payment", Some("en"));
    let saved = bench.save(&payment, &[("terms", true)]).await;
    assert!(refused(&saved), "consent to a login came back as {saved:?}");
    let record = bench.saved(&payment, &[("payment", true)]).await;
    assert_eq!((record.form.as_str(), record.language.as_str()), ("authorize_payment", "en"));
}

pub(super) async fn the_form_that_was_shown_counts_even_when_it_has_changed(bench: Bench) {
    let request = request("op", "login", Some("en"));
    bench.create(&request).await;
    let bench = bench.with_login_form("v2", &[("new", true)]);
    let record = bench.saved(&request, &[("terms", true)]).await;
    assert_eq!(record.version, "v1", "the version that was shown");
    bench.create(&request).await;
    let saved = bench.save(&request, &[("terms", true)]).await;
    assert!(refused(&saved), "the form was shown again, but {saved:?}");
    assert_eq!(bench.saved(&request, &[("new", true)]).await.version, "v2");
}

pub(super) async fn the_form_that_another_user_was_shown_does_not_count(bench: Bench) {
    let payer = request("op", "login", Some("cs"));
    bench.create(&payer).await;
    let mut other = request("op", "authorize_payment", Some("cs"));
    other.user = UserId::new("another user");
    let record = bench.saved(&other, &[("payment", true)]).await;
    assert_eq!((record.user, record.form.as_str()), (other.user, "authorize_payment"));
}

pub(super) async fn without_a_shown_form_the_current_one_counts_in_english(bench: Bench) {
    let request = request("op", "login", Some("cs"));
    let saved = bench.save(&request, &[]).await;
    assert!(refused(&saved), "it came back as {saved:?}");
    let record = bench.saved(&request, &[("terms", true)]).await;
    assert_eq!((record.version.as_str(), record.language.as_str()), ("v1", "en"));
}
