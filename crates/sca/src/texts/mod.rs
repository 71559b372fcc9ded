//! What people read, and whether it can be said.

mod amounts;
mod everywhere;
mod references;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_adapter_core::{Amount, Language, without_byte_order_mark};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentMessage, FluentResource, FluentValue};
use fluent_syntax::parser::ParserError;
use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;
use thiserror::Error;
use unic_langid::LanguageIdentifier;

use self::amounts::Amounts;
use self::references::Entries;
use crate::language::{FALLBACK, candidates, canonical};

const BUILT_IN: [(&str, &str); 4] = [
    ("en", include_str!("../../locales/en.ftl")),
    ("cs", include_str!("../../locales/cs.ftl")),
    ("ru", include_str!("../../locales/ru.ftl")),
    ("lv", include_str!("../../locales/lv.ftl")),
];

/// Why texts can't be used. No variant shows what stands for a name.
#[derive(Debug, Error)]
pub enum TextsError {
    /// A folder or file can't be read.
    #[error("the texts in {path} can't be read: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file name is no language.
    #[error("{0} is not named after a language, as in `de.ftl`")]
    NotALanguage(PathBuf),
    /// Two files of a folder are of one language, such as `pt-BR.ftl` and `pt_BR.ftl`.
    #[error("{0} is of a language that another file is of already")]
    Twice(PathBuf),
    /// A file name ends in `.FTL`, `.Ftl` or the like.
    #[error("{0} has to end in `.ftl`, in small letters")]
    Extension(PathBuf),
    /// Two messages or terms of a file have one name, of which Fluent takes the last one.
    #[error("{origin}: `{message}` is there twice")]
    Repeated {
        /// Which file.
        origin: String,
        /// The name.
        message: String,
    },
    /// A file is no Fluent.
    #[error("{origin} is not valid Fluent at line {line}: {reason}")]
    NotFluent {
        /// Which file.
        origin: String,
        /// Where, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// A message leaves out what the person has to read, or one of its variants does.
    #[error("{origin}: the message `{message}` does not always show {missing}")]
    Incomplete {
        /// Which file.
        origin: String,
        /// Which message.
        message: String,
        /// The name that is left out or misspelt, or those of which one is needed.
        missing: String,
    },
    /// A reference resolves to nothing, so that people would read it as it stands.
    #[error("{origin}: `{message}` refers to `{reference}`, {reason}")]
    Unresolved {
        /// Which file.
        origin: String,
        /// Which message, or which term.
        message: String,
        /// To what, as it is written.
        reference: String,
        /// Why that is nothing.
        reason: String,
    },
    /// English, which everything falls back to, has no such message.
    #[error("there is no English text `{0}`")]
    Missing(String),
    /// A message can't be written with what stands for its names.
    #[error("the message `{message}` in `{language}` can't be written: {reason}")]
    Unwritable {
        /// Which message.
        message: String,
        /// In which language.
        language: String,
        /// What Fluent says.
        reason: String,
    },
}

/// What stands for a name in a text.
#[derive(Clone)]
pub enum Argument<'a> {
    /// A text, as it is.
    Text(Cow<'a, str>),
    /// An amount as people of the text's language write it: with the decimals of its currency, or more where it has more.
    Amount(Amount, &'a str),
    /// The same, with a blank and its currency after it.
    Money(Amount, &'a str),
}

/// What stands for each name that a text may use, without `$`.
pub type Arguments<'a> = Vec<(Cow<'a, str>, Argument<'a>)>;

impl<'a> Argument<'a> {
    /// A text, as it is.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }
}

/// The names that a message may use, and those that it has to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// All of them, without `$`.
    pub names: BTreeSet<String>,
    /// Of each of these the message has to show one, whatever variant of it is read.
    pub shows: Vec<Vec<String>>,
}

impl Wording {
    /// Adds names for one thing, of which the message has to show one.
    pub fn add<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
        self.names.extend(names.iter().cloned());
        self.shows.push(names);
    }
}

/// What people read, per language, in [Fluent](https://projectfluent.org) files: `en`, `cs`, `ru` and `lv` built in.
pub struct Texts {
    languages: BTreeMap<String, OneLanguage>,
}

type Bundle = FluentBundle<Arc<FluentResource>>;

/// The texts of a language.
struct OneLanguage {
    bundle: Bundle,
    /// The same, with marks around each value, so that none moves what is around it (Unicode UAX 9, FSI and PDI).
    isolating: Bundle,
    /// What the bundle was made of, each with what it is called; a later one goes before an earlier one.
    files: Vec<(String, Arc<FluentResource>)>,
    amounts: Amounts,
}

impl Texts {
    /// The texts that are built in.
    ///
    /// # Errors
    ///
    /// [`TextsError`], if the build is broken.
    pub fn built_in() -> Result<Self, TextsError> {
        let mut texts = Self { languages: BTreeMap::new() };
        for (language, source) in BUILT_IN {
            texts.add(language, source.to_owned(), &format!("the built-in {language}.ftl"))?;
        }
        Ok(texts)
    }

    /// Adds the files `LANGUAGE.ftl` of a folder. A message in them replaces the built-in one; what they leave out stays.
    ///
    /// # Errors
    ///
    /// [`TextsError`] when the folder or a file can't be used.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, TextsError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| TextsError::Unreadable { path, source }
        };
        let mut languages = BTreeSet::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            match path.extension() {
                Some(extension) if extension == "ftl" => {}
                Some(extension) if extension.eq_ignore_ascii_case("ftl") => {
                    return Err(TextsError::Extension(path));
                }
                _ => continue,
            }
            let language = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            if !languages.insert(canonical(&language)) {
                return Err(TextsError::Twice(path));
            }
            let source = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            self.add(&language, without_byte_order_mark(&source).to_owned(), &path.display().to_string())?;
        }
        Ok(self)
    }

    fn add(&mut self, language: &str, source: String, origin: &str) -> Result<(), TextsError> {
        let not_a_language = || TextsError::NotALanguage(PathBuf::from(origin));
        let id: LanguageIdentifier = language.parse().map_err(|_| not_a_language())?;
        let resource =
            FluentResource::try_new(source).map_err(|(read, errors)| not_fluent(&read, &errors, origin))?;
        if let Some(message) = references::repeated(&resource) {
            return Err(TextsError::Repeated { origin: origin.to_owned(), message: message.to_owned() });
        }
        let name = id.to_string();
        if !self.languages.contains_key(&name) {
            let amounts = Amounts::of(&name).ok_or_else(not_a_language)?;
            let [mut bundle, isolating] = [(); 2].map(|()| FluentBundle::new_concurrent(vec![id.clone()]));
            bundle.set_use_isolating(false);
            self.languages
                .insert(name.clone(), OneLanguage { bundle, isolating, files: Vec::new(), amounts });
        }
        let texts = self.languages.get_mut(&name).expect("it was added if it was not there");
        let resource = Arc::new(resource);
        texts.files.push((origin.to_owned(), Arc::clone(&resource)));
        texts.bundle.add_resource_overriding(Arc::clone(&resource));
        texts.isolating.add_resource_overriding(resource);
        Ok(())
    }

    /// Checks a message in every language that has it: whatever it refers to is there, and a payer sees what they approve
    /// (RTS on SCA, Art. 5).
    ///
    /// # Errors
    ///
    /// [`TextsError::Missing`], [`TextsError::Unresolved`], [`TextsError::Incomplete`], [`TextsError::Unwritable`].
    pub fn check(&self, message: &str, wording: &Wording) -> Result<(), TextsError> {
        if !self.languages.get(FALLBACK).is_some_and(|english| english.bundle.has_message(message)) {
            return Err(TextsError::Missing(message.to_owned()));
        }
        for (language, texts) in &self.languages {
            let entries = Entries::of(&texts.files);
            let Some((origin, shown)) = entries.check_message(message, wording)? else { continue };
            if let Some(missing) = (0..wording.shows.len()).find(|group| !shown.contains(group)) {
                let missing = &wording.shows[missing];
                let missing: Vec<_> = missing.iter().map(|name| format!("`${name}`")).collect();
                let (origin, message) = (origin.to_owned(), message.to_owned());
                return Err(TextsError::Incomplete { origin, message, missing: missing.join(" or ") });
            }
            let arguments = wording.names.iter().map(|name| (name.into(), Argument::text("x")));
            texts.write(language, message, &arguments.collect::<Arguments<'_>>()).transpose()?;
        }
        Ok(())
    }

    /// Checks that whatever any text refers to is there, be it used or not. `names` are all that any message may use.
    ///
    /// # Errors
    ///
    /// [`TextsError::Unresolved`].
    pub fn check_all(&self, names: &BTreeSet<String>) -> Result<(), TextsError> {
        self.languages.values().try_for_each(|texts| Entries::of(&texts.files).check_all(names))
    }

    /// The message in `language`, which may be a list with weights, in a wider form of it (`cs` for `cs-CZ`), or in English.
    /// Amounts are written as in the language that was found.
    ///
    /// # Errors
    ///
    /// [`TextsError::Missing`] when there is none, [`TextsError::Unwritable`] when it refers to what is not there: half a text
    /// is none.
    pub fn text(
        &self,
        language: &Language,
        message: &str,
        arguments: &[(Cow<'_, str>, Argument<'_>)],
    ) -> Result<String, TextsError> {
        candidates(language)
            .filter_map(|candidate| self.languages.get_key_value(&candidate))
            .find_map(|(language, texts)| texts.write(language, message, arguments))
            .unwrap_or_else(|| Err(TextsError::Missing(message.to_owned())))
    }
}

impl OneLanguage {
    /// The message; `None` where the language has none.
    fn write(
        &self,
        language: &str,
        message: &str,
        arguments: &[(Cow<'_, str>, Argument<'_>)],
    ) -> Option<Result<String, TextsError>> {
        let arguments: FluentArgs<'_> =
            arguments.iter().map(|(name, argument)| (&**name, self.value(argument))).collect();
        let written = match written(&self.bundle, message, &arguments)? {
            // Where all runs from left to right, the marks would only make the message dearer.
            Ok(text) if text.chars().any(runs_to_the_left) => written(&self.isolating, message, &arguments)?,
            written => written,
        };
        Some(written.map_err(|reason| {
            let (message, language) = (message.to_owned(), language.to_owned());
            TextsError::Unwritable { message, language, reason }
        }))
    }

    fn value<'a>(&self, argument: &'a Argument<'_>) -> FluentValue<'a> {
        match argument {
            Argument::Text(text) => text.as_ref().into(),
            Argument::Amount(amount, currency) => self.amounts.write(*amount, currency).into(),
            Argument::Money(amount, currency) => {
                format!("{} {currency}", self.amounts.write(*amount, currency)).into()
            }
        }
    }
}

/// The message, or why it can't be written; `None` where there is none.
fn written(bundle: &Bundle, message: &str, arguments: &FluentArgs<'_>) -> Option<Result<String, String>> {
    let pattern = bundle.get_message(message).as_ref().and_then(FluentMessage::value)?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
    let reasons: Vec<_> = errors.iter().map(FluentError::to_string).collect();
    Some(if reasons.is_empty() { Ok(text) } else { Err(reasons.join(", ")) })
}

/// Whether a character is of a script that runs from right to left, which turns round the digits and signs beside it.
fn runs_to_the_left(c: char) -> bool {
    let class = CodePointMapData::<BidiClass>::new().get(c);
    matches!(class, BidiClass::RightToLeft | BidiClass::ArabicLetter | BidiClass::ArabicNumber)
}

fn not_fluent(read: &FluentResource, errors: &[ParserError], origin: &str) -> TextsError {
    let start = errors.first().map_or(0, |error| error.pos.start);
    let line = read.source().bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
    let reason = errors.first().map(ToString::to_string).unwrap_or_default();
    TextsError::NotFluent { origin: origin.to_owned(), line, reason }
}

#[cfg(test)]
mod tests;
