//! What messages refer to, found without writing them: each variant of a text counts, not only the one that is read today.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{
    Attribute, CallArguments, Entry, Expression, Identifier, InlineExpression, Pattern, PatternElement,
};

use super::{TextsError, Wording};

/// Which of [`Wording::shows`] a text shows, whatever variant of it is read.
pub(super) type Shown = BTreeSet<usize>;

/// The messages and terms of a language. A message and a term of one name are one entry to a bundle, where the last one counts.
pub(super) struct Entries<'a>(BTreeMap<&'a str, (&'a str, &'a Entry<&'a str>)>);

/// Where a reference stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    origin: &'a str,
    /// The message, or the term with its `-`.
    entry: &'a str,
    is_term: bool,
    /// The pattern, to know it again.
    pattern: &'a Pattern<&'a str>,
}

/// What a variable may be.
#[derive(Clone, Copy)]
enum Names<'a> {
    /// Anything, in a term that nobody has called yet.
    Any,
    /// One of those that the program gives a message.
    Given(&'a BTreeSet<String>),
    /// One of those that a message gives a term. As the selector of its variants it may be left out.
    Called(&'a [&'a str]),
}

impl Names<'_> {
    fn contain(self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Given(names) => names.contains(name),
            Self::Called(names) => names.contains(&name),
        }
    }
}

/// The first name that two messages or terms of a file have.
pub(super) fn repeated(file: &FluentResource) -> Option<&str> {
    let mut names = BTreeSet::new();
    file.entries().filter_map(name).find(|name| !names.insert(*name))
}

impl<'a> Entries<'a> {
    pub(super) fn of(files: &'a [(String, Arc<FluentResource>)]) -> Self {
        let entries =
            files.iter().flat_map(|(origin, file)| file.entries().map(move |entry| (origin, entry)));
        let named = entries.filter_map(|(origin, entry)| Some((name(entry)?, (origin.as_str(), entry))));
        Self(named.collect())
    }

    /// Where a message is and what it shows, with all that it refers to; `None` where there is none.
    pub(super) fn check_message(
        &self,
        message: &str,
        wording: &Wording,
    ) -> Result<Option<(&'a str, Shown)>, TextsError> {
        let Some((origin, Entry::Message(found))) = self.0.get(message) else { return Ok(None) };
        let Some(pattern) = &found.value else { return Ok(None) };
        let place = Place { origin, entry: found.id.name, is_term: false, pattern };
        let mut walk = Walk { entries: self, shows: &wording.shows, places: Vec::new() };
        Ok(Some((origin, walk.pattern(place, Names::Given(&wording.names))?)))
    }

    /// Looks at every message and term, with their attributes.
    pub(super) fn check_all(&self, names: &BTreeSet<String>) -> Result<(), TextsError> {
        for (origin, entry) in self.0.values() {
            let (value, attributes, is_term) = match entry {
                Entry::Message(message) => (message.value.as_ref(), &message.attributes, false),
                Entry::Term(term) => (Some(&term.value), &term.attributes, true),
                Entry::Comment(_)
                | Entry::GroupComment(_)
                | Entry::ResourceComment(_)
                | Entry::Junk { .. } => {
                    continue;
                }
            };
            let names = if is_term { Names::Any } else { Names::Given(names) };
            for pattern in value.into_iter().chain(attributes.iter().map(|attribute| &attribute.value)) {
                let place = Place { origin, entry: name(entry).unwrap_or_default(), is_term, pattern };
                Walk { entries: self, shows: &[], places: Vec::new() }.pattern(place, names)?;
            }
        }
        Ok(())
    }
}

fn name<'a>(entry: &'a Entry<&'a str>) -> Option<&'a str> {
    match entry {
        Entry::Message(message) => Some(message.id.name),
        Entry::Term(term) => Some(term.id.name),
        Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) | Entry::Junk { .. } => None,
    }
}

/// A way through a text.
struct Walk<'w, 'a> {
    entries: &'w Entries<'a>,
    /// What has to be shown.
    shows: &'w [Vec<String>],
    /// The patterns that it is in, from the outside in.
    places: Vec<Place<'a>>,
}

impl<'a> Walk<'_, 'a> {
    fn pattern(&mut self, place: Place<'a>, names: Names<'_>) -> Result<Shown, TextsError> {
        self.places.push(place);
        let mut shown = Shown::new();
        for element in &place.pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                shown.extend(self.expression(expression, names)?);
            }
        }
        self.places.pop();
        Ok(shown)
    }

    fn expression(
        &mut self,
        expression: &'a Expression<&'a str>,
        names: Names<'_>,
    ) -> Result<Shown, TextsError> {
        let (selector, variants) = match expression {
            Expression::Inline(inline) => return self.inline(inline, names),
            Expression::Select { selector, variants } => (selector, variants),
        };
        let is_parameter = matches!(
            (selector, names),
            (InlineExpression::VariableReference { .. }, Names::Called(_) | Names::Any)
        );
        if !is_parameter {
            self.inline(selector, names)?;
        }
        let mut always: Option<Shown> = None;
        for variant in variants {
            let place = Place { pattern: &variant.value, ..self.here() };
            let shown = self.pattern(place, names)?;
            always = Some(always.map_or(shown.clone(), |always| &always & &shown));
        }
        Ok(always.unwrap_or_default())
    }

    fn inline(
        &mut self,
        inline: &'a InlineExpression<&'a str>,
        names: Names<'_>,
    ) -> Result<Shown, TextsError> {
        match inline {
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {
                Ok(Shown::new())
            }
            InlineExpression::VariableReference { id } if names.contain(id.name) => Ok(self.showing(id.name)),
            InlineExpression::VariableReference { id } => {
                Err(self.unresolved(format!("${}", id.name), &known(names)))
            }
            InlineExpression::FunctionReference { id, .. } => {
                Err(self.unresolved(format!("{}()", id.name), "and there are no functions"))
            }
            InlineExpression::MessageReference { id, attribute } => {
                self.message(id, attribute.as_ref(), names)
            }
            InlineExpression::TermReference { id, attribute, arguments } => {
                self.term(id, attribute.as_ref(), arguments.as_ref(), names)
            }
            InlineExpression::Placeable { expression } => self.expression(expression, names),
        }
    }

    fn message(
        &mut self,
        id: &'a Identifier<&'a str>,
        attribute: Option<&'a Identifier<&'a str>>,
        names: Names<'_>,
    ) -> Result<Shown, TextsError> {
        let reference = written("", id, attribute);
        let found = match self.entries.0.get(id.name) {
            Some((origin, Entry::Message(message))) => {
                part(message.value.as_ref(), &message.attributes, attribute).map(|pattern| (*origin, pattern))
            }
            _ => None,
        };
        let Some((origin, pattern)) = found else {
            return Err(self.unresolved(reference, "and there is no such message in this language"));
        };
        self.enter(Place { origin, entry: id.name, is_term: false, pattern }, names, reference)
    }

    /// A term shows nothing of what its message was given: what it is called with are words of the text itself.
    fn term(
        &mut self,
        id: &'a Identifier<&'a str>,
        attribute: Option<&'a Identifier<&'a str>>,
        arguments: Option<&'a CallArguments<&'a str>>,
        names: Names<'_>,
    ) -> Result<Shown, TextsError> {
        let reference = written("-", id, attribute);
        let found = match self.entries.0.get(id.name) {
            Some((origin, Entry::Term(term))) => {
                part(Some(&term.value), &term.attributes, attribute).map(|pattern| (*origin, pattern))
            }
            _ => None,
        };
        let Some((origin, pattern)) = found else {
            return Err(self.unresolved(reference, "and there is no such term in this language"));
        };
        let (positional, named) = arguments.map_or((&[][..], &[][..]), |arguments| {
            (arguments.positional.as_slice(), arguments.named.as_slice())
        });
        for argument in positional {
            self.inline(argument, names)?;
        }
        let parameters: Vec<_> = named.iter().map(|argument| argument.name.name).collect();
        let place = Place { origin, entry: id.name, is_term: true, pattern };
        self.enter(place, Names::Called(&parameters), reference)?;
        Ok(Shown::new())
    }

    fn enter(&mut self, place: Place<'a>, names: Names<'_>, reference: String) -> Result<Shown, TextsError> {
        if self.places.iter().any(|outer| std::ptr::eq(outer.pattern, place.pattern)) {
            return Err(self.unresolved(reference, "which leads back to itself"));
        }
        self.pattern(place, names)
    }

    fn showing(&self, name: &str) -> Shown {
        let groups = self.shows.iter().enumerate();
        groups.filter(|(_, names)| names.iter().any(|one| one == name)).map(|(group, _)| group).collect()
    }

    /// Where the walk is.
    fn here(&self) -> Place<'a> {
        *self.places.last().expect("a walk begins in a pattern")
    }

    fn unresolved(&self, reference: String, reason: &str) -> TextsError {
        let Place { origin, entry, is_term, .. } = self.here();
        let message = format!("{}{entry}", if is_term { "-" } else { "" });
        TextsError::Unresolved { origin: origin.to_owned(), message, reference, reason: reason.to_owned() }
    }
}

/// What is said of a variable that is none of `names`.
fn known(names: Names<'_>) -> String {
    let names: Vec<&str> = match names {
        Names::Any => Vec::new(),
        Names::Given(names) => names.iter().map(String::as_str).collect(),
        Names::Called(names) => names.to_vec(),
    };
    if names.is_empty() {
        return "and nothing is given to it".to_owned();
    }
    let names: Vec<_> = names.iter().map(|name| format!("`${name}`")).collect();
    format!("and has only {}", names.join(", "))
}

/// A reference as it is written.
fn written(sign: &str, id: &Identifier<&str>, attribute: Option<&Identifier<&str>>) -> String {
    let attribute = attribute.map(|attribute| format!(".{}", attribute.name)).unwrap_or_default();
    format!("{sign}{}{attribute}", id.name)
}

/// The value of an entry, or of one of its attributes.
fn part<'a>(
    value: Option<&'a Pattern<&'a str>>,
    attributes: &'a [Attribute<&'a str>],
    attribute: Option<&Identifier<&str>>,
) -> Option<&'a Pattern<&'a str>> {
    match attribute {
        None => value,
        Some(wanted) => {
            attributes.iter().find(|known| known.id.name == wanted.name).map(|known| &known.value)
        }
    }
}
