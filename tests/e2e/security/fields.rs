//! The members of a request, and what may stand in them.

use serde_json::{Value, json};

/// What is in a text that may not come back.
pub(super) const MARKER: &str = "MARKED";

/// What a member may hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// The number of a request: 36 characters.
    Reference,
    /// A text of at most 50 characters.
    Text,
    /// A number of 32 bits that a consumer has.
    Consumer,
    /// A number of 64 bits.
    Device,
    /// `true` or `false`.
    Boolean,
    /// A factor, by its number from 1 on or its name.
    Factor,
    /// One of these, by its number from 0 on or its name.
    OneOf(&'static [&'static str]),
    /// The number of a language.
    Culture,
}

/// A member of a request.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// The factors in the order of their numbers; the first is none.
pub(super) const FACTORS: [&str; 10] = [
    "None",
    "ApproveRejectButton",
    "Face",
    "Finger",
    "OTP",
    "mPIN",
    "Password",
    "OtherKnowledgeItem",
    "OtherPossessionItem",
    "OtherInherenceItem",
];

impl Field {
    pub(super) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true }
    }

    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false }
    }

    /// What it may hold, up to the limits; `None` when it is left out. Nothing for devices, which there are or are not, nor for
    /// factors, of which one depends on the other.
    pub(super) fn right(&self) -> Vec<Option<Value>> {
        let values = match self.kind {
            Kind::Device | Kind::Factor => return Vec::new(),
            Kind::Reference => vec![json!(super::NOWHERE), json!(super::NOWHERE.to_lowercase())],
            Kind::Text => vec![json!(""), json!("a".repeat(50)), json!("é".repeat(50))],
            Kind::Consumer => vec![json!(1), json!(i32::MAX)],
            Kind::Boolean => vec![json!(true), json!(false)],
            Kind::OneOf(names) => numbers_and_names(names).collect(),
            Kind::Culture => vec![json!(1), json!(2), json!(3)],
        };
        let absent = [None, Some(Value::Null)].into_iter().filter(|_| !self.required);
        values.into_iter().map(Some).chain(absent).collect()
    }

    /// What it may not hold; `None` when it is left out.
    pub(super) fn wrong(&self) -> Vec<Option<Value>> {
        let values = match self.kind {
            Kind::Reference => [&["5", "true", "\"\""][..], &CONTAINERS].concat(),
            Kind::Text => [&["5", "0.5", "true"][..], &CONTAINERS].concat(),
            Kind::Consumer => [&["2147483648", "-2147483649"][..], &NO_NUMBERS, &CONTAINERS].concat(),
            Kind::Device => {
                [&["9223372036854775808", "-9223372036854775809"][..], &NO_NUMBERS, &CONTAINERS].concat()
            }
            Kind::Boolean => [&["\"\"", "\"true\"", "\"false\"", "0", "1"][..], &CONTAINERS].concat(),
            Kind::Factor => {
                [&["0", "10", "\"None\"", "\"face\""][..], &NO_CHOICES, &NO_NUMBERS, &CONTAINERS].concat()
            }
            Kind::OneOf(_) => {
                [&["7", "\"none\"", "\"OtherInherenceItem\""][..], &NO_CHOICES, &NO_NUMBERS, &CONTAINERS]
                    .concat()
            }
            Kind::Culture => [&["0", "4"][..], &NO_CHOICES, &NO_NUMBERS, &CONTAINERS].concat(),
        };
        let values = values.into_iter().map(|raw| serde_json::from_str(raw).expect("JSON"));
        let absent = [None, Some(Value::Null)].into_iter().filter(|_| self.required);
        values.chain(self.lengths()).map(Some).chain(absent).collect()
    }

    /// Texts that are too short or too long.
    fn lengths(&self) -> Vec<Value> {
        let text = |length: usize| json!(format!("{MARKER}{}", "é".repeat(length - MARKER.len())));
        match self.kind {
            Kind::Reference => vec![text(35), text(37), text(5_000)],
            Kind::Text => vec![text(51), text(5_000)],
            Kind::Consumer | Kind::Device | Kind::Boolean | Kind::Factor | Kind::OneOf(_) | Kind::Culture => {
                Vec::new()
            }
        }
    }
}

const CONTAINERS: [&str; 5] = ["[]", "[1]", "{}", "{\"MARKED\":1}", "[\"MARKED\"]"];
const NO_NUMBERS: [&str; 8] =
    ["\"\"", "\" \"", "\"1\"", "\"MARKED\"", "1.5", "true", "1e99", "99999999999999999999"];
const NO_CHOICES: [&str; 5] = ["-1", "99", "2147483648", "\"None \"", "{\"OTP\":null}"];

/// Each of them as both can be written.
pub(super) fn numbers_and_names(names: &'static [&'static str]) -> impl Iterator<Item = Value> {
    names.iter().enumerate().flat_map(|(number, name)| [json!(number), json!(name)])
}

/// A request with another value in a member, or without it.
pub(super) fn with(body: &Value, member: &str, value: Option<Value>) -> Value {
    let mut body = body.clone();
    let members = body.as_object_mut().expect("an object");
    match value {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.shift_remove(member),
    };
    body
}
