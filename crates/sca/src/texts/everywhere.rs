use std::borrow::Cow;

use super::{Argument, Texts, TextsError};

impl Texts {
    /// The message in every language that has it, by language.
    ///
    /// # Errors
    ///
    /// [`TextsError::Unwritable`].
    pub fn everywhere(
        &self,
        message: &str,
        arguments: &[(Cow<'_, str>, Argument<'_>)],
    ) -> Result<Vec<(&str, String)>, TextsError> {
        let languages = self.languages.iter();
        let written = languages.filter_map(|(language, texts)| {
            let text = texts.write(language, message, arguments)?;
            Some(text.map(|text| (language.as_str(), text)))
        });
        written.collect()
    }
}
