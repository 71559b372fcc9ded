use serde::Serialize;

/// Somebody who has an account with the bank.
#[derive(Serialize)]
pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) organization: &'static str,
    given_name: &'static str,
    family_name: &'static str,
    phone: &'static str,
    language: &'static str,
    blocked: bool,
    #[serde(skip)]
    pub(crate) username: &'static str,
    #[serde(skip)]
    pub(crate) accounts: &'static [Account],
}

/// What can be paid from.
#[derive(Serialize)]
pub(crate) struct Account {
    number: &'static str,
    iban: &'static str,
    name: &'static str,
    balance: &'static str,
    currency: &'static str,
    unusable_reason: Option<&'static str>,
}

/// Everybody's.
pub(crate) const PASSWORD: &str = "s3cret";

/// Everybody.
pub(crate) const PEOPLE: &[Person] = &[
    Person {
        id: "12345678",
        organization: "RETAIL",
        given_name: "John",
        family_name: "Doe",
        phone: "+420000000001",
        language: "en",
        blocked: false,
        username: "user1234",
        accounts: &[
            Account {
                number: "12345678/1234",
                iban: "CZ4012340000000012345678",
                name: "Current account",
                balance: "24394.52",
                currency: "CZK",
                unusable_reason: None,
            },
            Account {
                number: "44444444/1111",
                iban: "CZ4011110000000044444444",
                name: "Savings account in EUR",
                balance: "1.90",
                currency: "EUR",
                unusable_reason: Some("Low account balance"),
            },
        ],
    },
    Person {
        id: "20000001",
        organization: "RETAIL",
        given_name: "Blocked",
        family_name: "Account",
        phone: "+420000000002",
        language: "en",
        blocked: true,
        username: "blocked",
        accounts: &[],
    },
    Person {
        id: "30000001",
        organization: "SME",
        given_name: "Small",
        family_name: "Company",
        phone: "+420000000003",
        language: "cs",
        blocked: false,
        username: "user1234",
        accounts: &[Account {
            number: "30000001/1234",
            iban: "CZ9512340000000030000001",
            name: "Business account",
            balance: "158121.10",
            currency: "CZK",
            unusable_reason: None,
        }],
    },
];
