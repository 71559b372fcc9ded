use data_adapter_protocol::json::DEEPEST;
use data_adapter_server::Place;

use crate::settings::SecuritySettings;

/// The text at the top of the document, in Markdown.
pub(super) fn text(settings: &SecuritySettings, place: &Place<'_>) -> String {
    let parts = [
        Some(
            "What partners ask: tokens for themselves, and Strong Customer Authentication of their consumers. Paths are matched \
             without regard to case."
                .to_owned(),
        ),
        place.inbox.filter(|_| settings.is_demo).map(journey),
        place.access.is_checked().then(|| place.access.text()),
        Some(rules(place.max_body)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn journey(inbox: &str) -> String {
    format!(
        "### Try it\n\n\
         Every request is filled in for a partner of the demo (`demopartner`, password `Partner#2026`) and a consumer of it: open it, \
         press *Try it out*, then *Execute*.\n\n\
         1. `login`: copy the `access_token`, press *Authorize* and paste it; keep the `Contis_SecurityKey`.\n\
         2. `PostLoginDetails` with the example *The service asks for the second factor*: copy the `SCAReferenceNumber`. The code is in \
         the [inbox]({inbox}), where it appears instead of on a phone.\n\
         3. `GetSCAPendingRequest`: the request waits, and so does any payment that Web Flow has asked a code for.\n\
         4. `Authorize`: put the number in, and for `SCAIdentification` what this prints:\n\n\
         ```bash\n\
         KEY=…; CODE=…\n\
         printf $CODE | iconv -t UTF-16LE | openssl enc -aes-256-cbc -iv ${{KEY:0:32}} -K ${{KEY:32}} | base64\n\
         ```\n\n\
         5. `logout`: the token is good no more."
    )
}

fn rules(max_body: usize) -> String {
    format!(
        "### What holds for every request\n\n\
         - The body is JSON in UTF-8 of at most {max_body} bytes, nested at most {DEEPEST} levels deep; that of a login is a form.\n\
         - `null` is the same as absent. Members that are not known here are ignored.\n\
         - A member that is repeated is refused, and so is a text with a NUL or half of a surrogate pair in it.\n\
         - Lengths are in characters.\n\
         - Whatever is not valid is answered with 400 and all that is wrong, by the names of the members.\n\
         - What became of a request that is valid is its `ResponseCode`, with 200.\n\
         - The answer has the `X-Request-Id` of the request, or one of its own; the log has it too."
    )
}
