use std::collections::HashSet;

use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};

use crate::setting::SettingError;

/// The name that an environment has its only template under.
const ONLY: &str = "template";

/// A text with gaps, in MiniJinja.
pub struct Template {
    environment: Environment<'static>,
    names: HashSet<String>,
}

impl Template {
    /// Reads `source`, the setting `key`, which may name `names` and nothing else.
    ///
    /// # Errors
    ///
    /// When it is no template, or names something else.
    pub fn new(key: impl Into<String>, source: String, names: &[&str]) -> Result<Self, SettingError> {
        let key = key.into();
        let refuse = |why: String| SettingError::new(key.clone(), why);
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        // A name that is only sliced, as in `{{ name[1:] }}`, is none of those that are undeclared.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment
            .add_template_owned(ONLY, source)
            .map_err(|error| refuse(format!("is no template: {error}")))?;
        let used = environment.get_template(ONLY).map(|template| template.undeclared_variables(false));
        let used = used.unwrap_or_default();
        if let Some(name) = used.iter().find(|name| !names.contains(&name.as_str())) {
            return Err(refuse(format!("names `{name}`; there are only: {}", names.join(", "))));
        }
        Ok(Self { environment, names: used })
    }

    /// Whether it names `name`.
    #[must_use]
    pub fn uses(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Fills it in.
    ///
    /// # Errors
    ///
    /// Why it can't be filled in, to be read after what the template is called, and without anything that is filled in.
    pub fn render(&self, values: &Value) -> Result<String, String> {
        self.rendered(values).map_err(|error| {
            let line = error.line().map(|line| format!(" at line {line}")).unwrap_or_default();
            format!("can't be filled in: {}{line}", error.kind())
        })
    }

    /// Fills it in with values that are no secret, so that what is wrong can be said in full.
    ///
    /// # Errors
    ///
    /// Why it can't be filled in, to be read after what the template is called.
    pub fn try_out(&self, values: &Value) -> Result<String, String> {
        self.rendered(values).map_err(|error| format!("can't be filled in: {error}"))
    }

    fn rendered(&self, values: &Value) -> Result<String, Error> {
        self.environment.get_template(ONLY)?.render(values)
    }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn why_a_template_cannot_be_filled_in_shows_nothing_that_was_to_be_filled_in() {
        let template = Template::new("body", "a\n{{ text|int }}".to_owned(), &["text"]).unwrap();
        let values = context! { text => "MARKED" };
        let why = template.render(&values).unwrap_err();
        assert!(why.contains("at line 2") && !why.contains("MARKED"), "{why}");
        assert!(template.try_out(&values).unwrap_err().contains("can't be filled in"));
    }

    #[test]
    fn a_name_that_there_is_not_is_found_wherever_it_stands() {
        assert!(Template::new("body", "{{ other }}".to_owned(), &["text"]).is_err());
        let sliced = Template::new("body", "{{ other[1:] }}".to_owned(), &["text"]).unwrap();
        assert!(sliced.try_out(&context! { text => "a" }).is_err());
    }

    #[test]
    fn nothing_is_escaped_by_itself() {
        let template = Template::new("body", "{{ text }}".to_owned(), &["text"]).unwrap();
        assert_eq!(template.render(&context! { text => "<&\"'>" }).unwrap(), "<&\"'>");
    }
}
