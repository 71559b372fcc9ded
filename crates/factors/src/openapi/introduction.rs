use data_adapter_protocol::json::DEEPEST;
use data_adapter_server::Place;

use crate::settings::FactorsSettings;

/// The text at the top of the document, in Markdown.
pub(super) fn text(settings: &FactorsSettings, place: &Place<'_>) -> String {
    let parts = [
        Some(
            "What web and mobile applications ask on behalf of a user: which factors the user has for strong customer \
             authentication, and to enrol another one."
                .to_owned(),
        ),
        place.inbox.filter(|_| settings.is_demo).map(journey),
        place.access.is_checked().then(|| place.access.text()),
        Some(rules(settings, place.max_body)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn journey(inbox: &str) -> String {
    let tokens = inbox.strip_suffix("inbox").map_or_else(String::new, |folder| format!("{folder}tokens"));
    format!(
        "### Try it\n\n\
         Get a token of a user of the demo, by `POST` to `{tokens}` with the user and the programme:\n\n\
         ```bash\n\
         curl http://127.0.0.1:8080/sandbox/tokens --json '{{\"userId\": \"12345678\", \"programme\": \"demo\"}}'\n\
         ```\n\n\
         Press *Authorize*, paste it as `auth_token`, and give `demo-api-key` as `api_key`. Then open an operation, press *Try it \
         out* and *Execute*.\n\n\
         To enrol **a phone**\n\n\
         1. `enrolOtp`: a code is sent. In the demo it is always `123456`, and no message leaves: it comes to the [inbox]({inbox}).\n\
         2. `verifyOtp`: the code is filled in. Mistype it first, to see how tries are counted.\n\
         3. `listFactors`: the factor is `ACTIVE`.\n\n\
         To enrol **a device**\n\n\
         1. `enrolPush`: the push comes to the [inbox]({inbox}), with two buttons. Press *Accept*.\n\
         2. `listFactors`: the factor is `ACTIVE`.\n\
         3. `unlinkPush`: it is gone.\n\n\
         The programme `other` (`other-api-key`) may not see this user, and is answered with 403."
    )
}

fn rules(settings: &FactorsSettings, max_body: usize) -> String {
    let idle = settings.session_idle.as_secs();
    let limits = match settings.limits.to_string() {
        limits if limits.is_empty() => "- Nothing limits how often a user calls.".to_owned(),
        limits => format!(
            "- A user may call each operation so often, each time within so many seconds: `{limits}`. What is over that is answered \
             with 429."
        ),
    };
    format!(
        "### What holds for every request\n\n\
         - `api-key` says which programme calls, and `authorization` on behalf of which user. Without the first the answer is 400; where \
         one of them is wrong, 401.\n\
         - A user who does nothing for {idle} seconds needs a new token.\n\
         {limits}\n\
         - A body is JSON in UTF-8 of at most {max_body} bytes, nested at most {DEEPEST} levels deep. `null` is the same as absent. \
         Members that are not known here are ignored.\n\
         - Whatever is not valid is answered with 400 and the names of the fields; what can't be done as things are with 409 and a code.\n\
         - Every answer has a `request-ref`, by which the log knows the request."
    )
}
