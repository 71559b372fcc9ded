//! How operations are set up where no system behind wants to: as the configuration says.

use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Application, AuthenticationStep, CertificateMode, FormContent, FormTexts, ImplicitLogin,
    LoginOperation, OperationMapping, OperationName, OperationSetup, StepOptions, signed_text,
};

/// Sets operations up from a plan.
pub struct PlannedSetup {
    plan: SetupPlan,
}

/// What the configuration says of operations.
#[derive(Clone, Debug)]
pub struct SetupPlan {
    /// For applications that are not named; `None` when they may not have a login.
    pub logins: Option<LoginPlan>,
    /// For applications by their id.
    pub clients: HashMap<String, LoginPlan>,
    /// What the mobile token shows in place of an operation, by the name of the operation and the authentication method.
    pub mappings: HashMap<(OperationName, String), MappingPlan>,
    /// Where certificates can be used; `None` for nowhere.
    pub certificates: Option<CertificatePlan>,
}

/// The login of an application that brought no operation.
#[derive(Clone, Debug)]
pub struct LoginPlan {
    /// Its kind.
    pub operation: OperationName,
    /// The scopes of which it has to ask for one; empty for any.
    pub scopes: Vec<String>,
    /// The name of the application; `None` for its id.
    pub name: Option<String>,
    /// What the application is; `None` when nobody says.
    pub description: Option<String>,
    /// What the person sees.
    pub texts: FormTexts,
}

/// An operation as the mobile token shows it.
#[derive(Clone, Debug)]
pub struct MappingPlan {
    /// The template in the PowerAuth server.
    pub template: String,
    /// Its kind.
    pub operation: OperationName,
    /// What is signed.
    pub data: String,
    /// What the person sees.
    pub texts: FormTexts,
}

/// Where certificates can be used.
#[derive(Clone, Debug)]
pub struct CertificatePlan {
    /// The authentication methods, in Web Flow's words.
    pub methods: Vec<String>,
    /// Where the browser shows its certificate; `None` when nowhere, because something is signed instead.
    pub url: Option<String>,
}

impl PlannedSetup {
    /// Goes by `plan`.
    #[must_use]
    pub fn new(plan: SetupPlan) -> Self {
        Self { plan }
    }
}

impl LoginPlan {
    fn allows(&self, scopes: &[String]) -> bool {
        self.scopes.is_empty() || scopes.iter().any(|scope| self.scopes.contains(scope))
    }

    fn operation(&self, request: &ImplicitLogin) -> LoginOperation {
        LoginOperation {
            name: self.operation.clone(),
            form: FormContent::Texts(self.texts.clone()),
            application: Application {
                id: request.client.clone(),
                name: self.name.clone().unwrap_or_else(|| request.client.clone()),
                description: self.description.clone(),
                scopes: request.scopes.clone(),
                extras: None,
            },
        }
    }
}

#[async_trait]
impl OperationSetup for PlannedSetup {
    async fn login(&self, request: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError> {
        let plan = self.plan.clients.get(&request.client).or(self.plan.logins.as_ref());
        Ok(plan.filter(|plan| plan.allows(&request.scopes)).map(|plan| plan.operation(request)))
    }

    /// The text to sign comes with the certificate, since nothing else of the operation is bound to it.
    async fn step_options(&self, step: &AuthenticationStep) -> Result<StepOptions, AdapterError> {
        let certificates = self.plan.certificates.as_ref();
        let method = step.method.as_deref().unwrap_or_default();
        Ok(match certificates.filter(|plan| plan.methods.iter().any(|known| known == method)) {
            Some(plan) => StepOptions {
                certificate: CertificateMode::Enabled,
                certificate_url: plan.url.clone(),
                signed_text: Some(signed_text(&step.party.operation)),
            },
            None => StepOptions {
                certificate: CertificateMode::NotAvailable,
                certificate_url: None,
                signed_text: None,
            },
        })
    }

    /// Without a plan the mobile token shows the operation as it is.
    async fn mapping(&self, step: &AuthenticationStep) -> Result<OperationMapping, AdapterError> {
        let operation = &step.party.operation;
        let key = (operation.name.clone(), step.method.clone().unwrap_or_default());
        Ok(match self.plan.mappings.get(&key) {
            Some(plan) => OperationMapping {
                template: plan.template.clone(),
                name: plan.operation.clone(),
                data: Some(plan.data.clone()),
                form: Some(FormContent::Texts(plan.texts.clone())),
            },
            None => OperationMapping {
                template: operation.name.to_string(),
                name: operation.name.clone(),
                data: operation.data.clone(),
                form: None,
            },
        })
    }
}
