//! Bodies, read member by member.

use std::fmt;
use std::ops::RangeInclusive;

use serde_json::value::RawValue;

use crate::json::{Members, check_text};
use crate::security::{Category, Culture, FactorOption};

/// A request that came as JSON.
pub trait SecurityRequest: Sized {
    /// Reads the members. What stands for one that is not usable does not matter: its problem is noted.
    fn read(body: &mut Reader<'_>) -> Self;

    /// What the caller calls its request; `None` where it does not.
    fn reference(&self) -> Option<&str>;

    /// The language of the answer.
    fn culture(&self) -> Culture;
}

/// Reads the body of a request.
///
/// # Errors
///
/// All that is wrong with it.
pub fn read<T: SecurityRequest>(body: &[u8]) -> Result<T, Problems> {
    let unreadable = || Problems(vec![Problem::Unreadable]);
    check_text(body).map_err(|_| unreadable())?;
    let members: Members<'_> = serde_json::from_slice(body).map_err(|_| unreadable())?;
    let mut reader = Reader { members, problems: Vec::new() };
    let request = T::read(&mut reader);
    Problems::of(reader.problems).map_or(Ok(request), Err)
}

/// Everything that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// These; `None` where there are none.
    pub(super) fn of(problems: Vec<Problem>) -> Option<Self> {
        (!problems.is_empty()).then_some(Self(problems))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The body is no JSON object.
    Unreadable,
    /// The body is no form.
    UnreadableForm,
    /// The body is of another type than the operation takes.
    MediaType,
    /// The body has too many bytes.
    TooLarge,
    /// A member or field.
    Member {
        /// Its name, as the document prints it.
        name: &'static str,
        /// What it has to be, as the end of a sentence that begins with the name.
        wanted: String,
    },
}

impl Problem {
    /// About a member or field.
    pub fn of(name: &'static str, wanted: impl Into<String>) -> Self {
        Self::Member { name, wanted: wanted.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("The body has to be a JSON object in UTF-8."),
            Self::UnreadableForm => f.write_str("The body has to be a form in UTF-8."),
            Self::MediaType => f.write_str("The body is of another type than this operation takes."),
            Self::TooLarge => f.write_str("The body has too many bytes."),
            Self::Member { name, wanted } => write!(f, "{name} {wanted}."),
        }
    }
}

/// What a member may hold.
pub(super) trait Value: Sized {
    /// What it has to be.
    const WANTED: &'static str;

    /// Reads JSON; `None` where it is something else.
    fn read(raw: &str) -> Option<Self>;
}

impl Value for i32 {
    const WANTED: &'static str = "has to be an integer of 32 bits";

    fn read(raw: &str) -> Option<Self> {
        serde_json::from_str(raw).ok()
    }
}

impl Value for i64 {
    const WANTED: &'static str = "has to be an integer of 64 bits";

    fn read(raw: &str) -> Option<Self> {
        serde_json::from_str(raw).ok()
    }
}

impl Value for bool {
    const WANTED: &'static str = "has to be true or false";

    fn read(raw: &str) -> Option<Self> {
        serde_json::from_str(raw).ok()
    }
}

const MISSING: &str = "is missing";

/// The members of a body, and what is wrong with those that were read.
pub struct Reader<'a> {
    members: Members<'a>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// A member that may be absent.
    pub(super) fn optional<T: Value>(&mut self, name: &'static str) -> Option<T> {
        let value = T::read(self.given(name)?);
        if value.is_none() {
            self.refuse(name, T::WANTED);
        }
        value
    }

    /// A member that has to be there; `stand_in` where it is not usable.
    pub(super) fn required<T: Value>(&mut self, name: &'static str, stand_in: T) -> T {
        self.missing(name);
        self.optional(name).unwrap_or(stand_in)
    }

    /// A text of so many characters that may be absent.
    pub(super) fn text(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<String> {
        let text: Option<String> = serde_json::from_str(self.given(name)?).ok();
        let text = text.filter(|text| length.contains(&text.chars().count()));
        if text.is_none() {
            let (least, most) = (length.start(), length.end());
            self.refuse(name, format!("has to be a text of {least} to {most} characters"));
        }
        text
    }

    /// A text of exactly so many characters that has to be there.
    pub(super) fn required_text(&mut self, name: &'static str, length: usize) -> String {
        self.missing(name);
        let Some(raw) = self.given(name) else { return String::new() };
        let text: Option<String> = serde_json::from_str(raw).ok();
        let text = text.filter(|text| text.chars().count() == length);
        if text.is_none() {
            self.refuse(name, format!("has to be a text of {length} characters"));
        }
        text.unwrap_or_default()
    }

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
    pub(super) fn culture(&mut self) -> Culture {
        self.optional("CultureID").unwrap_or_default()
    }

    pub(super) fn refuse(&mut self, name: &'static str, wanted: impl Into<String>) {
        self.problems.push(Problem::of(name, wanted));
    }

    /// The JSON of a member; `None` where it is absent, `null` or repeated.
    fn given(&mut self, name: &'static str) -> Option<&str> {
        if self.members.repeats(name) {
            self.problems.push(Problem::of(name, "is there more than once"));
            return None;
        }
        self.members.get(name).map(RawValue::get).filter(|raw| *raw != "null")
    }

    fn missing(&mut self, name: &'static str) {
        if self.members.get(name).is_none_or(|raw| raw.get() == "null") {
            self.refuse(name, MISSING);
        }
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
