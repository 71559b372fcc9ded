use std::net::IpAddr;
use std::ops::{Bound, RangeBounds as _};

use data_adapter_core::{Amount, FraudAction, FraudDecision, FraudQuery, Payment};
use ipnet::IpNet;

use crate::settings::{RuleError, RuleSettings, decision};

/// What fits, and what is answered then. A condition that is `None` holds always.
pub(crate) struct Rule {
    actions: Option<Vec<FraudAction>>,
    operations: Option<Vec<String>>,
    networks: Option<Vec<IpNet>>,
    payment: Option<PaymentConditions>,
    pub(crate) decision: FraudDecision,
}

/// What never holds of anything but a payment.
struct PaymentConditions {
    currencies: Option<Vec<String>>,
    amounts: (Bound<Amount>, Bound<Amount>),
    payees: Option<Vec<String>>,
}

impl Rule {
    pub(crate) fn new(settings: &RuleSettings) -> Result<Self, RuleError> {
        Ok(Self {
            actions: list("actions", settings.actions.as_ref(), action)?,
            operations: list("operations", settings.operations.as_ref(), text)?,
            networks: list("networks", settings.networks.as_ref(), network)?,
            payment: PaymentConditions::new(settings)?,
            decision: decision(&settings.label, &settings.factors)?,
        })
    }

    pub(crate) fn fits(&self, query: &FraudQuery) -> bool {
        let is_in_network =
            |networks: &Vec<IpNet>| query.client_ip.is_some_and(|address| contains(networks, address));
        let is_payment = |conditions: &PaymentConditions| {
            query.payment.as_ref().is_some_and(|payment| conditions.fit(payment))
        };
        self.actions.as_ref().is_none_or(|actions| actions.contains(&query.action))
            && names(self.operations.as_ref(), query.party.operation.name.as_str())
            && self.networks.as_ref().is_none_or(is_in_network)
            && self.payment.as_ref().is_none_or(is_payment)
    }
}

impl PaymentConditions {
    fn new(settings: &RuleSettings) -> Result<Option<Self>, RuleError> {
        let currencies = list("currencies", settings.currencies.as_ref(), currency)?;
        let payees = list("payees", settings.payees.as_ref(), text)?;
        let amounts = amounts(settings)?;
        let is_limited = amounts != (Bound::Unbounded, Bound::Unbounded);
        if is_limited && currencies.as_ref().is_none_or(|currencies| currencies.len() != 1) {
            let why = "has to name one currency beside an amount: 100 CZK and 100 EUR are not one amount";
            return Err(RuleError::new("currencies", why));
        }
        let is_any = is_limited || currencies.is_some() || payees.is_some();
        Ok(is_any.then_some(Self { currencies, amounts, payees }))
    }

    fn fit(&self, payment: &Payment) -> bool {
        names(self.currencies.as_ref(), &payment.currency)
            && self.amounts.contains(&payment.amount)
            && names(self.payees.as_ref(), &payment.account)
    }
}

fn names(list: Option<&Vec<String>>, name: &str) -> bool {
    list.is_none_or(|list| list.iter().any(|item| item == name))
}

/// An IPv4 address may come in the form of IPv6.
fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// Each item of a list as it is compared. An empty list, which nothing could fit, is taken for a mistake.
fn list<T>(
    key: &str,
    items: Option<&Vec<String>>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<Vec<T>>, RuleError> {
    match items {
        None => Ok(None),
        Some(items) if items.is_empty() => Err(RuleError::new(key, "is empty; leave it out for any")),
        Some(items) => {
            let items = items.iter().map(|item| read(item)).collect::<Result<_, _>>();
            items.map(Some).map_err(|why| RuleError::new(key, why))
        }
    }
}

fn text(item: &str) -> Result<String, String> {
    if item.trim().is_empty() {
        return Err("has an empty item".to_owned());
    }
    Ok(item.to_owned())
}

fn action(item: &str) -> Result<FraudAction, String> {
    let known = FraudAction::ALL.into_iter().find(|action| action.name() == item);
    known.ok_or_else(|| {
        let names = FraudAction::ALL.map(FraudAction::name).join(", ");
        format!("has `{item}`; there are: {names}")
    })
}

fn currency(item: &str) -> Result<String, String> {
    if item.len() == 3 && item.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(item.to_owned());
    }
    Err(format!("has `{item}`, which is not a code of ISO 4217 such as `CZK`"))
}

fn network(item: &str) -> Result<IpNet, String> {
    let network = item.parse::<IpNet>().or_else(|_| item.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| {
        format!("has `{item}`, which is neither an IP address nor a network such as `192.0.2.0/24`")
    })
}

fn amounts(settings: &RuleSettings) -> Result<(Bound<Amount>, Bound<Amount>), RuleError> {
    let most = settings.amount_at_most.map(|amount| amount.0);
    let below = settings.amount_below.map(|amount| amount.0);
    let above = match (most, below) {
        (Some(_), Some(_)) => {
            return Err(RuleError::new("amount_below", "and `amount_at_most` are both set; keep one"));
        }
        (Some(most), None) => Bound::Included(most),
        (None, Some(below)) => Bound::Excluded(below),
        (None, None) => Bound::Unbounded,
    };
    let Some(least) = settings.amount_at_least.map(|amount| amount.0) else {
        return Ok((Bound::Unbounded, above));
    };
    let is_never = most.is_some_and(|most| least > most) || below.is_some_and(|below| least >= below);
    if is_never {
        return Err(RuleError::new("amount_at_least", "is more than an amount that fits can be"));
    }
    Ok((Bound::Included(least), above))
}
