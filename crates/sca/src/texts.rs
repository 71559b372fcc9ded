use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use data_adapter_core::{Language, without_byte_order_mark};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use thiserror::Error;
use unic_langid::LanguageIdentifier;

use crate::language::{FALLBACK, candidates};

const BUILT_IN: [(&str, &str); 2] =
    [("en", include_str!("../locales/en.ftl")), ("cs", include_str!("../locales/cs.ftl"))];

/// Why texts can't be used.
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
    /// A message leaves out what the person has to read.
    #[error("the message `{message}` in `{language}` does not show {missing}")]
    Incomplete {
        /// Which message.
        message: String,
        /// In which language.
        language: String,
        /// The argument that is left out or misspelt.
        missing: String,
    },
    /// A file is no Fluent.
    #[error("{origin} is not valid Fluent: {reason}")]
    NotFluent {
        /// Which file.
        origin: String,
        /// What the parser says.
        reason: String,
    },
}

/// What people read, per language, in [Fluent](https://projectfluent.org) files: `en` and `cs` built in.
pub struct Texts {
    bundles: BTreeMap<String, FluentBundle<FluentResource>>,
}

impl Texts {
    /// The texts that are built in.
    ///
    /// # Errors
    ///
    /// [`TextsError`], if the build is broken.
    pub fn built_in() -> Result<Self, TextsError> {
        let mut texts = Self { bundles: BTreeMap::new() };
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
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if path.extension().is_none_or(|extension| extension != "ftl") {
                continue;
            }
            let language = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            let source = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            self.add(&language, without_byte_order_mark(&source).to_owned(), &path.display().to_string())?;
        }
        Ok(self)
    }

    fn add(&mut self, language: &str, source: String, origin: &str) -> Result<(), TextsError> {
        let id: LanguageIdentifier =
            language.parse().map_err(|_| TextsError::NotALanguage(PathBuf::from(origin)))?;
        let resource = FluentResource::try_new(source).map_err(|(_, errors)| TextsError::NotFluent {
            origin: origin.to_owned(),
            reason: errors.first().map(ToString::to_string).unwrap_or_default(),
        })?;
        let bundle = self.bundles.entry(id.to_string()).or_insert_with(|| {
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            bundle.set_use_isolating(false);
            bundle
        });
        bundle.add_resource_overriding(resource);
        Ok(())
    }

    /// Whether English, which everything falls back to, has a message.
    #[must_use]
    pub fn has(&self, message: &str) -> bool {
        self.bundles.get(FALLBACK).is_some_and(|bundle| bundle.has_message(message))
    }

    /// Checks that a message shows each of `arguments` in every language that has it: a payer has to see what they approve
    /// (RTS on SCA, Art. 5).
    ///
    /// # Errors
    ///
    /// [`TextsError::Incomplete`].
    pub fn check(&self, message: &str, arguments: &[&str]) -> Result<(), TextsError> {
        for (language, bundle) in &self.bundles {
            let Some(pattern) = bundle.get_message(message).and_then(|message| message.value()) else {
                continue;
            };
            let mark = |name: &str| format!("<{name}>");
            let marked: FluentArgs<'_> = arguments.iter().map(|name| (*name, mark(name))).collect();
            let text = bundle.format_pattern(pattern, Some(&marked), &mut Vec::new());
            if let Some(missing) = arguments.iter().find(|name| !text.contains(&mark(name))) {
                let (message, language) = (message.to_owned(), language.clone());
                return Err(TextsError::Incomplete { message, language, missing: format!("`${missing}`") });
            }
        }
        Ok(())
    }

    /// The message in `language`, which may be a list with weights, in a wider form of it (`cs` for `cs-CZ`), or in English. Empty
    /// when there is none.
    #[must_use]
    pub fn text(&self, language: &Language, message: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: FluentArgs<'_> = arguments.iter().copied().collect();
        candidates(language)
            .filter_map(|candidate| self.bundles.get(&candidate))
            .find_map(|bundle| {
                let pattern = bundle.get_message(message)?.value()?;
                Some(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
            })
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(texts: &Texts, language: &str) -> String {
        texts.text(&Language::new(language), "sms-login", &[("code", "12345678")])
    }

    #[test]
    fn a_language_falls_back_to_its_wider_form_and_then_to_english() {
        let texts = Texts::built_in().unwrap();
        assert_eq!(login(&texts, "en"), "Authorization code for login is 12345678.");
        for czech in ["cs-CZ", "cs_CZ", "CS", "cs-CZ, en;q=0.8", "sk, cs;q=0.9", "en;q=0.5,cs"] {
            assert_eq!(login(&texts, czech), "Autorizační kód pro přihlášení je 12345678.", "{czech}");
        }
        assert_eq!(login(&texts, "fr"), login(&texts, "en"));
        assert_eq!(login(&texts, "no language at all"), login(&texts, "en"));
    }

    #[test]
    fn the_script_of_a_language_counts_where_its_country_is_not_known() {
        let mut texts = Texts::built_in().unwrap();
        texts.add("zh", "sms-login = 登录 { $code }\n".to_owned(), "test").unwrap();
        texts.add("zh_Hant", "sms-login = 登錄 { $code }\n".to_owned(), "test").unwrap();
        assert_eq!(login(&texts, "zh-Hant-TW"), "登錄 12345678");
        assert_eq!(login(&texts, "zh-CN"), "登录 12345678");
    }

    #[test]
    fn amounts_are_not_formatted_again() {
        let texts = Texts::built_in().unwrap();
        let arguments =
            [("amount", "100.00"), ("currency", "CZK"), ("account", "238400856/0300"), ("code", "00000001")];
        assert_eq!(
            texts.text(&Language::new("en"), "sms-payment", &arguments),
            "Authorization code for payment of 100.00 CZK to account 238400856/0300 is 00000001."
        );
    }

    #[test]
    fn a_folder_replaces_single_messages_and_adds_languages() {
        let folder = std::env::temp_dir().join(format!("data-adapter-texts-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("en.ftl"), "sms-login = Your code: { $code }\n").unwrap();
        std::fs::write(folder.join("de.ftl"), "\u{feff}sms-login = Ihr Code: { $code }\n").unwrap();
        let texts = Texts::built_in().unwrap().with_folder(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        let texts = texts.unwrap();
        assert_eq!(login(&texts, "en"), "Your code: 12345678");
        assert_eq!(login(&texts, "de"), "Ihr Code: 12345678");
        assert!(texts.text(&Language::new("de"), "consent-incomplete", &[]).starts_with("Please"));
    }

    #[test]
    fn a_message_that_does_not_show_what_is_approved_is_found() {
        let mut texts = Texts::built_in().unwrap();
        assert!(texts.check("sms-payment", &["code", "amount", "currency", "account"]).is_ok());
        texts.add("de", "sms-payment = Code { $code } für { $amuont }\n".to_owned(), "test").unwrap();
        let error = texts.check("sms-payment", &["code", "amount"]).unwrap_err();
        assert_eq!(error.to_string(), "the message `sms-payment` in `de` does not show `$amount`");
    }
}
