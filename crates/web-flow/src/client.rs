//! The application that asks for consent.

use std::collections::BTreeSet;

use data_adapter_core::ConsentClient;
use data_adapter_protocol::json::Object;
use data_adapter_protocol::web_flow as wire;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What is read of an application, in the words of all versions: those before 1.0 send scopes among the extras.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Application {
    id: String,
    original_scopes: Option<BTreeSet<String>>,
    extras: Option<Object<Extras>>,
}

#[derive(Deserialize)]
struct Extras {
    #[serde(rename = "_requestedScopes")]
    requested_scopes: Option<BTreeSet<String>>,
}

/// Characters of an id or a scope, and scopes: no client has more.
const LONGEST: usize = 256;
const MOST_SCOPES: usize = 100;

/// Who asks; `None` where the request does not say so that it can be told apart from others. It is no error then: an application has
/// other forms at other banks, and consent can still be asked for.
pub(crate) fn client(context: Option<&wire::OperationContext>) -> Option<ConsentClient> {
    let application: &RawValue = context?.application_context.as_deref()?;
    let Object(Application { id, original_scopes, extras }) = serde_json::from_str(application.get()).ok()?;
    let mut scopes = original_scopes.unwrap_or_default();
    scopes.extend(extras.and_then(|Object(extras)| extras.requested_scopes).unwrap_or_default());
    let fits = |text: &String| !text.is_empty() && text.chars().count() <= LONGEST;
    let is_known = fits(&id) && scopes.len() <= MOST_SCOPES && scopes.iter().all(fits);
    is_known.then_some(ConsentClient { id, scopes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_by(application: &str) -> Option<ConsentClient> {
        let context = format!(r#"{{"id": "op", "name": "login", "applicationContext": {application}}}"#);
        client(Some(&serde_json::from_str(&context).expect("an operation")))
    }

    #[test]
    fn the_client_is_the_application_with_its_scopes_wherever_they_stand() {
        for (application, scopes) in [
            (r#"{"id": "shop", "originalScopes": ["aisp", "pisp"], "extras": {}}"#, vec!["aisp", "pisp"]),
            (
                r#"{"id": "shop", "extras": {"owner": 1, "_requestedScopes": ["pisp", "aisp", "pisp"]}}"#,
                vec!["aisp", "pisp"],
            ),
            (
                r#"{"id": "shop", "originalScopes": ["a"], "extras": {"_requestedScopes": ["b"]}}"#,
                vec!["a", "b"],
            ),
            (r#"{"id": "shop", "originalScopes": ["AISP"]}"#, vec!["AISP"]),
            (r#"{"id": "shop", "originalScopes": null, "extras": null}"#, vec![]),
            (r#"{"id": "shop"}"#, vec![]),
        ] {
            let scopes = scopes.into_iter().map(str::to_owned).collect();
            assert_eq!(
                asked_by(application),
                Some(ConsentClient { id: "shop".to_owned(), scopes }),
                "{application}"
            );
        }
    }

    #[test]
    fn an_application_that_cannot_be_told_apart_is_no_client() {
        let long = format!(r#"{{"id": "{}"}}"#, "x".repeat(LONGEST + 1));
        let scopes: Vec<_> = (0..=MOST_SCOPES).map(|number| number.to_string()).collect();
        let many = format!(r#"{{"id": "shop", "originalScopes": {scopes:?}}}"#);
        for application in [
            "null",
            "7",
            r#"["shop"]"#,
            r#"["shop", [], {}]"#,
            "{}",
            r#"{"id": null}"#,
            r#"{"id": 7}"#,
            r#"{"id": ""}"#,
            r#"{"id": "a", "id": "b"}"#,
            r#"{"id": "shop", "originalScopes": "aisp"}"#,
            r#"{"id": "shop", "originalScopes": [""]}"#,
            r#"{"id": "shop", "extras": {"_requestedScopes": {"aisp": true}}}"#,
            &long,
            &many,
        ] {
            assert_eq!(asked_by(application), None, "{application}");
        }
        assert_eq!(client(None), None);
    }
}
