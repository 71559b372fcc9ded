//! What was sent, what was recorded, and how everything is.

use actix_web::{HttpRequest, HttpResponse, web};
use data_adapter_core::{PartHealth, Trouble};
use data_adapter_protocol::admin::{
    AuditAnswer, BreakEntry, ChainEntry, HealthAnswer, PartEntry, PartKind, PartStatus, SentAnswer,
    SentEntry, SentLimit, SentScopeName,
};
use data_adapter_sca::{ChainBreak, ChainCheck, SentCount, SentScope, SentWindow, TrailPage, TrailSearch};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::convert::time;
use crate::error::{Answer, ApiError};
use crate::extract::{MOST, Query, USUAL_LIMIT};
use crate::state::Admin;

pub(crate) async fn sent(state: web::Data<Admin>, request: HttpRequest) -> Answer {
    let user = Query::of(&request).id("user")?;
    let now = state.parts.clock.now();
    let sent = state.parts.administration.sent(user.as_ref()).await?;
    let counts = sent.counts.into_iter().map(|count| entry(count, now)).collect();
    Ok(HttpResponse::Ok().json(SentAnswer { counts, cut: sent.is_cut }))
}

pub(crate) async fn audit(state: web::Data<Admin>, request: HttpRequest) -> Answer {
    let query = Query::of(&request);
    let search = TrailSearch {
        user: query.id("user")?,
        operation: query.word("operation")?,
        request: query.word("request")?,
        before: query.word("before")?,
        limit: query.number("limit", 1..=MOST)?.unwrap_or(USUAL_LIMIT),
    };
    let trail = state.parts.trail.as_ref().ok_or_else(ApiError::no_trail)?;
    let page = trail.lines(&search).await?;
    let page =
        page.ok_or_else(|| ApiError::invalid("before", "has to be `next` of an answer about this log"))?;
    Ok(HttpResponse::Ok().json(lines(page)))
}

pub(crate) async fn health(state: web::Data<Admin>) -> Answer {
    let parts = state.parts.health.health().await?;
    let now = state.parts.clock.now();
    let parts = parts.into_iter().map(|health| part(health, now)).collect();
    Ok(HttpResponse::Ok().json(HealthAnswer { parts }))
}

fn entry(count: SentCount, now: Timestamp) -> SentEntry {
    let (scope, name) = match count.scope {
        SentScope::All => (SentScopeName::All, None),
        SentScope::Country(country) => (SentScopeName::Country, country),
        SentScope::Organization(id) => (SentScopeName::Organization, Some(id.to_string())),
        SentScope::User(id) => (SentScopeName::User, Some(id.to_string())),
    };
    let limit = |SentWindow { limit, sent, resets_in }: SentWindow| SentLimit {
        limit: limit.limit,
        window_seconds: limit.window.as_secs(),
        sent,
        resets_at: resets_in.map(|left| time(now + left)),
    };
    SentEntry { scope, name, limits: count.windows.into_iter().map(limit).collect() }
}

/// What is no JSON any more breaks the chain, which is told, and can't be shown.
fn lines(page: TrailPage) -> AuditAnswer {
    let TrailPage { lines, next, chain: ChainCheck { lines: range, breaks, unread } } = page;
    let entry = |ChainBreak { file, after, why }| BreakEntry { file, after, why };
    AuditAnswer {
        lines: lines.into_iter().filter_map(|line| RawValue::from_string(line).ok()).collect(),
        next,
        chain: ChainEntry {
            whole: breaks.is_empty() && unread.is_empty(),
            first: range.map(|(first, _)| first),
            last: range.map(|(_, last)| last),
            breaks: breaks.into_iter().map(entry).collect(),
            unread,
        },
    }
}

fn part(health: PartHealth, now: Timestamp) -> PartEntry {
    let PartHealth { name, is_needed, lasts, trouble, unknown_settings } = health;
    let (kind, name) = match name.split_once('.') {
        Some(("sms", id)) => (PartKind::Gateway, Some(id.to_owned())),
        Some(("store", half)) => (PartKind::Store, Some(half.to_owned())),
        Some((_, id)) => (PartKind::Backend, Some(id.to_owned())),
        None if name == "audit" => (PartKind::Audit, None),
        None => (PartKind::Store, None),
    };
    let status = match trouble {
        None => PartStatus::Ok,
        Some(_) if is_needed => PartStatus::Down,
        Some(_) => PartStatus::Warning,
    };
    let since = now.checked_sub(lasts).unwrap_or(now);
    let why = trouble.map(|trouble| format!("{} {}", what_is_wrong(kind, trouble), what_follows(kind)));
    PartEntry { kind, name, status, since: time(since), why, unknown_settings }
}

fn what_is_wrong(kind: PartKind, trouble: Trouble) -> &'static str {
    match (kind, trouble) {
        (_, Trouble::Late) => "It does not answer in time.",
        (_, Trouble::Unreachable) => "It can't be reached, or does not let this service in.",
        (PartKind::Store, Trouble::Failing) => "It keeps no changes: its disk may be full, or its file gone.",
        (PartKind::Audit, Trouble::Failing) => {
            "Lines can't be written: its disk may be full, or its file gone."
        }
        (PartKind::Backend, Trouble::Failing) => "It answers, but not as it has to.",
        (PartKind::Gateway, Trouble::Failing) => "It did not take the last messages, or is not connected.",
    }
}

fn what_follows(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Store => "Until that is over, no code is made or checked.",
        PartKind::Audit => "Until that is over, whatever has to be recorded is refused.",
        PartKind::Backend => "Until that is over, whoever needs it is told to try again later.",
        PartKind::Gateway => "Until that is over, other gateways take its messages, where there are any.",
    }
}
