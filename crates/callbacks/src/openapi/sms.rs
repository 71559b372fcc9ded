use serde_json::{Value, json};

use super::{Part, problem};

pub(super) fn part() -> Part {
    let operations = |path: &str, named: &str| {
        let post = operation(&format!("callbackSms{named}"), path, true);
        json!({ "post": post, "get": operation(&format!("callbackSms{named}ByGet"), path, false) })
    };
    Part {
        tag: json!({ "name": "sms", "description": "What became of messages" }),
        paths: json!({
            "/sms/{gateway}": operations("/sms/{gateway}", ""),
            "/sms/{gateway}/{secret}": operations("/sms/{gateway}/{secret}", "WithSecret"),
        }),
        schemas: json!({ "SmsReceipt": receipt() }),
    }
}

fn operation(id: &str, path: &str, has_body: bool) -> Value {
    let parameter = |name: &str, description: &str, example: &str| {
        json!({
            "name": name, "in": "path", "required": true, "description": description,
            "schema": { "type": "string" }, "example": example
        })
    };
    let gateway = parameter("gateway", "The id of the gateway in the settings.", "primary");
    let secret = parameter(
        "secret",
        "The secret, where the gateway does not sign its calls.",
        "0f7d3b1c9a5e48d2b6c4a1908e7f6d5c",
    );
    let parameters = if path.contains("{secret}") { json!([gateway, secret]) } else { json!([gateway]) };
    let mut operation = json!({
        "tags": ["sms"],
        "operationId": id,
        "summary": "Tell what became of a message",
        "description": "What a call has to hold, where the id of the message and its status stand in it, and how it is known to be the gateway's, is \
                        configuration (`sms.gateways.http.receipts`); the body shown is that of the preset `json`. The same call may be made again; \
                        it counts once.",
        "parameters": parameters,
        "responses": responses()
    });
    if has_body {
        let example = json!({ "id": "2c5c9f2e-4a55-4f0c-9b6b-0f5f7a1d8b1e", "status": "undelivered", "reason": "EC_ABSENT" });
        operation["requestBody"] = json!({ "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/SmsReceipt" },
            "examples": { "undelivered": { "value": example } }
        } } });
    }
    operation
}

fn receipt() -> Value {
    json!({
        "type": "object", "required": ["id", "status"],
        "properties": {
            "id": { "type": "string", "description": "The id of the message." },
            "status": { "type": "string", "description": "What became of it. What is no end is taken, and nothing comes of it." },
            "reason": { "type": "string", "description": "Why, in a short code." }
        }
    })
}

fn responses() -> Value {
    json!({
        "204": { "description": "It is kept, or was before, or is about no message of this service." },
        "400": problem("What is said can't be understood.", 400, "The call is signed, and says nothing that can be understood."),
        "401": problem("The signature or the secret is not right.", 401, "The call is not signed, or not rightly."),
        "404": problem("No gateway that calls back has this id.", 404, "There is nothing at this path."),
        "408": problem("The call takes too long to come.", 408, "The request took too long to come."),
        "413": problem("The body has too many bytes.", 413, "The body has too many bytes."),
        "503": problem("The store does not answer, or there is too much to do.", 503, "The store does not answer now; try again.")
    })
}
