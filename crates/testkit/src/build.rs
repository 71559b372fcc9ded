use data_adapter_core::{
    Attribute, AttributeId, AttributeValue, Binding, CodeRequest, CodeVerification, Credentials, FraudAction,
    FraudQuery, Language, MessageId, OperationContext, OperationId, OperationName, OperationParty,
    OrganizationId, Password, Payment, UserId,
};
use data_adapter_sca::{ApprovalMethod, Challenge, CodeHash, Presentation, Step};
use jiff::{SignedDuration, Timestamp};

/// The time at which tests begin.
#[must_use]
pub fn start() -> Timestamp {
    Timestamp::constant(1_767_268_800, 125_000_000)
}

/// `seconds` after [`start`].
#[must_use]
pub fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// An operation of which nothing but its id and name is known.
#[must_use]
pub fn operation(id: &str, name: &str) -> OperationContext {
    OperationContext {
        id: OperationId::new(id),
        name: OperationName::new(name),
        data: None,
        external_transaction: None,
        form_data: None,
        application: None,
    }
}

/// An id of an attribute.
///
/// # Panics
///
/// When it does not end in a name.
#[must_use]
pub fn attribute_id(id: &str) -> AttributeId {
    AttributeId::new(id).expect("it ends in a name")
}

/// An attribute with a text, as [`attribute_id`].
#[must_use]
pub fn attribute(id: &str, text: &str) -> Attribute {
    Attribute { id: attribute_id(id), value: AttributeValue::Text(text.to_owned()) }
}

/// A payment to an account in the usual attribute.
///
/// # Panics
///
/// When `amount` is no number.
#[must_use]
pub fn paid(amount: &str, currency: &str, account: &str) -> Payment {
    Payment {
        amount: amount.parse().expect("the amount is a number"),
        currency: currency.to_owned(),
        account: account.to_owned(),
        account_id: AttributeId::payees_account(),
    }
}

/// What the code of such a payment is bound to.
#[must_use]
pub fn payment(amount: &str, currency: &str, account: &str) -> Binding {
    Binding::to_payment(paid(amount, currency, account))
}

/// A question about the first step of this kind in an operation that is no payment, of which nothing more is known.
#[must_use]
pub fn fraud_query(action: FraudAction, operation: OperationContext) -> FraudQuery {
    FraudQuery {
        party: OperationParty { user: None, organization: None, operation },
        action,
        payment: None,
        system: None,
        client_ip: None,
        step: 1,
        username: None,
        instruments: Vec::new(),
        step_result: None,
        termination: None,
        extras: None,
    }
}

/// A step of an operation; `None` for a fake.
#[must_use]
pub fn step(operation: &str, name: &str, user: Option<&str>) -> Step {
    Step {
        operation: OperationId::new(operation),
        name: OperationName::new(name),
        user: user.map(UserId::new),
    }
}

/// What is kept of the code of each [`challenge`].
pub(crate) const CODE_HASH: CodeHash = CodeHash([7; 32]);

/// The server key of it.
pub(crate) const KEY_ID: &str = "key";

/// A challenge that is made at `now` and expires 300 seconds later.
#[must_use]
pub fn challenge(message: &str, step: &Step, now: Timestamp) -> Challenge {
    Challenge {
        message: MessageId::new(message),
        step: step.clone(),
        method: ApprovalMethod::Otp,
        presentation: Presentation::of(Binding::to_operation()),
        organization: step.user.as_ref().map(|_| OrganizationId::new("RETAIL")),
        code_hash: CODE_HASH,
        key_id: KEY_ID.to_owned(),
        created_at: now,
        expires_at: now + SignedDuration::from_secs(300),
    }
}

/// What someone approves: the requests that ask for a code and that answer it are made from it.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Who; `None` asks for a fake.
    pub user: Option<UserId>,
    /// Their organization.
    pub organization: Option<OrganizationId>,
    /// The operation.
    pub operation: OperationContext,
    /// What the code is bound to.
    pub binding: Binding,
    /// The language of the message.
    pub language: Option<Language>,
}

impl Approval {
    /// A login of [`Directory::PAYER`](crate::Directory::PAYER).
    #[must_use]
    pub fn login(operation_id: &str) -> Self {
        Self {
            user: Some(UserId::new(crate::Directory::PAYER)),
            organization: Some(OrganizationId::new(crate::Directory::ORGANIZATION)),
            operation: operation(operation_id, "login"),
            binding: Binding::to_operation(),
            language: None,
        }
    }

    /// A payment of 100.00 CZK by [`Directory::PAYER`](crate::Directory::PAYER).
    #[must_use]
    pub fn payment(operation_id: &str) -> Self {
        Self {
            operation: operation(operation_id, "authorize_payment"),
            binding: payment("100.00", "CZK", "238400856/0300"),
            ..Self::login(operation_id)
        }
    }

    /// The same by someone else.
    #[must_use]
    pub fn by(self, user: &str) -> Self {
        Self { user: Some(UserId::new(user)), ..self }
    }

    /// The same by nobody: a fake.
    #[must_use]
    pub fn by_nobody(self) -> Self {
        Self { user: None, ..self }
    }

    /// The same bound to something else.
    #[must_use]
    pub fn bound_to(self, binding: Binding) -> Self {
        Self { binding, ..self }
    }

    /// The same under another name of the operation.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.operation.name = OperationName::new(name);
        self
    }

    /// The same with a message in `language`.
    #[must_use]
    pub fn in_language(self, language: &str) -> Self {
        Self { language: Some(Language::new(language)), ..self }
    }

    /// Asks for a code.
    #[must_use]
    pub fn request(&self) -> CodeRequest {
        CodeRequest {
            user: self.user.clone(),
            organization: self.organization.clone(),
            operation: self.operation.clone(),
            binding: self.binding.clone(),
            phone: None,
            language: self.language.clone(),
            resend: false,
            barred: None,
        }
    }

    /// Answers with `code`.
    #[must_use]
    pub fn answer(&self, message: &MessageId, code: &str) -> CodeVerification {
        CodeVerification {
            message: message.clone(),
            code: code.into(),
            user: self.user.clone(),
            organization: self.organization.clone(),
            account: data_adapter_core::AccountStatus::Active,
            operation: self.operation.clone(),
            binding: self.binding.clone(),
        }
    }

    /// What the user types as a password; the user is nobody's id for a fake.
    #[must_use]
    pub fn credentials(&self, password: &str) -> Credentials {
        Credentials {
            user: self.user.clone().unwrap_or_else(|| UserId::new("nobody")),
            is_nobody: self.user.is_none(),
            organization: self.organization.clone(),
            password: Password::Clear(password.into()),
            operation: self.operation.clone(),
        }
    }
}
