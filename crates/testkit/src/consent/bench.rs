use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use data_adapter_core::{
    AdapterError, BindingKind, Consent, ConsentClient, ConsentForm, ConsentNeed, ConsentRequest,
    ConsentSubmission, ConsentValidation, Language, OperationName, OptionChoice, OrganizationId, UserId,
};
use data_adapter_sca::{
    ConsentEngine, ConsentRecord, FormDefinition, HtmlPolicy, KeptConsent, OptionDefinition, Store, Texts,
};
use jiff::SignedDuration;

use crate::build::operation;
use crate::{Directory, ManualClock};

/// Two operations with forms and one without: `login`, `authorize_payment`, `login_sca`.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<ManualClock>,
    engine: Arc<ConsentEngine>,
}

impl Bench {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let clock = Arc::default();
        let engine = engine(&store, &clock, forms("v1", &[("terms", true), ("news", false)]));
        Self { store, clock, engine }
    }

    /// The same where consents to the login of this version are remembered.
    pub(super) fn remembering(&self, long: SignedDuration, version: &str, options: &[(&str, bool)]) -> Self {
        let mut forms = forms(version, options);
        if let Some(login) = forms.get_mut(&OperationName::new("login")) {
            login.remembered_for = Some(long);
        }
        Self { engine: engine(&self.store, &self.clock, forms), ..self.clone() }
    }

    /// The same after the bank changed the form of `login`.
    pub(super) fn with_login_form(&self, version: &str, options: &[(&str, bool)]) -> Self {
        Self { engine: engine(&self.store, &self.clock, forms(version, options)), ..self.clone() }
    }

    pub(super) fn engine(&self) -> &dyn Consent {
        self.engine.as_ref()
    }

    pub(super) async fn init(&self, request: &ConsentRequest) -> Option<ConsentForm> {
        self.need(request).await.form()
    }

    pub(super) async fn need(&self, request: &ConsentRequest) -> ConsentNeed {
        self.engine.init(request).await.expect("consent is asked for")
    }

    pub(super) async fn create(&self, request: &ConsentRequest) -> ConsentForm {
        self.engine.create(request).await.expect("a form is shown")
    }

    pub(super) async fn validate(
        &self,
        request: &ConsentRequest,
        ticks: &[(&str, bool)],
    ) -> ConsentValidation {
        let validation = self.engine.validate(&submission(request, ticks)).await;
        validation.expect("the answers are judged")
    }

    pub(super) async fn save(
        &self,
        request: &ConsentRequest,
        ticks: &[(&str, bool)],
    ) -> Result<bool, AdapterError> {
        self.engine.save(&submission(request, ticks)).await
    }

    /// Answers that have to be kept; what is on record then.
    pub(super) async fn saved(&self, request: &ConsentRequest, ticks: &[(&str, bool)]) -> ConsentRecord {
        let saved = self.save(request, ticks).await;
        assert!(saved.expect("the answers are accepted"), "they were not kept");
        self.records().await.pop().expect("a consent is on record").consent
    }

    pub(super) async fn records(&self) -> Vec<KeptConsent> {
        let records = self.store.consents(None).await;
        records.expect("the store lists consents")
    }
}

/// Asks the payer, for a shop.
pub(super) fn request(operation_id: &str, name: &str, language: Option<&str>) -> ConsentRequest {
    ConsentRequest {
        user: UserId::new(Directory::PAYER),
        organization: Some(OrganizationId::new(Directory::ORGANIZATION)),
        client: Some(client("shop", &["aisp"])),
        operation: operation(operation_id, name),
        language: language.map(Language::new),
    }
}

pub(super) fn client(id: &str, scopes: &[&str]) -> ConsentClient {
    ConsentClient { id: id.to_owned(), scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect() }
}

pub(super) fn submission(request: &ConsentRequest, ticks: &[(&str, bool)]) -> ConsentSubmission {
    ConsentSubmission { request: request.clone(), choices: choices(ticks) }
}

pub(super) fn choices(ticks: &[(&str, bool)]) -> Vec<OptionChoice> {
    let choice = |(id, checked): &(&str, bool)| OptionChoice { id: (*id).to_owned(), checked: *checked };
    ticks.iter().map(choice).collect()
}

fn texts(texts: &[(&str, String)]) -> BTreeMap<String, String> {
    let owned = |(language, text): &(&str, String)| ((*language).to_owned(), text.clone());
    texts.iter().map(owned).collect()
}

fn form(name: &str, version: &str, options: &[(&str, bool)]) -> FormDefinition {
    let option = |(id, required): &(&str, bool)| OptionDefinition {
        id: (*id).to_owned(),
        required: *required,
        checked_by_default: !*required,
        texts: texts(&[
            ("en", format!("<b>{id}</b><script>steal()</script>")),
            ("cs", format!("{id} <a href=\"javascript:steal()\">česky</a>")),
        ]),
    };
    FormDefinition {
        version: version.to_owned(),
        texts: texts(&[
            ("en", format!("<p onclick=\"steal()\">{name} {version}</p>")),
            ("cs", format!("<p>{name} {version} česky</p><iframe src=\"//evil\"></iframe>")),
            ("pt_BR", format!("<p>{name} {version} em português</p>")),
        ]),
        options: options.iter().map(option).collect(),
        remembered_for: None,
    }
}

fn forms(login_version: &str, login_options: &[(&str, bool)]) -> HashMap<OperationName, FormDefinition> {
    HashMap::from([
        (OperationName::new("login"), form("login", login_version, login_options)),
        (OperationName::new("authorize_payment"), form("payment", "p1", &[("payment", true)])),
    ])
}

fn engine(
    store: &Arc<dyn Store>,
    clock: &Arc<ManualClock>,
    forms: HashMap<OperationName, FormDefinition>,
) -> Arc<ConsentEngine> {
    let operations = [
        ("login", BindingKind::Operation),
        ("login_sca", BindingKind::Operation),
        ("authorize_payment", BindingKind::Payment),
    ];
    Arc::new(ConsentEngine::new(
        forms,
        HtmlPolicy::default(),
        operations.into_iter().map(|(name, kind)| (OperationName::new(name), kind)).collect(),
        Arc::clone(store),
        Arc::new(Texts::built_in().expect("the texts are built in")),
        Arc::clone(clock) as _,
    ))
}
