use super::*;

/// As OpenLDAP, 389 Directory Server and Active Directory write them.
const DESCRIPTIONS: [&str; 7] = [
    "( 2.5.4.41 NAME 'name' DESC 'RFC4519: common supertype of name attributes (SUP of NAME)' EQUALITY caseIgnoreMatch \
     SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
    "( 2.5.4.4 NAME ( 'sn' 'surname' ) DESC 'RFC2256: last (family) name(s) for which the entity is known by' SUP name )",
    "( 0.9.2342.19200300.100.1.41 NAME ( 'mobile' 'mobileTelephoneNumber' ) EQUALITY telephoneNumberMatch SYNTAX \
     1.3.6.1.4.1.1466.115.121.1.50 X-ORIGIN ( 'RFC 4524' 'user defined' ) )",
    "(1.2.3 NAME('old''older')SUP 'surname')",
    "( 1.2.4 SUP 1.2.3 )",
    "( 1.2.5 NAME 'circle' SUP around )",
    "( 1.2.6 NAME 'around' SUP circle )",
];

fn schema() -> Schema {
    Schema::parse(DESCRIPTIONS.into_iter()).expect("there are types")
}

fn name_of(name: &str) -> Option<String> {
    schema().find(name).map(|found| found.name().to_owned())
}

#[test]
fn a_type_is_found_by_each_of_its_names_in_any_case_and_by_its_oid() {
    for name in
        ["mobile", "MOBILE", "mobileTelephoneNumber", "mobiletelephonenumber", "0.9.2342.19200300.100.1.41"]
    {
        assert_eq!(name_of(name).as_deref(), Some("mobile"), "{name}");
    }
    assert_eq!(name_of("older").as_deref(), Some("old"));
    assert_eq!(name_of("1.2.4").as_deref(), Some("1.2.4"), "it has no name");
    for unknown in ["", "RFC 4524", "SUP", "telephoneNumberMatch", "mobil", "1.2"] {
        assert_eq!(name_of(unknown), None, "{unknown}");
    }
}

#[test]
fn a_type_has_those_below_it_at_any_depth() {
    let schema = schema();
    let below = |name: &str| schema.names_below(schema.find(name).expect("it is known"));
    assert_eq!(below("name"), ["2.5.4.4", "sn", "surname", "1.2.3", "old", "older", "1.2.4"]);
    assert_eq!(below("older"), ["1.2.4"]);
    assert!(below("mobile").is_empty());
}

#[test]
fn types_that_go_in_a_circle_hold_nobody_up() {
    let schema = schema();
    assert_eq!(schema.names_below(schema.find("circle").expect("it is known")).len(), 4);
    assert!(!schema.names_below(schema.find("name").expect("it is known")).contains(&"circle"));
}

#[test]
fn what_is_no_description_is_left_out() {
    for text in ["", "(", "()", "( )", "'", "( 'x' NAME 'y' )", "mobile", "( NAME"] {
        let names = Schema::parse([text].into_iter()).map(|schema| schema.types.len());
        assert!(names.is_none() || text == "( NAME", "{text:?}");
    }
    for text in ["( 1.2 NAME", "( 1.2 NAME ( 'a", "( 1.2 SUP", "( 1.2 NAME 'a' SUP )", "( 1.2 DESC 'ž"] {
        assert!(Schema::parse([text].into_iter()).is_some(), "{text:?}");
    }
}
