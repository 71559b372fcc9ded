//! What the bodies of all operations have, and how it is read.

use super::{Category, Culture, FactorOption};
use crate::json::{Problems, Reader, read_members};

/// A request that came as JSON.
pub trait SecurityRequest: Sized {
    /// Reads the members. What stands for one that is not usable does not matter: its problem is noted.
    fn read(body: &mut Reader<'_>) -> Self;

    /// What the caller calls its request; `None` where it does not.
    fn reference(&self) -> Option<&str>;

    /// The language of the answer; `None` where the caller names none, and gets English.
    fn culture(&self) -> Option<Culture>;
}

/// Reads the body of a request.
///
/// # Errors
///
/// All that is wrong with it.
pub fn read<T: SecurityRequest>(body: &[u8]) -> Result<T, Problems> {
    read_members(body, T::read)
}

impl Reader<'_> {
    /// Two factors, which may be absent, and are of different categories.
    pub(super) fn factors(
        &mut self,
        first: &'static str,
        second: &'static str,
    ) -> (Option<FactorOption>, Option<FactorOption>) {
        let factors = (self.optional::<FactorOption>(first), self.optional::<FactorOption>(second));
        let category = |factor: Option<FactorOption>| factor.map(FactorOption::category);
        if let (Some(one), Some(other)) = (category(factors.0), category(factors.1))
            && one == other
        {
            self.refuse(second, differs(first, one));
        }
        factors
    }

    /// What the caller calls its request.
    pub(super) fn reference(&mut self) -> Option<String> {
        self.text("ClientRequestReference", 0..=50)
    }

    /// The language of the answer.
    pub(super) fn culture(&mut self) -> Option<Culture> {
        self.optional("CultureID")
    }
}

/// What a second factor has to be.
pub(super) fn differs(first: &str, category: Category) -> String {
    let kind = match category {
        Category::Possession => "possession",
        Category::Inherence => "inherence",
        Category::Knowledge => "knowledge",
    };
    format!("has to be of another category than {first}, which is {kind}")
}
