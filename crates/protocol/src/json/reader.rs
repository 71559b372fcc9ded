//! Bodies, read member by member, so that all that is wrong with one is told at once.

use std::fmt;
use std::ops::RangeInclusive;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::Number;
use serde_json::value::RawValue;

use super::{Members, check_text};

/// Reads the body of a request with `read`. What that has for a member that is not usable does not matter: its problem is noted.
///
/// # Errors
///
/// All that is wrong with it.
pub(crate) fn read_members<T>(body: &[u8], read: impl FnOnce(&mut Reader<'_>) -> T) -> Result<T, Problems> {
    let unreadable = || Problems(vec![Problem::Unreadable]);
    let text = check_text(body).map_err(|_| unreadable())?;
    let members: Members<'_> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let mut reader = Reader { members, problems: Vec::new() };
    let request = read(&mut reader);
    Problems::of(reader.problems).map_or(Ok(request), Err)
}

/// Everything that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// These; `None` where there are none.
    #[must_use]
    pub fn of(problems: Vec<Problem>) -> Option<Self> {
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
pub(crate) trait Value: Sized {
    /// What it has to be.
    const WANTED: &'static str;

    /// Reads JSON; `None` where it is something else.
    fn read(raw: &str) -> Option<Self>;
}

impl Value for i32 {
    const WANTED: &'static str = "has to be an integer of 32 bits";

    fn read(raw: &str) -> Option<Self> {
        i64::read(raw)?.try_into().ok()
    }
}

impl Value for i64 {
    const WANTED: &'static str = "has to be an integer of 64 bits";

    /// However it is written: to JSON Schema `1.0` and `1e0` are the same as `1`.
    fn read(raw: &str) -> Option<Self> {
        let number: Number = serde_json::from_str(raw).ok()?;
        let written = number.as_str();
        let decimal = Decimal::from_str_exact(written).or_else(|_| Decimal::from_scientific(written)).ok()?;
        decimal.is_integer().then(|| decimal.to_i64()).flatten()
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
    pub(crate) fn optional<T: Value>(&mut self, name: &'static str) -> Option<T> {
        let value = T::read(self.given(name)?);
        if value.is_none() {
            self.refuse(name, T::WANTED);
        }
        value
    }

    /// A member that has to be there; `stand_in` where it is not usable.
    pub(crate) fn required<T: Value>(&mut self, name: &'static str, stand_in: T) -> T {
        self.missing(name);
        self.optional(name).unwrap_or(stand_in)
    }

    /// A text of so many characters that may be absent.
    pub(crate) fn text(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<String> {
        let text: Option<String> = serde_json::from_str(self.given(name)?).ok();
        let text = text.filter(|text| length.contains(&text.chars().count()));
        if text.is_none() {
            let (least, most) = (length.start(), length.end());
            self.refuse(name, format!("has to be a text of {least} to {most} characters"));
        }
        text
    }

    /// A text of exactly so many characters that has to be there.
    pub(crate) fn required_text(&mut self, name: &'static str, length: usize) -> String {
        self.missing(name);
        let Some(raw) = self.given(name) else { return String::new() };
        let text: Option<String> = serde_json::from_str(raw).ok();
        let text = text.filter(|text| text.chars().count() == length);
        if text.is_none() {
            self.refuse(name, format!("has to be a text of {length} characters"));
        }
        text.unwrap_or_default()
    }

    /// A text of so many characters that has to be there.
    pub(crate) fn filled_text(&mut self, name: &'static str, length: RangeInclusive<usize>) -> String {
        self.missing(name);
        self.text(name, length).unwrap_or_default()
    }

    /// A number that may be absent, with the digits that it came with.
    pub(crate) fn number(&mut self, name: &'static str) -> Option<String> {
        let raw = self.given(name)?;
        let number = raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then(|| raw.to_owned());
        if number.is_none() {
            self.refuse(name, "has to be a number");
        }
        number
    }

    /// Notes what is wrong with a member.
    pub(crate) fn refuse(&mut self, name: &'static str, wanted: impl Into<String>) {
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

    /// Whether a member is not there, or `null`.
    pub(crate) fn is_absent(&self, name: &str) -> bool {
        self.members.get(name).is_none_or(|raw| raw.get() == "null")
    }

    fn missing(&mut self, name: &'static str) {
        if self.is_absent(name) {
            self.refuse(name, MISSING);
        }
    }
}
