//! Two factors of a login, or of an approval.

use serde_json::{Value, json};

use super::fields::FACTORS;
use super::partner::{AUTHORIZE, POST_LOGIN_DETAILS};
use super::stage::Stage;
use super::{CONSUMER, NOWHERE, errors_complaint};

/// Possession, inherence, knowledge.
const CATEGORIES: [&[usize]; 3] = [&[1, 4, 8], &[2, 3, 9], &[5, 6, 7]];

fn category(factor: usize) -> Option<usize> {
    CATEGORIES.iter().position(|factors| factors.contains(&factor))
}

/// Each two factors, as numbers, as names, and as one of each.
fn pairs() -> impl Iterator<Item = (bool, Value, Value)> {
    let of = |first: usize| {
        (1..FACTORS.len()).flat_map(move |second| {
            let (first_name, second_name) = (json!(FACTORS[first]), json!(FACTORS[second]));
            let differ = category(first) != category(second);
            [
                (differ, json!(first), json!(second)),
                (differ, first_name.clone(), second_name),
                (differ, first_name, json!(second)),
            ]
        })
    };
    (1..FACTORS.len()).flat_map(of)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_factors_are_of_two_categories_or_refused() {
    let stage = Stage::start().await;
    let mut wrong = Vec::new();
    for (path, code, names) in [
        (POST_LOGIN_DETAILS, "000", ["SCAOptionID1FA", "SCAOptionID2FA"]),
        (AUTHORIZE, "903", ["FirstFactorSCAOptionType", "SecondFactorSCAOptionType"]),
    ] {
        for (differ, first, second) in pairs() {
            let what = format!("{path} | {first} | {second}");
            let body = json!({
                "ConsumerID": CONSUMER, "SCAReferenceNumber": NOWHERE, names[0]: first, names[1]: second,
            });
            let answer = stage.partner.call(&stage.adapter, path, &body).await;
            let complaint = if differ {
                let fits = answer.status == 200 && answer.json()["ResponseCode"] == code;
                (!fits).then(|| format!("{} {}", answer.status, answer.text))
            } else {
                errors_complaint(answer.status, &answer.text, names[1], "MARKED")
            };
            wrong.extend(complaint.map(|complaint| format!("{what}: {complaint}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stage.assert_untouched().await;
}
