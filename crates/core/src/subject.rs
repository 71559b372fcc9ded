use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::LazyLock;

use crate::{OperationId, OrganizationId, UserId};

/// Made anew with each process, so that no hash says anything about a name.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

tokio::task_local! {
    static CURRENT: Subject;
}

/// Whom or what a call is about, so that what one user meets can be told from what everybody meets. It holds keyed hashes,
/// from which no name can be read, and takes the same memory whatever was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    id: u64,
    organization: u64,
}

impl Subject {
    /// About a user.
    #[must_use]
    pub fn user(id: &UserId) -> Self {
        Self::new(("user", id.as_str()))
    }

    /// About whoever has this name. Case and blanks around it make no other subject: directories ignore them.
    #[must_use]
    pub fn username(name: &str) -> Self {
        Self::new(("username", name.trim().to_lowercase()))
    }

    /// About an operation that nobody is known of.
    #[must_use]
    pub fn operation(id: &OperationId) -> Self {
        Self::new(("operation", id.as_str()))
    }

    /// About the user, or else about the operation.
    #[must_use]
    pub fn user_or_operation(user: Option<&UserId>, operation: &OperationId) -> Self {
        user.map_or_else(|| Self::operation(operation), Self::user)
    }

    /// About anything else. `what` begins with the kind of thing that it is.
    pub fn new(what: impl Hash) -> Self {
        Self { id: KEY.hash_one(what), organization: KEY.hash_one(None::<&str>) }
    }

    /// The same, in an organization; `None` where the call names none.
    #[must_use]
    pub fn of(self, organization: Option<&OrganizationId>) -> Self {
        Self { organization: KEY.hash_one(organization.map(OrganizationId::as_str)), ..self }
    }

    /// Who or what it is.
    #[must_use]
    pub fn id(self) -> u64 {
        self.id
    }

    /// Its organization.
    #[must_use]
    pub fn organization(self) -> u64 {
        self.organization
    }

    /// What the current task works for. What works for nobody, such as a question whether a system is ready, is one subject of
    /// its own.
    #[must_use]
    pub fn current() -> Self {
        CURRENT.try_with(|subject| *subject).unwrap_or_else(|_| Self::new("nobody"))
    }

    /// Runs `work` for this subject.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_one_subject_however_it_is_typed_and_never_a_user_id() {
        let typed = Subject::username("user1234");
        assert_eq!(typed, Subject::username(" USER1234 "));
        assert_ne!(typed, Subject::username("user1235"));
        assert_ne!(typed, Subject::user(&UserId::new("user1234")));
        assert_ne!(typed, Subject::operation(&OperationId::new("user1234")));
    }

    #[test]
    fn an_organization_changes_nothing_about_who_it_is() {
        let user = Subject::user(&UserId::new("1"));
        let in_retail = user.of(Some(&OrganizationId::new("RETAIL")));
        assert_eq!(user.id(), in_retail.id());
        assert_ne!(user.organization(), in_retail.organization());
        assert_eq!(user.organization(), in_retail.of(None).organization());
    }

    #[tokio::test]
    async fn a_task_knows_whom_it_works_for_and_nobody_is_a_subject_too() {
        let user = Subject::user(&UserId::new("1"));
        assert_eq!(user.scope(async { Subject::current() }).await, user);
        assert_ne!(Subject::current(), user);
        assert_eq!(Subject::current(), Subject::current());
    }
}
