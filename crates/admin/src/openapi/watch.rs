//! The operations by which operators watch.

use data_adapter_protocol::admin::{AuditAnswer, HealthAnswer, SentAnswer};
use serde_json::{Value, json};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::catalogue::WATCH;
use super::errors::{invalid, no_trail};
use super::examples::{USER, sample};
use super::operation::{Operation, Title, id, number_in_query};
use crate::extract::MOST;

/// A place in a log.
const PLACE: &str = "5b0d5e9df6f3a7dc4ab1d5e0c2b1f0cb5a2a2d7b8f0f4f8de0b07a0a1d4f6c3e-8123";

pub(super) fn operations() -> [Operation; 3] {
    [sent(), audit(), health()]
}

fn sent() -> Operation {
    let title = Title {
        id: "showSent",
        tag: WATCH,
        summary: "Show what was sent, against the limits",
        description: "How many messages count against each limit of what may be sent, in the window that is running: of all, of each country \
                      and of each organization; or of one user.",
    };
    let limit = |limit: u32, window: u32, sent: u32| json!({"limit": limit, "windowSeconds": window, "sent": sent, "resetsAt": "2026-12-22T06:12:00.000Z"});
    let value = json!({
        "counts": [
            {"scope": "all", "limits": [limit(1000, 60, 3), limit(100_000, 86_400, 5210)]},
            {"scope": "country", "name": "CZ", "limits": [limit(80_000, 86_400, 5187)]},
            {"scope": "organization", "name": "RETAIL", "limits": [limit(80_000, 86_400, 4410)]}
        ],
        "cut": false
    });
    Operation::get("/sent", title)
        .with([in_query("user", "Only what was sent to this user.", USER)])
        .answers::<SentAnswer>(vec![sample("sent", "A day", value)])
        .fails([not_an_id()])
}

fn audit() -> Operation {
    let title = Title {
        id: "searchAudit",
        tag: WATCH,
        summary: "Look for lines of the audit log",
        description: "Newest first, a page at a time: `next` is `before` of the next one, which may have fewer lines than there is room \
                      for, since no page takes longer than some seconds. What was read for it is checked as `data-adapter audit verify` \
                      does: `chain` says from which line to which, and where it breaks.",
    };
    let most = "How many at most; 100 where it is absent.";
    Operation::get("/audit", title)
        .with([
            in_query("user", "Only lines about this user.", USER),
            in_query("operation", "Only lines of the operation with this id.", "40269145-d91f-4579-badd-c57fa1133239"),
            in_query("request", "Only lines of the request with this `X-Request-Id`.", "0193a7c2-5c1e-7d3f-9a61-2f0c8d4b7e11"),
            number_in_query("limit", 1, MOST, most),
            in_query("before", "`next` of an answer: lines before those.", PLACE),
        ])
        .answers::<AuditAnswer>(vec![
            sample("whole", "The chain is whole", found(&json!([]))),
            sample("broken", "It is not", found(&json!([{
                "file": "audit.jsonl", "after": 8122,
                "why": "this line does not carry the hash of the line before: that line or this one was altered"
            }]))),
        ])
        .fails([not_an_id(), no_trail()])
}

fn found(breaks: &Value) -> Value {
    let whole = breaks.as_array().is_some_and(Vec::is_empty);
    json!({
        "lines": [{
            "time": "2026-12-21T13:58:02.899Z", "sequence": 8123, "event": "unblocked", "outcome": "succeeded", "user": USER,
            "organization": null, "caller": "ann", "requestId": "0193a7c2-5c1e-7d3f-9a61-2f0c8d4b7e11", "peer": "10.0.0.7",
            "operationId": null, "operationName": null, "factor": "code", "previous": "5b0d5e9df6f3a7dc4ab1d5e0c2b1f0cb5a2a2d7b8f0f4f8de0b07a0a1d4f6c3e"
        }],
        "chain": {"whole": whole, "first": 1, "last": 8123, "breaks": breaks, "unread": []}
    })
}

fn health() -> Operation {
    let title = Title {
        id: "showHealth",
        tag: WATCH,
        summary: "Show how the parts of the system are",
        description: "What `/health/ready` asks: the store, the audit log where it is required, back ends, and gateways of SMS; with since \
                      when, and what is wrong.",
    };
    let value = json!({"parts": [
        {"kind": "store", "status": "ok", "since": "2026-12-20T08:00:00.000Z", "unknownSettings": []},
        {"kind": "gateway", "name": "primary", "status": "warning", "since": "2026-12-21T13:41:10.120Z",
            "why": "It did not take the last messages, or is not connected. Until that is over, other gateways take its messages, where there are any.",
            "unknownSettings": []}
    ]});
    Operation::get("/health", title).answers::<HealthAnswer>(vec![sample(
        "health",
        "A gateway is down",
        value,
    )])
}

fn in_query(name: &str, description: &str, example: &str) -> Parameter {
    id(name, ParameterIn::Query, Required::False, description, example)
}

fn not_an_id() -> super::errors::Problem {
    invalid("user", "has to be 1 to 256 characters that can be seen")
}
