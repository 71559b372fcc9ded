use data_adapter_protocol::web_flow::Dialect;

use super::Place;
use crate::web_flow::text_guard::DEEPEST;

/// The text at the top of the document, in Markdown.
pub(super) fn text(dialect: Dialect, place: &Place<'_>) -> String {
    let parts = [
        Some(format!(
            "What Web Flow {} asks: who a user is, whether a password or a one-time code is right, what the form of an \
             operation shows, and what the user consents to.",
            dialect.web_flow()
        )),
        place.inbox.map(journeys),
        place.tokens.then(|| CALLERS.to_owned()),
        Some(rules(place.max_body)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

const CALLERS: &str = "### Who may call\n\nCallers say who they are: press *Authorize* and give the token of a caller, alone \
    (`bearer`) or as a password beside the caller's name (`basic`).";

fn journeys(inbox: &str) -> String {
    format!(
        "### Try it\n\n\
         Every request is filled in for a user of the demo (`user1234`, password `s3cret`). In this order they are\n\n\
         - **a login**, with the example *A login*: `user/lookup`, `user/authenticate`, `sms/create`, `sms/verify`, \
         `operation/change`;\n\
         - **a payment**, with the example *A payment*: `user/lookup`, `user/authenticate`, `operation/formdata/decorate`, \
         `operation/formdata/change`, `sms/create`, `sms/verify`, `consent/init`, `consent/create`, `consent/validate`, \
         `consent/save`, `operation/change`.\n\n\
         `sms/create` answers with a `messageId`, and the code appears in the [inbox]({inbox}) instead of on a phone. Put both \
         into `sms/verify`, in place of the ones that are filled in."
    )
}

fn rules(max_body: usize) -> String {
    format!(
        "### What holds for every request\n\n\
         - The body is JSON in UTF-8 of at most {max_body} bytes, nested at most {DEEPEST} levels deep.\n\
         - `null` is the same as absent. Members that are not known here are ignored, and come back where a form comes back.\n\
         - A member that is repeated is refused, and so is a text with a NUL or half of a surrogate pair in it.\n\
         - Lengths are in characters.\n\
         - The answer has the `X-Request-Id` of the request, or one of its own; the log has it too."
    )
}
