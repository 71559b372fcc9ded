use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Backend, Capabilities, Consent, ConsentForm,
    ConsentNeed, ConsentOption, ConsentRequest, ConsentSubmission, ConsentValidation, Credentials,
    OperationContext, OperationId, OperationName, OrganizationId, Password, PasswordCheck, UserId,
};
use data_adapter_memory::MemoryStore;
use serde::Deserialize;

use super::*;
use crate::assemble::{House, assemble};
use crate::config::{Settings, load_text};
use crate::foundation::Foundation;

/// What a section of the kind "probe" said.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Probe {
    url: String,
    #[serde(default)]
    retries: u32,
    token: Option<String>,
}

/// Kinds of which one, "probe", tells what it was made with, and can do nothing.
fn registry() -> (Registry, Arc<Mutex<Vec<Probe>>>) {
    let made = Arc::new(Mutex::new(Vec::new()));
    let mut registry = builtin();
    let probes = Arc::clone(&made);
    let probe = registry.register("probe", move |probe: Probe, _: &BackendContext<'_>| {
        probes.lock().expect("nothing panics with it").push(probe);
        Ok::<_, String>(Capabilities::default())
    });
    probe.secret("token");
    (registry, made)
}

const DEMO: &str = "sandbox.enabled = true\nbackends.memory.demo_users = true\n";

fn settings(more: &str) -> Settings {
    load_text(&format!("{DEMO}{more}")).expect("it is a configuration")
}

fn foundation() -> Foundation {
    Foundation::new(Arc::new(MemoryStore::default()), None)
}

/// Why a configuration is refused, and what the back ends in it were made with.
fn refusal(more: &str) -> (String, Vec<Probe>) {
    let (registry, made) = registry();
    let assembled = assemble(&settings(more), &registry, &foundation(), None);
    let why = assembled.err().map(|failure| failure.to_string());
    let made = made.lock().expect("nothing panics with it").clone();
    (why.expect("it is refused"), made)
}

#[tokio::test]
async fn a_choice_that_cannot_be_is_refused_by_its_key() {
    let probe = "backends.p = { kind = \"probe\", url = \"x\" }\n";
    for (more, named) in [
        ("capabilities.users = \"nobody\"", "`capabilities.users` names `nobody`"),
        ("capabilities.users = \"engine\"", "`capabilities.users` names `engine`"),
        ("organizations.SME.users = \"nobody\"", "`organizations.SME.users` names `nobody`"),
        ("capabilities.consent = \"memory\"", "`capabilities.consent` names `memory`"),
        (
            "capabilities.operations = \"p\"",
            "`capabilities.operations` names `p`, a back end of the kind `probe`",
        ),
        ("backends.memory.kind = \"mongodb\"", "`backends.memory.kind`: there is no kind `mongodb`"),
        ("backends.memory.users = 1", "`backends.memory.users` is no setting; `users_file` is one"),
        ("backends.u = { kind = \"memory\", nosuch = 1 }", "`backends.u.nosuch` is no setting"),
        (
            "backends.u = { kind = \"memory\", calls.deadline = 5 }",
            "`backends.u.calls.deadline` is no setting",
        ),
        (
            "backends.u = { kind = \"ldap\", preset = \"foo\" }",
            "`backends.u.preset` is none of what it can be: `",
        ),
        ("backends.u = { kind = \"nosuchkind\" }", "`backends.u.kind`: there is no kind `nosuchkind`"),
        ("backends.memory.calls.deadline_ms = 1", "`backends.memory.calls.deadline_ms`"),
        (
            "backends.memory.calls.deadlin_ms = 100",
            "`backends.memory.calls.deadlin_ms` is no setting; `deadline_ms` is one",
        ),
        ("backends.memory.lookup_cache.seconds = 9999", "`backends.memory.lookup_cache.seconds`"),
    ] {
        let (why, _) = refusal(&format!("{probe}{more}\n"));
        assert!(why.contains(named), "{more}: {why}");
    }
}

#[tokio::test]
async fn a_directory_whose_settings_are_misspelled_is_told_what_there_is() {
    for (more, said) in [
        (
            "preset = \"novell\"",
            "`backends.d.preset` is none of what it can be: `active-directory`, `openldap` or",
        ),
        ("must_change = \"yes\"", "`backends.d.must_change` is none of what it can be: `refuse` or `allow`"),
        ("attributes.id_format = \"x\"", "id_format` is none of what it can be: `text` or `guid`"),
        ("attributes.mobil = \"x\"", "`backends.d.attributes.mobil` is no setting; there are `id`, "),
        ("attributes.phon = \"x\"", "`backends.d.attributes.phon` is no setting; `phone` is one"),
        ("organizations.SME.bas = \"x\"", "`backends.d.organizations.SME.bas` is no setting; `base` is one"),
    ] {
        let text = format!(
            "[backends.d]\nkind = \"ldap\"\nurls = [\"ldap://127.0.0.1\"]\nbind_dn = \"cn=a\"\nbind_password = \"b\"\n\
             organizations.RETAIL.base = \"dc=test\"\n{more}\n"
        );
        let Err(failure) = connect("d", &settings(&text), &builtin()) else {
            unreachable!("{more} is refused")
        };
        assert!(failure.to_string().contains(said), "{failure}");
    }
}

#[tokio::test]
async fn what_a_back_end_can_do_is_told_with_the_refusal() {
    let (why, _) = refusal("capabilities.consent = \"memory\"\n");
    assert!(why.ends_with("which does only: users, authentication, operations"), "{why}");
}

#[tokio::test]
async fn a_system_made_for_web_flow_0_22_cannot_do_what_later_versions_ask() {
    let upstream = "[backends.upstream]\nkind = \"rest\"\nurl = \"https://core.bank.example\"\n";
    for capability in ["setup", "certificates", "anti_fraud"] {
        let choice = format!("capabilities.{capability} = \"upstream\"\n{upstream}");
        let (why, _) = refusal(&choice);
        assert!(why.contains(&format!("`capabilities.{capability}` names `upstream`")), "{why}");
        assert!(why.ends_with("does only: users, authentication, operations, sms_otp, consent"), "{why}");
        let registry = builtin();
        let settings = settings(&format!("{choice}dialect = \"1\"\n"));
        let assembled = assemble(&settings, &registry, &foundation(), None);
        assert!(assembled.is_ok(), "{:?}", assembled.err());
    }
    let (why, _) = refusal(&format!("capabilities.users = \"upstream\"\n{upstream}dialect = \"0.23\"\n"));
    assert!(why.ends_with("there are two dialects: 0.22 and 1"), "{why}");
}

#[tokio::test]
async fn a_kind_gets_the_keys_of_its_section_and_secrets_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "from the file\n").unwrap();
    let section = |keys: &str| {
        format!("capabilities.consent = \"p\"\n[backends.p]\nkind = \"probe\"\nurl = \"x\"\n{keys}\n")
    };
    let (_, made) =
        refusal(&section(&format!("retries = \"3\"\ntoken_file = {:?}", file.display().to_string())));
    let probe = Probe { url: "x".to_owned(), retries: 3, token: Some("from the file".to_owned()) };
    assert_eq!(made, [probe]);
    for (keys, named) in [
        ("token = \"a\"\ntoken_file = \"b\"", "`backends.p.token` and `token_file` are both set"),
        ("token_file = \"/no/such/file\"", "`backends.p.token_file`"),
        ("retries = \"s3cret\"", "`backends.p.retries`"),
        ("tokne = \"s3cret\"", "tokne"),
    ] {
        let (why, made) = refusal(&section(keys));
        assert!(why.contains(named) && !why.contains("s3cret"), "{keys}: {why}");
        assert_eq!(made, []);
    }
}

#[tokio::test]
async fn secrets_and_whatever_may_be_one_are_not_shown() {
    let (registry, _) = registry();
    let settings = settings(
        "backends.p = { kind = \"probe\", url = \"visible\", token = \"s3cret\" }\nbackends.q = { kind = \"?\", k = \"s3cret\" }\n",
    );
    let shown = settings.show(&registry).unwrap();
    assert!(shown.contains("visible") && !shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("deadline_ms = 10000"), "what is in effect is shown: {shown}");
}

/// A back end of one organization's own, which lets nobody in.
struct Closed;

#[async_trait]
impl Authentication for Closed {
    async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        Err(AdapterError::Remote("closed".to_owned()))
    }
}

/// What the settings choose, around an engine with a store in memory.
fn chosen(settings: &Settings, registry: &Registry) -> Backend {
    let foundation = foundation();
    let house = House {
        settings,
        foundation: &foundation,
        store: Arc::clone(&foundation.store) as _,
        gateway: Arc::clone(&foundation.inbox) as _,
        engine: std::sync::OnceLock::new(),
    };
    let verifier = Arc::default();
    let (backend, _) = choose(settings, registry, &house, &verifier).expect("it can be chosen");
    start(&verifier, None).expect("there is room to check passwords");
    backend
}

#[tokio::test]
async fn an_organization_has_the_back_end_that_it_names_and_all_others_the_usual_one() {
    let (mut registry, _) = registry();
    registry.register("closed", |_: BTreeMap<String, String>, _: &BackendContext<'_>| {
        let authentication = Some(PasswordCheck::Complete(Arc::new(Closed)));
        Ok::<_, String>(Capabilities { authentication, ..Capabilities::default() })
    });
    let settings = settings("[backends.closed]\n[organizations.SME]\nauthentication = \"closed\"\n");
    let authentication = chosen(&settings, &registry).authentication;
    let credentials = |organization| Credentials {
        user: UserId::new("12345678"),
        is_nobody: false,
        organization: Some(OrganizationId::new(organization)),
        password: Password::Clear("s3cret".into()),
        operation: login(),
    };
    let usual = authentication.authenticate(&credentials("RETAIL")).await.unwrap();
    assert!(matches!(usual, AuthenticationOutcome::Succeeded { .. }), "{usual:?}");
    assert!(authentication.authenticate(&credentials("SME")).await.is_err());
}

fn login() -> OperationContext {
    OperationContext {
        id: OperationId::new("op"),
        name: OperationName::new("login"),
        data: None,
        external_transaction: None,
        form_data: None,
        application: None,
    }
}

/// A register of consents that takes no care of its HTML.
struct Careless;

#[async_trait]
impl Consent for Careless {
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        self.create(request).await.map(ConsentNeed::Ask)
    }

    async fn create(&self, _: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        let html = "<p onclick=\"steal()\">I <a href=\"/terms\" target=\"_blank\">consent</a></p><script>steal()</script>";
        let option = ConsentOption {
            id: "A".to_owned(),
            html: html.to_owned(),
            required: true,
            checked_by_default: false,
        };
        Ok(ConsentForm { html: html.to_owned(), options: vec![option] })
    }

    async fn validate(&self, _: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        Ok(ConsentValidation::Passed)
    }

    async fn save(&self, _: &ConsentSubmission) -> Result<bool, AdapterError> {
        Ok(true)
    }
}

#[tokio::test]
async fn the_form_of_any_back_end_is_safe_to_show_by_the_policy_of_the_settings() {
    let request = ConsentRequest {
        user: UserId::new("1"),
        organization: None,
        operation: login(),
        client: None,
        language: None,
    };
    for (policy, shown) in [
        ("", "<p>I <a href=\"/terms\" target=\"_blank\" rel=\"noopener noreferrer\">consent</a></p>"),
        (
            "consent.html = \"strict\"\n",
            "<p>I <a href=\"/terms\" rel=\"noopener noreferrer\">consent</a></p>",
        ),
    ] {
        let mut registry = builtin();
        registry.register("careless", |_: Empty, _: &BackendContext<'_>| {
            Ok::<_, String>(Capabilities { consent: Some(Arc::new(Careless)), ..Capabilities::default() })
        });
        let settings =
            settings(&format!("{policy}capabilities.consent = \"careless\"\nbackends.careless = {{}}\n"));
        let consent = chosen(&settings, &registry).consent;
        let forms =
            [consent.init(&request).await.unwrap().form().unwrap(), consent.create(&request).await.unwrap()];
        for form in forms {
            assert_eq!([form.html.as_str(), form.options[0].html.as_str()], [shown, shown]);
        }
    }
}

#[derive(Deserialize)]
struct Empty {}
