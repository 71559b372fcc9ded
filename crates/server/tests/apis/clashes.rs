//! APIs that would hide each other.

use std::sync::Arc;

use data_adapter_server::{Api, Apis};

use crate::bench::{ANY_CASE, ASKING, Made, OTHER, ROOT, WITHIN};

/// Why these are not mounted; `None` where they are, whichever comes first.
fn refusal(one: Made, other: Made) -> Option<String> {
    let mount = |apis: [Made; 2]| {
        let apis = apis.map(|api| Arc::new(api) as Arc<dyn Api>);
        Apis::new(apis.into()).err().map(|clash| clash.to_string())
    };
    let (first, second) = (mount([one, other]), mount([other, one]));
    assert_eq!(first.is_some(), second.is_some(), "{first:?}, {second:?}");
    first
}

#[test]
fn two_at_one_path_are_refused_by_their_names_and_the_path() {
    let refusal = refusal(OTHER, ASKING.at("/other")).unwrap();
    assert_eq!(
        refusal,
        "the other at `/other/` and the asking at `/other/` would both answer at `/other`: one of them needs another path"
    );
}

#[test]
fn what_hides_another_is_refused() {
    for (one, other) in [
        (OTHER.at("/bank/ANY"), ANY_CASE),
        (ANY_CASE.at("/Other"), OTHER),
        (OTHER.at("/Bank/any/within"), ANY_CASE),
        (OTHER.at("/bank/any"), ANY_CASE.at("")),
        (WITHIN.at("/other/echo"), OTHER),
        (WITHIN.at("/other/echo/mine"), OTHER),
        (WITHIN.at("/echo"), ROOT),
        (ANY_CASE.at("/Other/Echo"), OTHER),
        (WITHIN.at("/other/swagger-ui"), OTHER),
        (OTHER.at("/health"), ROOT),
        (OTHER.at("/metrics/of/others"), ROOT),
        (ANY_CASE.at("/SandBox"), ROOT),
        (OTHER.at("/swagger-ui"), ASKING),
    ] {
        assert!(refusal(one, other).is_some(), "{} and {}", one.path(), other.path());
    }
}

#[test]
fn what_lies_beside_another_or_below_none_of_its_routes_is_mounted() {
    for (one, other) in [
        (OTHER, ROOT),
        (OTHER.at("/bank/any"), ASKING.at("/Bank/any")),
        (OTHER.at("/others"), ASKING.at("/other")),
        (WITHIN, OTHER),
        (ANY_CASE.at("/other/within"), OTHER),
        (WITHIN.at("/other/echo-to"), OTHER),
        (WITHIN.at("/other/echo/mine/deeper"), OTHER),
        (OTHER.at("/healthy"), ROOT),
        (OTHER.at("/Health"), ROOT),
    ] {
        assert_eq!(refusal(one, other), None, "{} and {}", one.path(), other.path());
    }
}
