use data_adapter_protocol::json::DEEPEST;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_server::Place;

/// The text at the top of the document, in Markdown.
pub(super) fn text(dialect: Dialect, place: &Place<'_>) -> String {
    let parts = [
        Some(format!(
            "What Web Flow {} asks: who a user is, whether a password or a one-time code is right, what the form of an \
             operation shows, and what the user consents to.",
            dialect.web_flow()
        )),
        place.inbox.map(journeys),
        place.access.is_checked().then(|| place.access.text()),
        Some(rules(place.max_body)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn journeys(inbox: &str) -> String {
    format!(
        "### Try it\n\n\
         Every request is filled in for a user of the demo (`user1234`, password `s3cret`): open it, press *Try it out*, then \
         *Execute*.\n\n\
         For **a login** choose the example *A login* and call\n\n\
         1. `user/lookup` and `user/authenticate`: who it is, and whether the password is right;\n\
         2. `sms/create`: copy the `messageId` of the answer;\n\
         3. `sms/verify`: put it in, with the code from the [inbox]({inbox}), where it appears instead of on a phone;\n\
         4. `operation/change`: the operation is done.\n\n\
         For **a payment** leave the example *A payment* and call\n\n\
         1. `user/lookup` and `user/authenticate`;\n\
         2. `formdata/decorate` and `formdata/change`: the user's accounts, and the one they chose;\n\
         3. `sms/create` and `sms/verify`, as above;\n\
         4. `consent/init`, `create`, `validate` and `save`: whether consent is needed, for what, and that it is given;\n\
         5. `operation/change`: the operation is done.\n\n\
         An operation that is done gets no more codes: to go again, put another `id` into each `operationContext`."
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
