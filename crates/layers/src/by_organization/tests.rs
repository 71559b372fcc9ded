use std::sync::Mutex;

use data_adapter_core::{AccountStatus, Binding, Extras, MessageId, OperationOutcome, Password};
use data_adapter_testkit::operation;

use super::*;

const RETAIL: &str = "RETAIL";
const SME: &str = "SME";

/// The back end of one organization. It knows one user, who is called like it, by some consumer ids, and one message, and notes
/// what it is asked.
struct House {
    name: &'static str,
    consumers: Vec<i32>,
    asked: Mutex<Vec<&'static str>>,
    is_down: bool,
}

impl House {
    fn new(name: &'static str) -> Arc<Self> {
        Self::of(name, &[])
    }

    fn of(name: &'static str, consumers: &[i32]) -> Arc<Self> {
        Arc::new(Self { name, consumers: consumers.to_vec(), asked: Mutex::default(), is_down: false })
    }

    fn down(name: &'static str) -> Arc<Self> {
        Arc::new(Self { name, consumers: Vec::new(), asked: Mutex::default(), is_down: true })
    }

    fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().expect("nothing panics with it"))
    }

    fn note(&self, what: &'static str) -> Result<(), AdapterError> {
        self.asked.lock().expect("nothing panics with it").push(what);
        if self.is_down { Err(AdapterError::Remote("down".to_owned())) } else { Ok(()) }
    }

    fn user(&self) -> User {
        User {
            id: UserId::new(self.name),
            organization: OrganizationId::new(self.name),
            given_name: None,
            family_name: None,
            phone: None,
            language: None,
            status: AccountStatus::Active,
            extras: Extras::default(),
        }
    }
}

#[async_trait]
impl UserLookup for House {
    async fn by_username(&self, _: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        self.note("by_username").map(|()| Some(self.user()))
    }

    async fn by_id(&self, id: &UserId, _: Option<&OrganizationId>) -> Result<Option<User>, AdapterError> {
        self.note("by_id").map(|()| Some(self.user()).filter(|user| user.id == *id))
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        _: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.note("by_consumer_id").map(|()| Some(self.user()).filter(|_| self.consumers.contains(&consumer)))
    }
}

#[async_trait]
impl Authentication for House {
    async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        self.note("authenticate").map(|()| AuthenticationOutcome::succeeded(self.user()))
    }
}

#[async_trait]
impl SmsOtp for House {
    async fn create(&self, _: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        self.note("create").map(|()| None)
    }

    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        self.note("verify")?;
        let is_known = verification.message.as_str() == self.name;
        Ok(if is_known { VerificationOutcome::Succeeded } else { VerificationOutcome::UnknownMessage })
    }

    async fn verify_with_password(
        &self,
        _: &CodeVerification,
        _: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        self.note("verify_with_password").map(|()| CodeAndPasswordOutcome::Succeeded { tolerated: None })
    }

    async fn send(&self, _: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        self.note("send").map(|()| None)
    }

    async fn end_operation(&self, _: &OperationId) -> Result<(), AdapterError> {
        self.note("end_operation")
    }
}

#[async_trait]
impl Operations for House {
    async fn decorate(&self, _: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        self.note("decorate").map(|()| None)
    }

    async fn form_data_changed(&self, _: &FormDataChange) -> Result<(), AdapterError> {
        self.note("form_data_changed")
    }

    async fn operation_changed(&self, _: &OperationChange) -> Result<(), AdapterError> {
        self.note("operation_changed")
    }
}

/// Two back ends, the second for one organization only.
struct Street {
    retail: Arc<House>,
    sme: Arc<House>,
}

impl Street {
    fn new() -> Self {
        Self { retail: House::new(RETAIL), sme: House::new(SME) }
    }

    fn users(&self) -> Arc<dyn UserLookup> {
        let special = HashMap::from([(OrganizationId::new(SME), Arc::clone(&self.sme) as _)]);
        Arc::new(ByOrganization::users(Arc::clone(&self.retail) as _, special))
    }

    fn all<T: ?Sized>(&self, part: impl Fn(&Arc<House>) -> Arc<T>) -> ByOrganization<T> {
        let special = HashMap::from([(OrganizationId::new(SME), part(&self.sme))]);
        ByOrganization::new(part(&self.retail), special, self.users())
    }

    /// What both were asked: the usual one, and the other.
    fn asked(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        (self.retail.asked(), self.sme.asked())
    }
}

fn credentials(user: &str, organization: Option<&str>) -> Credentials {
    Credentials {
        user: UserId::new(user),
        is_nobody: false,
        organization: organization.map(OrganizationId::new),
        password: Password::Clear("s3cret".into()),
        operation: operation("op", "login"),
    }
}

fn verification(message: &str, organization: Option<&str>) -> CodeVerification {
    CodeVerification {
        message: MessageId::new(message),
        code: "1".into(),
        user: None,
        organization: organization.map(OrganizationId::new),
        account: AccountStatus::Active,
        operation: operation("op", "login"),
        binding: Binding::to_operation(),
    }
}

#[tokio::test]
async fn users_are_looked_up_where_their_organization_is() {
    let street = Street::new();
    let query = |organization| UsernameQuery {
        username: "u".to_owned(),
        organization: OrganizationId::new(organization),
        operation: operation("op", "login"),
    };
    street.users().by_username(&query(SME)).await.unwrap();
    assert_eq!(street.asked(), (vec![], vec!["by_username"]));
    street.users().by_username(&query("another")).await.unwrap();
    assert_eq!(street.asked(), (vec!["by_username"], vec![]));
    let retail = OrganizationId::new(RETAIL);
    assert_eq!(street.users().by_id(&UserId::new(SME), Some(&retail)).await.unwrap(), None);
    assert_eq!(street.asked(), (vec!["by_id"], vec![]));
}

#[tokio::test]
async fn an_id_without_an_organization_is_looked_up_everywhere_and_a_gap_is_no_missing_user() {
    let mut street = Street::new();
    let id = |id| UserId::new(id);
    assert_eq!(street.users().by_id(&id(SME), None).await.unwrap(), Some(street.sme.user()));
    assert_eq!(street.users().by_id(&id("nobody"), None).await.unwrap(), None);
    street.retail = House::down(RETAIL);
    assert_eq!(street.users().by_id(&id(SME), None).await.unwrap(), Some(street.sme.user()));
    assert!(street.users().by_id(&id("nobody"), None).await.is_err(), "it may be there");
}

#[tokio::test]
async fn a_consumer_is_looked_up_where_the_organization_is_or_everywhere_whoever_is_found_first() {
    let mut street = Street::new();
    street.retail = House::of(RETAIL, &[1]);
    street.sme = House::of(SME, &[2]);
    let users = street.users();
    assert_eq!(users.by_consumer_id(1, Some(&OrganizationId::new(SME))).await.unwrap(), None);
    assert_eq!(street.asked(), (vec![], vec!["by_consumer_id"]));
    for (consumer, found) in [(1, Some(street.retail.user())), (2, Some(street.sme.user())), (3, None)] {
        assert_eq!(users.by_consumer_id(consumer, None).await.unwrap(), found);
        assert_eq!(street.asked(), (vec!["by_consumer_id"], vec!["by_consumer_id"]));
    }
}

#[tokio::test]
async fn of_two_with_one_consumer_id_whose_id_it_is_counts_and_else_nobody() {
    let mut street = Street::new();
    street.retail = House::of(RETAIL, &[7, 8]);
    street.sme = House::of("7", &[7, 8]);
    assert_eq!(street.users().by_consumer_id(7, None).await.unwrap(), Some(street.sme.user()));
    assert!(street.users().by_consumer_id(8, None).await.is_err(), "either may be meant");
    street.sme = House::down(SME);
    assert!(street.users().by_consumer_id(8, None).await.is_err(), "it may be somebody's id there");
}

#[tokio::test]
async fn a_password_is_checked_where_its_user_belongs() {
    let street = Street::new();
    let authentication = street.all::<dyn Authentication>(|house| Arc::clone(house) as _);
    authentication.authenticate(&credentials(RETAIL, Some(SME))).await.unwrap();
    assert_eq!(street.asked(), (vec![], vec!["authenticate"]));
    authentication.authenticate(&credentials(SME, None)).await.unwrap();
    assert_eq!(street.asked(), (vec!["by_id"], vec!["by_id", "authenticate"]));
    authentication.authenticate(&credentials("nobody", None)).await.unwrap();
    assert_eq!(street.asked(), (vec!["by_id", "authenticate"], vec!["by_id"]));
}

#[tokio::test]
async fn a_code_is_verified_where_its_message_is_known() {
    let street = Street::new();
    let codes = street.all::<dyn SmsOtp>(|house| Arc::clone(house) as _);
    assert!(codes.verify(&verification(SME, None)).await.unwrap().succeeded());
    assert_eq!(street.asked(), (vec!["verify"], vec!["verify"]));
    let elsewhere = codes.verify(&verification(SME, Some(RETAIL))).await.unwrap();
    assert_eq!(elsewhere, VerificationOutcome::UnknownMessage);
    assert_eq!(street.asked(), (vec!["verify"], vec![]));
}

#[tokio::test]
async fn an_end_that_names_nobody_is_told_everywhere() {
    let street = Street::new();
    let codes = street.all::<dyn SmsOtp>(|house| Arc::clone(house) as _);
    codes.end_operation(&OperationId::new("op")).await.unwrap();
    assert_eq!(street.asked(), (vec!["end_operation"], vec!["end_operation"]));
    let operations = street.all::<dyn Operations>(|house| Arc::clone(house) as _);
    let change = |user: Option<&str>| OperationChange {
        party: OperationParty {
            user: user.map(UserId::new),
            organization: None,
            operation: operation("op", "login"),
        },
        outcome: OperationOutcome::Canceled,
    };
    operations.operation_changed(&change(None)).await.unwrap();
    assert_eq!(street.asked(), (vec!["operation_changed"], vec!["operation_changed"]));
    operations.operation_changed(&change(Some(SME))).await.unwrap();
    assert_eq!(street.asked(), (vec!["by_id"], vec!["by_id", "operation_changed"]));
}
