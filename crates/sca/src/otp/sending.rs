//! What a message has to be within before it is sent.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use data_adapter_core::{
    AdapterError, OperationId, OperationName, OrganizationId, PhoneNumber, SendLimit, UserId,
};
use jiff::{SignedDuration, Timestamp};

use super::code;
use super::engine::OtpEngine;
use crate::factors::ENROLMENT;
use crate::phone::{Country, NumberFacts, NumberKind};
use crate::store::{Over, RateLimit, RateLimits, Rated, RatedKey};

/// What all messages are counted under.
pub(super) const ALL: &str = "sms-all";

/// How the keys of countries begin. What has none is "-".
pub(super) const COUNTRIES: &str = "sms-country ";

/// How the keys of organizations begin.
pub(super) const ORGANIZATIONS: &str = "sms-organization ";

/// How the keys of those begin whom messages are for.
pub(super) const OWNERS: &str = "sms-user ";

/// What a user is called among those whom messages are for.
pub(super) fn user_as_owner(user: &UserId) -> String {
    format!("user {user}")
}

/// What may be sent, and how often. Nothing is limited by default.
#[derive(Clone, Debug, Default)]
pub struct SendLimits {
    /// The countries that messages go to; `None` for all there are.
    pub countries: Option<BTreeSet<Country>>,
    /// The country that the numbers of most users are of, and so of a fake that has none; `None` where there is no such.
    pub home: Option<Country>,
    /// How long after a message there is no other one for the same step; zero for no such time.
    pub resend_delay: SignedDuration,
    /// To one user.
    pub user: RateLimits,
    /// To one number, whosever it is.
    pub number: RateLimits,
    /// To one country.
    pub country: RateLimits,
    /// To the users of one organization.
    pub organization: RateLimits,
    /// In all.
    pub all: RateLimits,
}

/// A message that is about to be sent, or a fake that has to be answered as if it were.
#[derive(Clone, Copy)]
pub(crate) struct Sending<'a> {
    pub(crate) operation: &'a OperationId,
    pub(crate) name: &'a OperationName,
    /// Whose it is; `None` of a fake for nobody.
    pub(crate) user: Option<&'a UserId>,
    /// Their organization; `None` where it is not known.
    pub(crate) organization: Option<&'a OrganizationId>,
    /// Where to, in E.164; `None` of a fake that goes nowhere.
    pub(crate) number: Option<&'a PhoneNumber>,
    /// Nothing leaves: it counts against nobody but its own.
    pub(crate) is_fake: bool,
}

/// What a message counts against, each key with the limit that it stands for.
#[derive(Default)]
pub(crate) struct SendRates {
    keys: Vec<RatedKey>,
    limits: Vec<SendLimit>,
}

impl SendRates {
    pub(crate) fn keys(&self) -> &[RatedKey] {
        &self.keys
    }

    /// The limit of one of these keys that is reached, which the log is told.
    pub(crate) fn reached(&self, over: &Over, operation: &OperationId) -> SendLimit {
        let limit = self.limits.get(over.key).copied().unwrap_or(SendLimit::All);
        tracing::warn!(%operation, limit = limit.name(), "a code was not sent: a limit of what may be sent is reached");
        limit
    }

    fn add(&mut self, limit: SendLimit, key: RatedKey) {
        if !key.limits.is_empty() {
            self.keys.push(key);
            self.limits.push(limit);
        }
    }

    /// What is never within `limit`. It is asked of the store as all else is, and takes as long.
    fn never(limit: SendLimit) -> Self {
        let none = RateLimit { limit: 0, window: SignedDuration::from_secs(1) };
        let mut rates = Self::default();
        rates.add(limit, RatedKey::looked_at("sms-never".to_owned(), &[none]));
        rates
    }
}

impl SendLimits {
    /// Operations are over by then. What a fake for nobody counts against, it does not have to outlive them by a day.
    const LONGEST_OPERATION: SignedDuration = SignedDuration::from_hours(1);

    /// Why nothing is ever sent to such a number; `None` where something may be.
    fn never(&self, facts: NumberFacts) -> Option<SendLimit> {
        let is_allowed =
            |countries: &BTreeSet<Country>| facts.country.is_some_and(|country| countries.contains(&country));
        match facts.kind {
            NumberKind::PremiumRate
            | NumberKind::SharedCost
            | NumberKind::Pager
            | NumberKind::UniversalAccess
            | NumberKind::Voicemail => Some(SendLimit::NumberKind),
            NumberKind::Mobile
            | NumberKind::FixedLine
            | NumberKind::FixedLineOrMobile
            | NumberKind::TollFree
            | NumberKind::Voip
            | NumberKind::Personal
            | NumberKind::Unknown => {
                let is_allowed = self.countries.as_ref().is_none_or(is_allowed);
                (!is_allowed).then_some(SendLimit::CountryNotAllowed)
            }
        }
    }

    fn resend(&self) -> Vec<RateLimit> {
        let once = RateLimit { limit: 1, window: self.resend_delay };
        if once.window.is_zero() { Vec::new() } else { vec![once] }
    }

    /// Those of `limits` that hold for whoever `sending` counts as.
    fn own(limits: &RateLimits, sending: &Sending<'_>) -> Vec<RateLimit> {
        let holds = |limit: &&RateLimit| sending.user.is_some() || limit.window <= Self::LONGEST_OPERATION;
        limits.as_slice().iter().filter(holds).copied().collect()
    }
}

impl Sending<'_> {
    /// Who it counts as. A fake for nobody has only its operation.
    fn owner(&self) -> String {
        match self.user {
            Some(user) => user_as_owner(user),
            None => format!("operation {}", self.operation),
        }
    }

    /// The step that there is one message for at a time. An enrolment is a step of its own each time.
    fn step(&self) -> Option<String> {
        let (operation, name) = (self.operation.as_str(), self.name.as_str());
        (name != ENROLMENT)
            .then(|| format!("{} {operation} {} {name} {}", operation.len(), name.len(), self.owner()))
    }

    /// A fake looks at what it shares with others, and leaves it as it is.
    fn shared(&self, key: String, limits: &RateLimits) -> RatedKey {
        RatedKey { counts: !self.is_fake, ..RatedKey::counted(key, limits.as_slice()) }
    }
}

impl OtpEngine {
    /// What a message counts against.
    pub(crate) fn send_rates(&self, sending: &Sending<'_>) -> SendRates {
        let limits = &self.parts.limits;
        let facts = sending.number.map(|number| self.parts.numbers.describe(number));
        if let Some(limit) = facts.and_then(|facts| limits.never(facts)) {
            return SendRates::never(limit);
        }
        let (own, owner) = (|limits| SendLimits::own(limits, sending), sending.owner());
        let mut rates = SendRates::default();
        if let Some(step) = sending.step() {
            rates.add(SendLimit::Resend, RatedKey::counted(format!("sms-resend {step}"), &limits.resend()));
        }
        rates.add(SendLimit::User, RatedKey::counted(format!("{OWNERS}{owner}"), &own(&limits.user)));
        if sending.is_fake {
            let number = RatedKey::counted(format!("sms-number of {owner}"), &own(&limits.number));
            rates.add(SendLimit::Number, number);
        }
        if let Some(number) = sending.number {
            let key = format!("sms-number {}", self.hidden(number));
            rates.add(SendLimit::Number, sending.shared(key, &limits.number));
        }
        let country = facts.map_or(limits.home, |facts| facts.country);
        let country = country.map_or_else(|| "-".to_owned(), |country| country.to_string());
        rates.add(SendLimit::Country, sending.shared(format!("{COUNTRIES}{country}"), &limits.country));
        if let Some(organization) = sending.organization {
            let key = format!("{ORGANIZATIONS}{organization}");
            rates.add(SendLimit::Organization, sending.shared(key, &limits.organization));
        }
        rates.add(SendLimit::All, sending.shared(ALL.to_owned(), &limits.all));
        rates
    }

    /// Counts a message that needs no new challenge: the limit that stops it; `None` where it may be sent.
    pub(crate) async fn stopped(
        &self,
        rates: &SendRates,
        operation: &OperationId,
        now: Timestamp,
    ) -> Result<Option<SendLimit>, AdapterError> {
        if rates.keys.is_empty() {
            return Ok(None);
        }
        Ok(match self.parts.store.rate(&rates.keys, now).await? {
            Rated::Admitted => None,
            Rated::Over(over) => Some(rates.reached(&over, operation)),
        })
    }

    /// What a number is counted under: half of a keyed hash, which nobody finds the number by without the server's key.
    fn hidden(&self, number: &PhoneNumber) -> String {
        let hash = code::keyed(self.parts.keys.current(), &[b"sms number", number.expose().as_bytes()]);
        hash[..16].iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
