//! What the operation's own configuration says of the choice of accounts.

use super::decoration::{choice, decorate, form_data, odd_form};
use crate::support::DataAdapter;

const FIRST: &str = "CZ4012340000000012345678";
const SECOND: &str = "CZ4043210000000087654321";

#[tokio::test]
async fn a_choice_is_disabled_when_its_configuration_says_so() {
    let adapter = DataAdapter::start().await;
    let config =
        format!(r#"[{{"id":"operation.bankAccountChoice","enabled":false,"defaultValue":"{SECOND}"}}]"#);
    let form = odd_form("", &config);
    let answer = decorate(&adapter, "authorize_payment", &form).await;
    assert_eq!(choice(&answer)["enabled"], false, "{}", answer.text);
    assert_eq!(choice(&answer)["defaultValue"], SECOND, "{}", answer.text);
    assert!(form_data(&answer).contains(&format!(r#""config":{config},"#)), "{}", answer.text);
}

#[tokio::test]
async fn a_configured_account_is_the_default_of_the_choice() {
    let adapter = DataAdapter::start().await;
    let config =
        format!(r#"[{{"id":"operation.bankAccountChoice","enabled":true,"defaultValue":"{SECOND}"}}]"#);
    let answer = decorate(&adapter, "authorize_payment", &odd_form("", &config)).await;
    assert_eq!(choice(&answer)["enabled"], true, "{}", answer.text);
    assert_eq!(choice(&answer)["defaultValue"], SECOND, "{}", answer.text);
}

#[tokio::test]
async fn without_a_configured_account_the_first_one_is_the_default() {
    let adapter = DataAdapter::start().await;
    for config in [
        "[]".to_owned(),
        r#"[{"id":"operation.bankAccountChoice","enabled":true,"defaultValue":null}]"#.to_owned(),
        format!(r#"[{{"id":"operation.other","enabled":false,"defaultValue":"{SECOND}"}}]"#),
    ] {
        let answer = decorate(&adapter, "authorize_payment", &odd_form("", &config)).await;
        assert_eq!(choice(&answer)["enabled"], true, "{config}: {}", answer.text);
        assert_eq!(choice(&answer)["defaultValue"], FIRST, "{config}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_change_of_the_configuration_reaches_a_choice_that_is_already_there() {
    let adapter = DataAdapter::start().await;
    let first = decorate(&adapter, "authorize_payment", &odd_form("", "[]")).await;
    let config = format!(
        r#""config":[{{"id":"operation.bankAccountChoice","enabled":false,"defaultValue":"{SECOND}"}}]"#
    );
    let form = form_data(&first).replace(r#""config":[]"#, &config);
    let second = decorate(&adapter, "authorize_payment", &form).await;
    assert_eq!(choice(&second)["enabled"], false, "{}", second.text);
    assert_eq!(choice(&second)["defaultValue"], SECOND, "{}", second.text);
}
