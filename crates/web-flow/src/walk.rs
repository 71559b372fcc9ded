//! The walk through a login and a payment on the start page.

mod fields;

use data_adapter_core::{AdapterError, OperationName};
use data_adapter_server::{Certificates, Visit, Walk};
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use self::fields::{Field, fields};
use crate::settings::{DemoUser, WebFlowSettings};

const SECTION: &str = include_str!("walk/section.html");

const MODULES: &[(&str, &str)] = &[
    ("page.mjs", include_str!("walk/page.mjs")),
    ("walks.mjs", include_str!("walk/walks.mjs")),
    ("requests.mjs", include_str!("walk/requests.mjs")),
    ("json.mjs", include_str!("walk/json.mjs")),
];

/// The operation of the login, where it has a consent form or no other login has one.
const LOGIN: &str = "login_sca";

const PAYMENT: &str = "authorize_payment";

/// What the template works with.
#[derive(Serialize)]
struct Content {
    places: Vec<Place>,
    has_inbox: bool,
    clear_passwords: bool,
    asks_callers: bool,
    takes_tokens: bool,
    /// Whether the browser adds the client certificate, for which it then asks for names and passwords too.
    credentials: &'static str,
    demo: Option<DemoUser>,
    /// How many digits a code has; `None` where nobody knows.
    digits: Option<u32>,
    login: String,
    payment: &'static str,
    fields: Vec<Field>,
}

/// The API where the walk may call it.
#[derive(Serialize)]
struct Place {
    path: String,
    title: String,
    /// A key of `DIALECTS` in `requests.mjs`.
    dialect: &'static str,
}

impl Place {
    fn new(settings: &WebFlowSettings) -> Self {
        let path = if settings.context_path.is_empty() { "/" } else { &settings.context_path };
        Self { path: path.to_owned(), title: settings.title(), dialect: settings.limits.dialect.name() }
    }
}

/// Through the API where the settings have it, in either dialect.
pub(crate) fn walk(settings: &WebFlowSettings, visit: Visit) -> Result<Walk, AdapterError> {
    let other = settings.other();
    let login = login(settings);
    let rules = |name: &OperationName| settings.operations.get(name);
    let content = Content {
        places: std::iter::once(settings).chain(&other).map(Place::new).collect(),
        has_inbox: visit.has_inbox,
        clear_passwords: settings.clear_passwords,
        asks_callers: visit.access.is_checked(),
        takes_tokens: visit.access.tokens,
        credentials: match visit.access.certificates {
            Certificates::Unused => "omit",
            Certificates::InPlaceOfToken | Certificates::Required => "same-origin",
        },
        demo: settings.demo,
        digits: settings.code_digits,
        fields: fields(rules(&login), rules(&OperationName::new(PAYMENT))),
        login: login.to_string(),
        payment: PAYMENT,
    };
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let html = environment
        .render_str(SECTION, Value::from(Serde(&content)))
        .map_err(|error| AdapterError::Internal(format!("the walk can't be written: {error}")))?;
    Ok(Walk { folder: "web-flow", html, modules: MODULES })
}

/// The login that the walk goes through: one that asks for consent, where there is one.
fn login(settings: &WebFlowSettings) -> OperationName {
    let usual = OperationName::new(LOGIN);
    if settings.consents.contains(&usual) {
        return usual;
    }
    let logins = settings
        .consents
        .iter()
        .filter(|name| name.as_str().starts_with("login") && settings.operations.contains_key(*name));
    logins.min_by_key(|name| name.as_str()).cloned().unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use data_adapter_protocol::web_flow::Limits;
    use data_adapter_server::Access;

    use super::*;

    fn page(access: Access) -> String {
        let settings = WebFlowSettings {
            context_path: String::new(),
            other_context_path: String::new(),
            environment: String::new(),
            limits: Limits::default(),
            operations: HashMap::new(),
            clear_passwords: true,
            demo: None,
            code_digits: None,
            consents: HashSet::new(),
        };
        walk(&settings, Visit { has_inbox: true, access }).unwrap().html
    }

    #[test]
    fn a_browser_adds_what_it_knows_of_itself_only_where_callers_may_show_a_certificate() {
        // Without credentials it asks nobody for a name and a password when the answer is 401.
        for (tokens, certificates, credentials, note) in [
            (false, Certificates::Unused, "omit", None),
            (true, Certificates::Unused, "omit", Some("need the token of a caller")),
            (true, Certificates::InPlaceOfToken, "same-origin", Some("need the token of a caller")),
            (true, Certificates::Required, "same-origin", Some("need the token of a caller")),
            (false, Certificates::Required, "same-origin", Some("need the certificate of a caller")),
        ] {
            let page = page(Access { tokens, certificates });
            assert!(
                page.contains(&format!("data-credentials=\"{credentials}\"")),
                "{certificates:?}: {page}"
            );
            assert_eq!(page.contains("name=\"token\""), tokens, "{page}");
            let notes = page.lines().filter(|line| line.contains("Requests need"));
            assert!(
                notes.clone().eq(notes.clone().filter(|line| note.is_some_and(|note| line.contains(note))))
            );
            assert_eq!(notes.count(), usize::from(note.is_some()), "{page}");
        }
    }

    #[test]
    fn what_callers_alone_may_see_is_marked_where_there_are_callers() {
        let marked = |access| page(access).matches("(for callers)").count();
        assert_eq!(marked(Access::default()), 0);
        assert_eq!(marked(Access { tokens: true, certificates: Certificates::Unused }), 1);
    }
}
