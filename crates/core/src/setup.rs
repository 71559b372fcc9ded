use async_trait::async_trait;

use crate::{AdapterError, Json, OperationName, OperationParty};

/// An application that sent a person to log in without an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImplicitLogin {
    /// The OAuth 2.0 client.
    pub client: String,
    /// The scopes that it asked for.
    pub scopes: Vec<String>,
}

/// A login operation for such an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginOperation {
    /// Its kind.
    pub name: OperationName,
    /// What the person sees.
    pub form: FormContent,
    /// The application, as the person gets to know it.
    pub application: Application,
}

/// What the person sees of an operation that the front has no form for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormContent {
    /// Three texts and nothing else.
    Texts(FormTexts),
    /// The whole form, an object, for a system behind that makes it itself.
    FormData(Json),
}

/// The texts of a form, by the keys that the front translates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormTexts {
    /// Above all.
    pub title: String,
    /// To the person.
    pub greeting: String,
    /// What it is about, in a sentence.
    pub summary: String,
}

/// An application that people log in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is; `None` when nobody says.
    pub description: Option<String>,
    /// What it may do, as OAuth 2.0 scopes.
    pub scopes: Vec<String>,
    /// More about it, an object; `None` when there is nothing.
    pub extras: Option<Json>,
}

/// A step of an operation, and the way to authenticate in it.
#[derive(Clone, Debug)]
pub struct AuthenticationStep {
    /// Who, in which operation; the user is `None` before the login.
    pub party: OperationParty,
    /// The authentication method in Web Flow's words, such as `LOGIN_SCA`; `None` when it names none.
    pub method: Option<String>,
}

/// Whether a certificate can be used in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateMode {
    /// It can.
    Enabled,
    /// It can't now.
    Disabled,
    /// There is no such thing.
    NotAvailable,
}

/// What a person may use in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepOptions {
    /// Whether a certificate.
    pub certificate: CertificateMode,
    /// Where the browser shows its certificate; `None` when nowhere.
    pub certificate_url: Option<String>,
    /// What is signed with a certificate, see [`signed_text`](crate::signed_text); `None` when nothing is.
    pub signed_text: Option<String>,
}

/// An operation as the mobile token shows and signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationMapping {
    /// The template of the operation in the PowerAuth server.
    pub template: String,
    /// Its kind.
    pub name: OperationName,
    /// What is signed; `None` when there is nothing.
    pub data: Option<String>,
    /// What the person sees; `None` for what the front sent.
    pub form: Option<FormContent>,
}

/// Sets operations up: for applications, for steps, for the mobile token.
#[async_trait]
pub trait OperationSetup: Send + Sync {
    /// A login for an application that brought none; `None` when it may not have one.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the system behind could not be asked.
    async fn login(&self, request: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError>;

    /// What may be used in a step that begins.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the system behind could not be asked.
    async fn step_options(&self, step: &AuthenticationStep) -> Result<StepOptions, AdapterError>;

    /// The operation of a step as the mobile token shows it.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the system behind could not be asked.
    async fn mapping(&self, step: &AuthenticationStep) -> Result<OperationMapping, AdapterError>;
}
