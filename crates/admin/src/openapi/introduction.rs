use data_adapter_protocol::json::DEEPEST;
use data_adapter_server::Place;

use crate::settings::AdminSettings;

/// The text at the top of the document, in Markdown.
pub(super) fn text(settings: &AdminSettings, place: &Place<'_>) -> String {
    let parts = [
        Some(
            "What operators ask: to have something approved by a user, to see what there is of users, and to put it right. Every call \
             leaves a line in the audit log under the operator's name."
                .to_owned(),
        ),
        settings.demo_token.map(|token| journey(token, place.inbox)),
        place.access.is_checked().then(|| place.access.text()),
        Some(rules(place.max_body)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn journey(token: &str, inbox: Option<&str>) -> String {
    let inbox = inbox.map(|inbox| {
        format!(" The code is in the [inbox]({inbox}), where it appears instead of on a phone.")
    });
    let inbox = inbox.unwrap_or_default();
    format!(
        "### Try it\n\n\
         Press *Authorize* and give the token of the demo's operator, `{token}`. Every request is filled in for a user of the demo: open \
         it, press *Try it out*, then *Execute*.\n\n\
         1. `POST /sca-requests`: the user is asked to approve a payment.{inbox}\n\
         2. `GET /users/{{userId}}`: it waits among the user's challenges. Partners see it in `GetSCAPendingRequest` of the Security API, \
         and answer it there.\n\
         3. `POST /users/{{userId}}/devices`: with a device, a request of the type `push` is shown in the inbox, with buttons to accept \
         and reject it."
    )
}

fn rules(max_body: usize) -> String {
    format!(
        "### What holds for every request\n\n\
         - It has the header `Authorization: Bearer TOKEN`, with the token of an operator.\n\
         - A body is JSON in UTF-8 of at most {max_body} bytes, nested at most {DEEPEST} levels deep.\n\
         - `null` is the same as absent. Members that are not known here are ignored.\n\
         - A member that is repeated is refused, and so is a text with a NUL or half of a surrogate pair in it.\n\
         - Lengths are in characters. What is part of a path is percent-encoded.\n\
         - Times are UTC, as in `2026-12-21T13:58:02.899Z`.\n\
         - Errors are problem details (RFC 9457).\n\
         - The answer has the `X-Request-Id` of the request, or one of its own; the log has it too."
    )
}
