use data_adapter_core::{AdapterError, ConsentNeed};

use super::bench::{Bench, request, submission};

pub(super) async fn an_operation_with_a_form_needs_consent(bench: Bench) {
    for (name, html) in [("login", "<p>login v1</p>"), ("authorize_payment", "<p>payment p1</p>")] {
        let request = request("op", name, Some("en"));
        let form = bench.init(&request).await.expect("consent is needed");
        assert_eq!(form.html, html);
        assert_eq!(
            bench.create(&request).await,
            form,
            "the form that is announced and the one that is shown"
        );
    }
}

pub(super) async fn an_operation_without_a_form_needs_none(bench: Bench) {
    let request = request("op", "login_sca", Some("en"));
    assert_eq!(bench.need(&request).await, ConsentNeed::NotNeeded);
    let created = bench.engine().create(&request).await;
    assert!(matches!(created, Err(AdapterError::InvalidOperationContext(_))), "it came back as {created:?}");
}

pub(super) async fn an_unknown_operation_is_refused(bench: Bench) {
    let request = request("op", "unknown", Some("en"));
    let answers = submission(&request, &[]);
    let engine = bench.engine();
    for (call, result) in [
        ("init", engine.init(&request).await.map(drop)),
        ("create", engine.create(&request).await.map(drop)),
        ("validate", engine.validate(&answers).await.map(drop)),
        ("save", engine.save(&answers).await.map(drop)),
    ] {
        assert!(
            matches!(result, Err(AdapterError::InvalidOperationContext(_))),
            "{call} came back as {result:?}"
        );
    }
    assert_eq!(bench.records().await, []);
}

pub(super) async fn a_form_shows_its_options_in_order(bench: Bench) {
    let options = [("z", true), ("a", false), ("m", true)];
    let bench = bench.with_login_form("v1", &options);
    let form = bench.create(&request("op", "login", Some("en"))).await;
    let shown: Vec<_> = form.options.iter().map(|option| (option.id.as_str(), option.required)).collect();
    assert_eq!(shown, options);
    for option in &form.options {
        assert_eq!(option.checked_by_default, !option.required, "whether `{}` is ticked at first", option.id);
    }
}

pub(super) async fn what_could_run_is_taken_out_of_the_texts(bench: Bench) {
    for language in ["en", "cs"] {
        let request = request("op", "login", Some(language));
        let announced = bench.init(&request).await.expect("consent is needed");
        for form in [announced, bench.create(&request).await] {
            let texts = form.options.iter().map(|option| &option.html);
            for html in texts.chain([&form.html]) {
                for evil in ["script", "steal", "onclick", "iframe", "evil"] {
                    assert!(!html.contains(evil), "`{evil}` is left in `{html}`");
                }
            }
            assert!(form.html.starts_with("<p>"), "a paragraph is gone: `{}`", form.html);
        }
    }
    let form = bench.create(&request("op", "login", Some("en"))).await;
    assert_eq!(
        form.options.first().map(|option| option.html.as_str()),
        Some("<b>terms</b>"),
        "what is harmless stays"
    );
}

pub(super) async fn a_form_is_shown_in_the_wanted_language(bench: Bench) {
    for (language, html) in [
        (Some("en"), "<p>login v1</p>"),
        (Some("cs"), "<p>login v1 česky</p>"),
        (Some("cs-CZ"), "<p>login v1 česky</p>"),
        (Some("en;q=0.5, cs"), "<p>login v1 česky</p>"),
        // In the configuration it is `pt_BR`.
        (Some("pt-BR"), "<p>login v1 em português</p>"),
        (Some("PT_br, cs"), "<p>login v1 em português</p>"),
        (None, "<p>login v1</p>"),
    ] {
        let request = request("op", "login", language);
        let announced = bench.init(&request).await.map(|form| form.html);
        assert_eq!(announced.as_deref(), Some(html), "{language:?}");
        assert_eq!(bench.create(&request).await.html, html, "{language:?}");
    }
}

pub(super) async fn a_language_that_the_form_lacks_falls_back_to_english(bench: Bench) {
    for language in ["fr", "", "no language at all"] {
        let request = request("op", "login", Some(language));
        let form = bench.create(&request).await;
        assert_eq!(form.html, "<p>login v1</p>");
        let record = bench.saved(&request, &[("terms", true)]).await;
        assert_eq!(record.language.as_str(), "en", "the language that was shown for `{language}`");
    }
}
