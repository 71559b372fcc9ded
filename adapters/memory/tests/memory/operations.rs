//! What the back end in memory is told about operations.

use std::sync::Arc;

use data_adapter_core::{
    AdapterError, FormChoice, FormDataChange, OperationChange, OperationId, OperationOutcome, OperationParty,
    Operations, OrganizationId, UserId,
};
use data_adapter_memory::{MemoryBackend, MemorySettings, UsersFile};
use data_adapter_testkit::operation;

const USERS: &str = r#"
[[users]]
id = "1"
username = "user"
organization = "RETAIL"
password_hash = "$argon2id$v=19$m=19456,t=2,p=1$nHZghWRdhohP40GFHBq92w$hZK1Xs9e1aPljOsg+J1mSsIX4Uf5JUwt6DyhhrHxVk0"

[[users.accounts]]
number = "1/0300"
id = "CZ1"
name = "Current"
balance = "1.00"
currency = "CZK"
"#;

fn back_end() -> MemoryBackend {
    let settings = MemorySettings { concurrent_verifications: 1, decorated: Default::default() };
    let users = UsersFile::parse(USERS).expect("the file is well formed");
    MemoryBackend::new(users, settings, &Arc::default()).expect("the users do not contradict each other")
}

fn party(organization: &str) -> OperationParty {
    OperationParty {
        user: Some(UserId::new("1")),
        organization: Some(OrganizationId::new(organization)),
        operation: operation("op", "authorize_payment"),
    }
}

fn chosen(organization: &str, choice: FormChoice) -> FormDataChange {
    FormDataChange { party: party(organization), choice }
}

fn account(id: &str) -> FormChoice {
    FormChoice::BankAccount(id.to_owned())
}

#[tokio::test]
async fn the_last_choice_of_each_kind_and_the_first_outcome_are_kept() {
    let back_end = back_end();
    let method = |name: &str| FormChoice::AuthenticationMethod(name.to_owned());
    for choice in [method("SMS_KEY"), account("CZ1"), method("POWERAUTH_TOKEN")] {
        back_end.form_data_changed(&chosen("RETAIL", choice)).await.unwrap();
    }
    for outcome in [OperationOutcome::Canceled, OperationOutcome::Done] {
        back_end.operation_changed(&OperationChange { party: party("RETAIL"), outcome }).await.unwrap();
    }
    let progress = back_end.progress(&OperationId::new("op")).unwrap();
    assert_eq!(progress.choices, [account("CZ1"), method("POWERAUTH_TOKEN")]);
    assert_eq!(progress.outcome, Some(OperationOutcome::Canceled));
    assert_eq!(back_end.progress(&OperationId::new("other")), None);
}

#[tokio::test]
async fn an_account_of_somebody_else_cannot_be_chosen() {
    let back_end = back_end();
    for (organization, id) in [("RETAIL", "CZ2"), ("SME", "CZ1")] {
        let refused = back_end.form_data_changed(&chosen(organization, account(id))).await;
        assert!(matches!(refused, Err(AdapterError::InvalidInput(_))), "{organization} {id}: {refused:?}");
    }
    assert_eq!(back_end.progress(&OperationId::new("op")), None);
}
