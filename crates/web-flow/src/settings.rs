use std::collections::{BTreeSet, HashMap, HashSet};

use data_adapter_core::{AttributeId, BindingKind, OperationName};
use data_adapter_protocol::web_flow::Limits;
use serde::Serialize;

/// How the API is answered.
#[derive(Clone, Debug)]
pub struct WebFlowSettings {
    /// Where the API is served besides `/`, with a leading slash; empty for nowhere else.
    pub context_path: String,
    /// Where it is served in the other dialect; empty for nowhere.
    pub other_context_path: String,
    /// The name of the environment in the service status.
    pub environment: String,
    /// Which Web Flow calls, and how long texts may be.
    pub limits: Limits,
    /// The operations that codes are made for.
    pub operations: HashMap<OperationName, OperationRules>,
    /// Whether passwords may come in clear, which is how the walk on the start page sends them.
    pub clear_passwords: bool,
    /// Who logs in on that walk; `None` where the users are the bank's own.
    pub demo: Option<DemoUser>,
    /// How many digits a code has, by which that walk finds it in a message; `None` where not all codes are made here.
    pub code_digits: Option<u32>,
    /// The operations that have a consent form here; empty where other systems ask for consent.
    pub consents: HashSet<OperationName>,
}

/// A user whom everybody knows.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DemoUser {
    /// The name at the login.
    pub username: &'static str,
    /// The password.
    pub password: &'static str,
    /// The id of the organization.
    pub organization: &'static str,
}

/// How the codes of an operation are bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRules {
    /// To what.
    pub binding: BindingKind,
    /// The attributes that name the payee of a payment, its account first; empty for what is no payment. Each has to be there,
    /// and is bound and shown.
    pub payee: Vec<AttributeId>,
    /// Which others are. A text with characters that can't be seen is refused, as in a payee.
    pub bind: Vec<AttributeId>,
    /// What its payments may be made in besides the three capital letters of a currency, such as `points`. People read it in
    /// the message as it is.
    pub currencies: BTreeSet<String>,
}

impl WebFlowSettings {
    /// The same for the other dialect, under its own context path; `None` where there is none.
    #[must_use]
    pub fn other(&self) -> Option<Self> {
        let dialect = self.limits.dialect.other();
        (!self.other_context_path.is_empty()).then(|| Self {
            context_path: self.other_context_path.clone(),
            other_context_path: self.context_path.clone(),
            limits: Limits { dialect, ..self.limits.clone() },
            ..self.clone()
        })
    }

    /// What people call the API in this dialect.
    pub(crate) fn title(&self) -> String {
        format!("Web Flow {}", self.limits.dialect.web_flow())
    }

    /// The same for each path that the API is served at, which is the context path of each: the one that is meant for Web Flow
    /// first.
    pub(crate) fn places(&self) -> Vec<Self> {
        let at_root = Self { context_path: String::new(), ..self.clone() };
        let with_path = (!self.context_path.is_empty()).then(|| self.clone());
        with_path.into_iter().chain([at_root]).chain(self.other()).collect()
    }
}
