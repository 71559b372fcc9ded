use serde_json::{Value, json};

use super::{Part, problem};

pub(super) fn part() -> Part {
    Part {
        tag: json!({ "name": "push", "description": "What people decide on their devices" }),
        paths: json!({ "/push": { "post": operation() } }),
        schemas: json!({ "PushCallback": {
                "type": "object", "required": ["messageId", "decision"],
                "properties": {
                    "messageId": { "type": "string", "description": "The id that the push named." },
                    "decision": { "type": "string", "enum": ["accepted", "rejected"], "description": "What the person decided." }
                }
            } }),
    }
}

fn operation() -> Value {
    let header = |name: &str, description: &str, example: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": description,
            "schema": { "type": "string" }, "example": example
        })
    };
    json!({
        "tags": ["push"],
        "operationId": "callbackPush",
        "summary": "Tell what a person has decided on a push",
        "description": "Where the id of the request and the decision stand in the body, and how the decision is called, is configuration; \
                        these are the defaults. The same call may be made again, and is answered the same; it counts once.",
        "parameters": [
            header("webhook-id", "The id of the call, the same when it is repeated.", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            header("webhook-timestamp", "When it was signed, in seconds since 1970, five minutes from now at most.", "1614265330"),
            header(
                "webhook-signature",
                "`v1,` and the base64 of HMAC-SHA256 of id, time stamp and body, with a point between each; several with a blank between each.",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
            )
        ],
        "requestBody": { "required": true, "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/PushCallback" },
            "examples": { "accepted": { "value": {
                "messageId": "018f4e6e-0000-7000-8000-000000000000", "decision": "accepted"
            } } }
        } } },
        "responses": responses()
    })
}

fn responses() -> Value {
    json!({
        "204": { "description": "It is decided now." },
        "400": problem("What is signed can't be understood, or another call had this id.", 400, "The call is signed, and says nothing that can be understood."),
        "401": problem("The signature is not right, or too old.", 401, "The call is not signed, or not rightly."),
        "408": problem("The call takes too long to come.", 408, "The request took too long to come."),
        "409": problem("The same call is under way.", 409, "The same call is under way; try again."),
        "410": problem("It was decided before, or its request is over.", 410, "It was decided before, or its request is over: nothing has changed."),
        "413": problem("The body has too many bytes.", 413, "The body has too many bytes."),
        "503": problem("The store does not answer, or there is too much to do.", 503, "The store does not answer now; try again.")
    })
}
