use std::future::ready;
use std::sync::Arc;

use data_adapter_core::{
    AdapterError, Decoration, FormChoice, FormDataChange, OperationChange, OperationId, OperationOutcome,
    OperationParty, Operations, UserId,
};

use crate::people::{NOBODY, Payer, nowhere};
use crate::suite::{Rule, Suite, rules};

/// Checks the rules of [`Operations`] that know `payer`.
///
/// # Panics
///
/// When rules are broken, with the names of all of them.
pub async fn operations_contract(operations: Arc<dyn Operations>, payer: &Payer) {
    let mut suite = Suite::new("operations");
    let bench = Bench { operations, payer: payer.clone() };
    suite.check(RULES, || ready(bench.clone())).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    forms:
        the_form_of_a_user_is_decorated,
        the_form_is_decorated_alike_each_time,
        the_form_is_decorated_without_an_organization,
        no_form_is_decorated_for_nobody,
        no_form_is_decorated_in_another_organization;
    choices:
        an_account_of_the_user_can_be_chosen_and_chosen_again,
        a_way_to_authenticate_can_be_chosen,
        an_account_that_is_not_the_users_cannot_be_chosen,
        no_account_can_be_chosen_by_nobody,
        no_account_can_be_chosen_in_another_organization;
    ends:
        every_end_can_be_told_and_told_again,
        the_end_of_an_operation_without_a_user_can_be_told,
        the_end_of_an_operation_that_was_never_heard_of_can_be_told;
};

#[derive(Clone)]
struct Bench {
    operations: Arc<dyn Operations>,
    payer: Payer,
}

impl Bench {
    fn party(&self) -> OperationParty {
        OperationParty {
            user: Some(self.payer.account.id.clone()),
            organization: Some(self.payer.account.organization.clone()),
            operation: self.payer.payment.clone(),
        }
    }

    fn nobody(&self, id: &str) -> OperationParty {
        OperationParty { user: Some(UserId::new(id)), ..self.party() }
    }

    fn elsewhere(&self) -> OperationParty {
        OperationParty { organization: Some(nowhere()), ..self.party() }
    }

    fn own_account(&self) -> FormChoice {
        FormChoice::BankAccount(self.payer.bank_account.clone())
    }

    async fn decoration(&self, party: &OperationParty) -> Option<Decoration> {
        let decoration = self.operations.decorate(party).await;
        decoration.expect("the back end answers; a user who is missing is no error")
    }

    async fn choose(&self, party: OperationParty, choice: FormChoice) -> Result<(), AdapterError> {
        self.operations.form_data_changed(&FormDataChange { party, choice }).await
    }

    async fn is_refused(&self, party: OperationParty, choice: FormChoice) {
        let why = format!("{choice:?} by {:?}", party.user);
        let refused = self.choose(party, choice).await;
        assert!(matches!(refused, Err(AdapterError::InvalidInput(_))), "{why}: {refused:?}");
    }

    async fn end(&self, party: &OperationParty, outcome: OperationOutcome) {
        let change = OperationChange { party: party.clone(), outcome };
        self.operations.operation_changed(&change).await.expect("the end of an operation is heard");
    }
}

mod forms {
    use super::{Bench, Decoration, NOBODY, OperationParty};

    /// A back end that decorates the form itself is believed to have put the accounts in.
    pub(super) async fn the_form_of_a_user_is_decorated(bench: Bench) {
        let decoration = bench.decoration(&bench.party()).await.expect("the user is there");
        assert_ne!(decoration, Decoration::Unchanged, "the form of a payment");
        if let Decoration::BankAccounts(accounts) = decoration {
            let mut ids = accounts.iter().map(|account| &account.id);
            assert!(ids.any(|id| *id == bench.payer.bank_account), "the account is missing");
        }
    }

    pub(super) async fn the_form_is_decorated_alike_each_time(bench: Bench) {
        let first = bench.decoration(&bench.party()).await;
        assert_eq!(bench.decoration(&bench.party()).await, first);
    }

    pub(super) async fn the_form_is_decorated_without_an_organization(bench: Bench) {
        let anywhere = OperationParty { organization: None, ..bench.party() };
        assert_eq!(bench.decoration(&anywhere).await, bench.decoration(&bench.party()).await);
    }

    pub(super) async fn no_form_is_decorated_for_nobody(bench: Bench) {
        for id in NOBODY {
            assert_eq!(bench.decoration(&bench.nobody(id)).await, None, "`{id:?}`");
        }
    }

    pub(super) async fn no_form_is_decorated_in_another_organization(bench: Bench) {
        assert_eq!(bench.decoration(&bench.elsewhere()).await, None);
    }
}

mod choices {
    use super::{Bench, FormChoice, NOBODY};

    pub(super) async fn an_account_of_the_user_can_be_chosen_and_chosen_again(bench: Bench) {
        for _ in 0..2 {
            let chosen = bench.choose(bench.party(), bench.own_account()).await;
            chosen.expect("the account is the user's");
        }
    }

    pub(super) async fn a_way_to_authenticate_can_be_chosen(bench: Bench) {
        let method = FormChoice::AuthenticationMethod("SMS_KEY".to_owned());
        bench.choose(bench.party(), method).await.expect("it is Web Flow's to offer");
    }

    pub(super) async fn an_account_that_is_not_the_users_cannot_be_chosen(bench: Bench) {
        let own = &bench.payer.bank_account;
        let like_it = [format!("{own}*"), format!("{own}0"), format!("{own} "), own.to_lowercase()];
        let others = bench.payer.others_bank_account.clone();
        let nobodys = NOBODY.into_iter().map(str::to_owned);
        for id in nobodys.chain(like_it).chain(others).filter(|id| id != own) {
            bench.is_refused(bench.party(), FormChoice::BankAccount(id)).await;
        }
    }

    pub(super) async fn no_account_can_be_chosen_by_nobody(bench: Bench) {
        for id in NOBODY {
            bench.is_refused(bench.nobody(id), bench.own_account()).await;
        }
    }

    pub(super) async fn no_account_can_be_chosen_in_another_organization(bench: Bench) {
        bench.is_refused(bench.elsewhere(), bench.own_account()).await;
    }
}

mod ends {
    use super::{Bench, OperationId, OperationOutcome, OperationParty};

    const ALL: [OperationOutcome; 3] =
        [OperationOutcome::Done, OperationOutcome::Canceled, OperationOutcome::Failed];

    pub(super) async fn every_end_can_be_told_and_told_again(bench: Bench) {
        for outcome in ALL {
            bench.end(&bench.party(), outcome).await;
            bench.end(&bench.party(), outcome).await;
        }
    }

    pub(super) async fn the_end_of_an_operation_without_a_user_can_be_told(bench: Bench) {
        let visitor = OperationParty { user: None, organization: None, ..bench.party() };
        bench.end(&visitor, OperationOutcome::Canceled).await;
    }

    pub(super) async fn the_end_of_an_operation_that_was_never_heard_of_can_be_told(bench: Bench) {
        let mut unknown = bench.party();
        unknown.operation.id = OperationId::new("an operation that nobody heard of");
        bench.end(&unknown, OperationOutcome::Failed).await;
    }
}
