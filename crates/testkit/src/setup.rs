use std::future::ready;
use std::sync::Arc;

use data_adapter_core::{
    AuthenticationStep, FormContent, ImplicitLogin, LoginOperation, OperationMapping, OperationParty,
    OperationSetup, OrganizationId, StepOptions, UserId,
};

use crate::Directory;
use crate::build::operation;
use crate::suite::{Rule, Suite, rules};

/// Checks the rules of an [`OperationSetup`].
///
/// # Panics
///
/// When rules are broken, with the names of all of them.
pub async fn operation_setup_contract(setup: Arc<dyn OperationSetup>) {
    let mut suite = Suite::new("operation setup");
    suite.check(RULES, || ready(Bench(Arc::clone(&setup)))).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    logins:
        an_application_has_the_same_login_each_time,
        a_login_has_a_name_an_application_and_a_form,
        an_application_that_nobody_knows_is_answered;
    steps:
        a_step_has_the_same_options_each_time,
        a_step_before_the_login_has_options,
        a_method_that_nobody_knows_has_options;
    mappings:
        an_operation_is_mapped_alike_each_time,
        an_operation_is_mapped_to_a_template_and_a_name,
        an_operation_that_nobody_knows_is_mapped;
};

#[derive(Clone)]
struct Bench(Arc<dyn OperationSetup>);

const METHODS: [&str; 4] = ["LOGIN_SCA", "APPROVAL_SCA", "POWERAUTH_TOKEN", "A_METHOD_THAT_NOBODY_KNOWS"];

impl Bench {
    async fn login(&self, client: &str, scopes: &[&str]) -> Option<LoginOperation> {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let login = self.0.login(&ImplicitLogin { client: client.to_owned(), scopes }).await;
        login.expect("the back end answers; an application without a login is no error")
    }

    fn step(name: &str, method: &str) -> AuthenticationStep {
        let party = OperationParty {
            user: Some(UserId::new(Directory::PAYER)),
            organization: Some(OrganizationId::new(Directory::ORGANIZATION)),
            operation: operation("op", name),
        };
        AuthenticationStep { party, method: Some(method.to_owned()) }
    }

    fn every_step() -> impl Iterator<Item = AuthenticationStep> {
        let names = ["login", "authorize_payment"];
        names.into_iter().flat_map(|name| METHODS.map(|method| Self::step(name, method)))
    }

    async fn options(&self, step: &AuthenticationStep) -> StepOptions {
        self.0.step_options(step).await.expect("the back end answers")
    }

    async fn mapping(&self, step: &AuthenticationStep) -> OperationMapping {
        self.0.mapping(step).await.expect("the back end answers")
    }
}

fn is_form(form: &FormContent) -> bool {
    match form {
        FormContent::Texts(texts) => {
            [&texts.title, &texts.greeting, &texts.summary].iter().all(|text| !text.is_empty())
        }
        FormContent::FormData(form) => form.as_str().starts_with('{'),
    }
}

mod logins {
    use super::{Bench, is_form};

    const CLIENTS: [&str; 2] = ["democlient", "an application that does not exist"];

    pub(super) async fn an_application_has_the_same_login_each_time(bench: Bench) {
        for client in CLIENTS {
            let first = bench.login(client, &["aisp"]).await;
            assert_eq!(bench.login(client, &["aisp"]).await, first, "{client}");
        }
    }

    pub(super) async fn a_login_has_a_name_an_application_and_a_form(bench: Bench) {
        for client in CLIENTS {
            if let Some(login) = bench.login(client, &["aisp"]).await {
                assert_ne!(login.name.as_str(), "", "the name of the operation");
                assert_ne!(login.application.id, "", "the application");
                assert!(is_form(&login.form), "the form: {:?}", login.form);
            }
        }
    }

    pub(super) async fn an_application_that_nobody_knows_is_answered(bench: Bench) {
        for scopes in [&[][..], &["a scope that does not exist"]] {
            bench.login("an application that does not exist", scopes).await;
        }
    }
}

mod steps {
    use super::{AuthenticationStep, Bench, OperationParty};

    pub(super) async fn a_step_has_the_same_options_each_time(bench: Bench) {
        for step in Bench::every_step() {
            assert_eq!(bench.options(&step).await, bench.options(&step).await, "{:?}", step.method);
        }
    }

    pub(super) async fn a_step_before_the_login_has_options(bench: Bench) {
        let AuthenticationStep { party, method } = Bench::step("login", "LOGIN_SCA");
        let party = OperationParty { user: None, organization: None, ..party };
        bench.options(&AuthenticationStep { party, method }).await;
    }

    pub(super) async fn a_method_that_nobody_knows_has_options(bench: Bench) {
        let step = Bench::step("login", "LOGIN_SCA");
        for method in [None, Some("A_METHOD_THAT_NOBODY_KNOWS".to_owned())] {
            bench.options(&AuthenticationStep { method, ..step.clone() }).await;
        }
    }
}

mod mappings {
    use super::{Bench, METHODS, is_form};

    pub(super) async fn an_operation_is_mapped_alike_each_time(bench: Bench) {
        for step in Bench::every_step() {
            assert_eq!(bench.mapping(&step).await, bench.mapping(&step).await, "{:?}", step.method);
        }
    }

    pub(super) async fn an_operation_is_mapped_to_a_template_and_a_name(bench: Bench) {
        for step in Bench::every_step() {
            let mapping = bench.mapping(&step).await;
            assert_ne!(mapping.template, "", "the template");
            assert_ne!(mapping.name.as_str(), "", "the name of the operation");
            assert!(mapping.form.is_none_or(|form| is_form(&form)), "the form");
        }
    }

    pub(super) async fn an_operation_that_nobody_knows_is_mapped(bench: Bench) {
        for method in METHODS {
            bench.mapping(&Bench::step("nobody knows this one", method)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use async_trait::async_trait;
    use data_adapter_core::{AdapterError, CertificateMode, FormTexts, OperationName};
    use data_adapter_sca::{CertificatePlan, LoginPlan, MappingPlan, PlannedSetup, SetupPlan};

    use super::*;

    fn texts() -> FormTexts {
        let text = |key: &str| format!("login.{key}");
        FormTexts { title: text("title"), greeting: text("greeting"), summary: text("summary") }
    }

    fn login(scopes: &[&str]) -> LoginPlan {
        LoginPlan {
            operation: OperationName::new("login"),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            name: None,
            description: None,
            texts: texts(),
        }
    }

    #[tokio::test]
    async fn a_plan_with_nothing_in_it_keeps_the_contract() {
        let plan =
            SetupPlan { logins: None, clients: HashMap::new(), mappings: HashMap::new(), certificates: None };
        operation_setup_contract(Arc::new(PlannedSetup::new(plan))).await;
    }

    #[tokio::test]
    async fn a_plan_for_everything_keeps_the_contract() {
        let mapped = MappingPlan {
            template: "login_sca".to_owned(),
            operation: OperationName::new("login_sca"),
            data: "A2".to_owned(),
            texts: texts(),
        };
        let plan = SetupPlan {
            logins: Some(login(&[])),
            clients: HashMap::from([("democlient".to_owned(), login(&["aisp"]))]),
            mappings: HashMap::from([((OperationName::new("login"), "LOGIN_SCA".to_owned()), mapped)]),
            certificates: Some(CertificatePlan { methods: vec!["LOGIN_SCA".to_owned()], url: None }),
        };
        operation_setup_contract(Arc::new(PlannedSetup::new(plan))).await;
    }

    /// Answers, but with nothing that is of use.
    struct Empty;

    #[async_trait]
    impl OperationSetup for Empty {
        async fn login(&self, _: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError> {
            Err(AdapterError::InvalidInput("no such application".to_owned()))
        }

        async fn step_options(&self, step: &AuthenticationStep) -> Result<StepOptions, AdapterError> {
            if step.party.user.is_none() {
                return Err(AdapterError::InvalidInput("nobody".to_owned()));
            }
            let certificate = CertificateMode::NotAvailable;
            Ok(StepOptions { certificate, certificate_url: None, signed_text: None })
        }

        async fn mapping(&self, _: &AuthenticationStep) -> Result<OperationMapping, AdapterError> {
            let name = OperationName::new("login");
            Ok(OperationMapping { template: String::new(), name, data: None, form: None })
        }
    }

    #[tokio::test]
    #[should_panic(expected = "\
- an application that nobody knows is answered: the back end answers; an application without a login is no error: \
InvalidInput(\"no such application\")\n\
- a step before the login has options: the back end answers: InvalidInput(\"nobody\")\n\
- an operation is mapped to a template and a name: assertion `left != right` failed: the template")]
    async fn answers_of_no_use_break_it() {
        operation_setup_contract(Arc::new(Empty)).await;
    }
}
