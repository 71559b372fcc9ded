use data_adapter_http_call::{SettingError, Template, check_json, is_json};
use minijinja::Value;

use crate::fields::encoded;
use crate::own::NAMES;
use crate::settings::{Form, RequestSettings};

/// What a message becomes in a call.
pub(crate) struct Content {
    form: Form,
    /// The fields, or the body alone without a name.
    templates: Vec<(String, Template)>,
    is_json: bool,
}

/// The same, filled in.
pub(crate) enum Filled {
    /// A body.
    Body(String),
    /// The query of the URL.
    Query(String),
}

impl Content {
    /// What the settings, which are filled, say of it.
    pub(crate) fn new(settings: &RequestSettings, form: Form) -> Result<Self, SettingError> {
        let key = key(form);
        let named = match form {
            Form::Json | Form::Text => {
                let body = settings.body.as_ref().map(|body| (String::new(), body.clone()));
                let why = "is missing: what does the gateway read?";
                vec![body.ok_or_else(|| SettingError::new(key, why))?]
            }
            Form::Form | Form::Query => settings.fields.clone().into_iter().collect(),
        };
        let templates =
            named.into_iter().map(|(name, source)| Ok((name, Template::new(key, source, &NAMES)?)));
        let kind = settings.content_type.as_deref();
        let is_json = kind.map_or(form == Form::Json, is_json) && matches!(form, Form::Json | Form::Text);
        Ok(Self { form, templates: templates.collect::<Result<_, SettingError>>()?, is_json })
    }

    /// The setting that its templates are in.
    pub(crate) fn key(&self) -> &'static str {
        key(self.form)
    }

    /// Whether one of its templates names `name`.
    pub(crate) fn uses(&self, name: &str) -> bool {
        self.templates.iter().any(|(_, template)| template.uses(name))
    }

    /// Fills it in, each template with `fill`. Fields that come out empty are left out.
    pub(crate) fn fill(
        &self,
        values: &Value,
        fill: impl Fn(&Template, &Value) -> Result<String, String>,
    ) -> Result<Filled, String> {
        let filled =
            self.templates.iter().map(|(name, template)| Ok((name.as_str(), fill(template, values)?)));
        let filled = filled.collect::<Result<Vec<_>, String>>()?;
        let there = || filled.iter().filter(|(_, value)| !value.is_empty());
        let fields = || encoded(there().map(|(name, value)| (*name, value.as_str())));
        match self.form {
            Form::Form => Ok(Filled::Body(fields())),
            Form::Query => Ok(Filled::Query(fields())),
            Form::Json | Form::Text => {
                let body: String = filled.into_iter().map(|(_, body)| body).collect();
                if self.is_json {
                    check_json(&body)?;
                }
                Ok(Filled::Body(body))
            }
        }
    }
}

fn key(form: Form) -> &'static str {
    match form {
        Form::Json | Form::Text => "request.body",
        Form::Form | Form::Query => "request.fields",
    }
}
