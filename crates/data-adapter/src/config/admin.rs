use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use data_adapter_admin::{
    AdminSettings, Operator, Operators, PAYMENT_OPERATION, PaymentOperation, REQUEST_OPERATION,
    title_attribute,
};
use data_adapter_core::{BindingKind, OperationName};
use data_adapter_sca::BindingPlan;
use data_adapter_server::is_caller_name;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::secret::{Secret, read_digest};
use super::{OperationSettings, PUBLIC, refuse};
use crate::demo;
use crate::failure::Failure;

/// `[admin]`: what operators ask.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AdminSection {
    pub(crate) enabled: bool,
    page: bool,
    payment_operation: String,
    request_operation: String,
    operators: Vec<OperatorSettings>,
}

/// `[[admin.operators]]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct OperatorSettings {
    name: String,
    token_sha256: Option<Secret>,
    token_sha256_file: Option<PathBuf>,
}

impl Default for AdminSection {
    fn default() -> Self {
        Self {
            enabled: false,
            page: true,
            payment_operation: PAYMENT_OPERATION.to_owned(),
            request_operation: REQUEST_OPERATION.to_owned(),
            operators: Vec::new(),
        }
    }
}

type Operations = BTreeMap<String, OperationSettings>;

impl AdminSection {
    /// The name of each operator; none while it is off.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.operators.iter().filter(|_| self.enabled).map(|operator| &operator.name)
    }

    /// Nothing has to be right while it is off.
    pub(super) fn validate(&self, operations: &Operations) -> Result<(), Failure> {
        if !self.enabled {
            return Ok(());
        }
        if self.operators.is_empty() {
            return refuse(
                "admin.operators",
                "is missing: add an operator (`data-adapter caller-token` makes a token), or set `admin.enabled = false`",
            );
        }
        self.operators.iter().try_for_each(OperatorSettings::validate)?;
        self.payment(operations)?;
        self.request(operations).map(drop)
    }

    /// `taken` are the tokens of callers, and `sandbox` is whether the token of the demo may be used.
    pub(super) fn settings(
        &self,
        operations: &Operations,
        taken: impl IntoIterator<Item = [u8; 32]>,
        partners: BTreeSet<String>,
        tokens_ahead: SignedDuration,
        sandbox: bool,
    ) -> Result<AdminSettings, Failure> {
        let mut operators = Vec::new();
        let mut digests: BTreeSet<_> = taken.into_iter().collect();
        for settings in &self.operators {
            let operator = settings.operator(sandbox)?;
            if !digests.insert(operator.token_sha256) {
                let name = &operator.name;
                let why =
                    format!("gives `{name}` the token of another operator or of a caller; make one for each");
                return refuse("admin.operators", &why);
            }
            operators.push(operator);
        }
        Ok(AdminSettings {
            operators: Operators::new(operators),
            page: self.page,
            payment: self.payment(operations)?,
            request: self.request(operations)?,
            partners,
            tokens_ahead,
            demo_token: self.knows_demo_operator().then_some(demo::OPERATOR_TOKEN),
        })
    }

    /// Whether an operator has the token that everybody knows.
    fn knows_demo_operator(&self) -> bool {
        let digests = self.operators.iter().filter_map(|operator| operator.token_sha256.as_ref());
        digests.into_iter().any(|digest| digest.is(demo::OPERATOR_TOKEN_SHA256))
    }

    /// The operation of payments: a request has an amount, a currency and one payee, and nothing else to bind to.
    fn payment(&self, operations: &Operations) -> Result<PaymentOperation, Failure> {
        const KEY: &str = "admin.payment_operation";
        let name = &self.payment_operation;
        let operation = find(KEY, name, operations)?;
        let BindingPlan { kind, payee, bind } = operation.plan();
        match (kind, payee.as_slice(), bind.as_slice()) {
            (BindingKind::Payment, [account], []) => Ok(PaymentOperation {
                name: OperationName::new(name),
                account: account.clone(),
                currencies: operation.currencies.clone(),
            }),
            _ => refuse(
                KEY,
                "has to name an operation that binds to a payment, with one payee and nothing else",
            ),
        }
    }

    /// The operation of everything else, whose message shows the title.
    fn request(&self, operations: &Operations) -> Result<OperationName, Failure> {
        const KEY: &str = "admin.request_operation";
        let name = &self.request_operation;
        let BindingPlan { kind, bind, .. } = find(KEY, name, operations)?.plan();
        if kind == BindingKind::Operation && bind == [title_attribute()] {
            return Ok(OperationName::new(name));
        }
        let title = title_attribute();
        refuse(
            KEY,
            &format!("has to name an operation with `binds = \"operation\"` and `bind = [\"{title}\"]`"),
        )
    }
}

fn find<'a>(key: &str, name: &str, operations: &'a Operations) -> Result<&'a OperationSettings, Failure> {
    let unknown = || refuse(key, &format!("names `{name}`, which is none of `operations`"));
    operations.get(name).map_or_else(unknown, Ok)
}

impl OperatorSettings {
    fn validate(&self) -> Result<(), Failure> {
        let name = &self.name;
        if !is_caller_name(name) {
            return refuse(
                "admin.operators.name",
                "has to be 1 to 64 letters of English, digits, `-`, `_`, `.` or `@`",
            );
        }
        if self.token_sha256.is_none() && self.token_sha256_file.is_none() {
            let why = format!("is missing for `{name}`; `data-adapter caller-token` makes one");
            return refuse("admin.operators.token_sha256", &why);
        }
        Ok(())
    }

    fn operator(&self, sandbox: bool) -> Result<Operator, Failure> {
        let key = "admin.operators.token_sha256";
        let digest = read_digest(key, self.token_sha256.as_ref(), self.token_sha256_file.as_ref())?;
        let missing = || Failure::Configuration(format!("`{key}` is missing for `{}`", self.name));
        let token_sha256 = digest.ok_or_else(missing)?;
        if !sandbox && <[u8; 32]>::from(Sha256::digest(demo::OPERATOR_TOKEN)) == token_sha256 {
            let why =
                format!("of `{}` is the demo's, {PUBLIC}; `data-adapter caller-token` makes one", self.name);
            return refuse(key, &why);
        }
        Ok(Operator { name: self.name.clone(), token_sha256 })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;
    use crate::demo;

    /// What is wrong with a section of the admin API; empty where nothing is.
    fn refusal(text: &str) -> String {
        let settings = load_text(&format!("sandbox.enabled = true\n{text}"));
        let refused = settings.and_then(|settings| settings.admin_settings().map(drop));
        refused.err().map(|failure| failure.to_string()).unwrap_or_default()
    }

    fn digest(digit: char) -> String {
        std::iter::repeat_n(digit, 64).collect()
    }

    fn operator(name: &str, digit: char) -> String {
        format!("[[admin.operators]]\nname = \"{name}\"\ntoken_sha256 = \"{}\"\n", digest(digit))
    }

    #[test]
    fn several_operators_have_names_and_tokens_of_their_own() {
        let on = "admin.enabled = true\n";
        assert_eq!(refusal(&format!("{on}{}{}", operator("ann", 'a'), operator("bob", 'b'))), "");
        let caller = operator("ann", 'c').replace("admin.operators", "callers.allowed");
        for (text, named) in [
            (String::new(), "`admin.operators` is missing"),
            (operator("ann", 'a') + &operator("ann", 'b'), "`admin.operators.name` has `ann` twice"),
            (operator("ann", 'a') + &operator("bob", 'a'), "gives `bob` the token of another operator"),
            (
                operator("ann", 'a') + &caller,
                "`admin.operators.name` has `ann`, and so has `callers.allowed.name`",
            ),
            (operator("bob", 'c') + &caller, "gives `bob` the token of another operator or of a caller"),
            (operator("a b", 'a'), "`admin.operators.name`"),
            ("[[admin.operators]]\nname = \"ann\"\n".to_owned(), "`admin.operators.token_sha256` is missing"),
            (operator("ann", 'x'), "`admin.operators.token_sha256` is not 64 hexadecimal digits"),
        ] {
            let message = refusal(&format!("{on}{text}"));
            assert!(message.contains(named), "{text}: {message}");
            assert!(!message.contains(&digest('a')), "{message}");
        }
    }

    #[test]
    fn the_demos_operator_is_let_in_nowhere_but_in_the_sandbox() {
        let digest = demo::OPERATOR_TOKEN_SHA256.to_uppercase();
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("digest");
        std::fs::write(&file, &digest).expect("it is written");
        for token in
            [format!("token_sha256 = \"{digest}\""), format!("token_sha256_file = \"{}\"", file.display())]
        {
            let admin = format!("[admin]\nenabled = true\n[[admin.operators]]\nname = \"ann\"\n{token}\n");
            assert_eq!(refusal(&admin), "");
            let settings = load_text(&format!("capabilities.sms_otp = \"bank\"\n{admin}"));
            let refused = settings.and_then(|settings| settings.admin_settings()).map(drop).unwrap_err();
            assert!(
                refused.to_string().starts_with("`admin.operators.token_sha256` of `ann` is the demo's"),
                "{refused}"
            );
        }
    }

    #[test]
    fn while_it_is_off_nothing_of_it_has_to_be_right() {
        assert!(load_text("sandbox.enabled = true\nadmin.payment_operation = \"none\"").is_ok());
    }

    #[test]
    fn operations_bind_to_what_a_request_has_and_to_nothing_else() {
        let two_payees = "operations.two = { binds = \"payment\", payee = [\"a.iban\", \"a.name\"], sms_text = \"sms-payment\" }";
        let dated =
            "operations.dated = { binds = \"payment\", bind = [\"a.date\"], sms_text = \"sms-payment\" }";
        for (text, named) in [
            ("payment_operation = \"none\"", "`admin.payment_operation` names `none`"),
            ("payment_operation = \"login\"", "`admin.payment_operation` has to name"),
            ("payment_operation = \"two\"", "`admin.payment_operation` has to name"),
            ("payment_operation = \"dated\"", "`admin.payment_operation` has to name"),
            ("request_operation = \"none\"", "`admin.request_operation` names `none`"),
            ("request_operation = \"login\"", "`admin.request_operation` has to name"),
            ("request_operation = \"authorize_payment\"", "`admin.request_operation` has to name"),
        ] {
            let message = refusal(&format!(
                "{two_payees}\n{dated}\n[admin]\nenabled = true\n{text}\n{}",
                operator("ann", 'a')
            ));
            assert!(message.contains(named), "{text}: {message}");
        }
    }
}
