use super::*;

const FILTER: &str = r#"filter = "(&(objectClass=person)(uid={username}))""#;
const GOOD: &str = r#"
    urls = ["ldaps://ldap1.bank.test", "ldaps://ldap2.bank.test:1636"]
    bind_dn = "cn=service,dc=bank,dc=test"
    bind_password = "hidden"

    [organizations.RETAIL]
    base = "ou=people,dc=bank,dc=test"
    filter = "(&(objectClass=person)(uid={username}))"
"#;

fn parse(text: &str) -> Result<LdapSettings, String> {
    toml::from_str(text).map_err(|error| error.message().to_owned())
}

/// What is said when `line` is replaced.
fn refusal(line: &str, by: &str) -> String {
    assert!(GOOD.contains(line), "{line}");
    let settings = parse(&GOOD.replace(line, by)).expect("it is of the right shape");
    settings.validate().expect_err("it can't be used").to_string()
}

#[test]
fn what_is_left_out_has_a_default() {
    let settings = parse(GOOD).unwrap();
    settings.validate().unwrap();
    assert_eq!((settings.pool_size, settings.timeout_ms), (8, 5_000));
    assert_eq!((settings.idle_seconds, settings.keepalive_seconds), (60, 60));
    assert_eq!(settings.id(), ("entryUUID", IdFormat::Text));
}

#[test]
fn an_unknown_key_is_refused_by_its_name() {
    for (section, key) in
        [("urls", "verify_certificates = false\nurls"), ("base", "search_base = \"\"\nbase")]
    {
        let message = parse(&GOOD.replacen(section, key, 1)).unwrap_err();
        assert!(message.contains(key.split(' ').next().unwrap()), "{message}");
    }
}

#[test]
fn urls_that_would_send_passwords_unencrypted_are_refused() {
    let second = r#""ldaps://ldap2.bank.test:1636""#;
    for url in
        ["ldap://ldap.bank.test", "ldap://10.0.0.1:389", "ldap://localhost.bank.test", "ldap://[fe80::1]"]
    {
        let message = refusal(second, &format!("{url:?}"));
        assert!(message.contains("`urls` would send passwords unencrypted"), "{url}: {message}");
    }
    for url in ["ldap://127.0.0.1:389", "ldap://localhost", "ldap://[::1]:389"] {
        parse(&GOOD.replace(second, &format!("{url:?}"))).unwrap().validate().unwrap();
    }
    let with_start_tls = GOOD.replace(second, r#""ldap://ldap.bank.test""#);
    parse(&format!("start_tls = true\n{with_start_tls}")).unwrap().validate().unwrap();
}

#[test]
fn a_url_of_another_shape_is_refused_without_being_shown() {
    let second = r#""ldaps://ldap2.bank.test:1636""#;
    for url in [
        "ldap2",
        "https://ldap",
        "ldapi://%2frun%2fldapi",
        "ldaps://",
        "ldaps:ldap",
        "ldaps://cn=x:hidden@ldap",
        "ldaps://ldap/dc=bank",
        "ldaps://ldap?hidden",
        "",
    ] {
        let message = refusal(second, &format!("{url:?}"));
        assert!(message.starts_with("`urls` has to hold URLs like"), "{url}: {message}");
        assert!(!message.contains("hidden"), "{message}");
    }
    assert!(refusal(second, r#""ldaps://ldap1.bank.test""#).contains("twice"));
    assert!(refusal(second, r#""ldaps://[::1]""#).contains("IPv6"));
}

#[test]
fn every_other_setting_that_cannot_be_used_is_named_without_a_secret() {
    for (line, by, key) in [
        (r#"bind_password = "hidden""#, "", "`bind_password` is missing"),
        (r#"bind_password = "hidden""#, r#"bind_password = """#, "`bind_password` is empty"),
        (r#"bind_dn = "cn=service,dc=bank,dc=test""#, r#"bind_dn = """#, "`bind_dn` is empty"),
        ("bind_dn", "pool_size = 0\nbind_dn", "`pool_size` has to be"),
        ("bind_dn", "search_timeout_ms = 0\nbind_dn", "`search_timeout_ms` has to be"),
        ("bind_dn", "idle_seconds = 0\nbind_dn", "`idle_seconds` has to be"),
        ("bind_dn", "keepalive_seconds = 3601\nbind_dn", "`keepalive_seconds` has to be"),
        ("bind_dn", "timeout_ms = 60001\nbind_dn", "`timeout_ms` has to be"),
        ("bind_dn", "decoy_dn = \"\"\nbind_dn", "`decoy_dn` is empty"),
        ("bind_dn", "attributes.phone = \"mobile;\"\nbind_dn", "`attributes.phone` is no name"),
        ("bind_dn", "attributes.phone = \"0.9.\"\nbind_dn", "`attributes.phone` is no name"),
        ("bind_dn", "attributes.phone = \"the mobile\"\nbind_dn", "`attributes.phone` is no name"),
        ("bind_dn", "attributes.extras = { a = \"\" }\nbind_dn", "`attributes.extras.a` is no name"),
        ("bind_dn", "attributes.id = \"objectGUID\"\nbind_dn", "`attributes.id_format` has to be `guid`"),
        ("bind_dn", "attributes.id = \"a b\"\nbind_dn", "`attributes.id` is no name"),
        ("bind_dn", "attributes.consumer_id = \"\"\nbind_dn", "`attributes.consumer_id` is no name"),
        (FILTER, "", "`organizations.RETAIL.filter` is missing; give it, or a `preset`"),
        ("uid={username}", "uid=user", "`organizations.RETAIL.filter` has no `{username}`"),
        ("base = \"ou=people,dc=bank,dc=test\"", "base = \"\"", "`organizations.RETAIL.base` is empty"),
        ("base", "id_filter = \"(uid={username})\"\nbase", "`organizations.RETAIL.id_filter` has no `{id}`"),
    ] {
        let message = refusal(line, by);
        assert!(message.contains(key) && !message.contains("hidden"), "{message}");
    }
}

#[test]
fn an_attribute_may_be_named_by_its_oid_and_with_options() {
    for name in
        ["mobile", "x-bank-Phone2", "0.9.2342.19200300.100.1.41", "sn;lang-cs", "2.5.4.4;lang-cs;x-bank"]
    {
        let settings = GOOD.replace("bind_dn", &format!("attributes.family_name = \"{name}\"\nbind_dn"));
        parse(&settings).unwrap().validate().unwrap();
    }
}

#[test]
fn settings_without_an_organization_are_refused() {
    let (head, _) = GOOD.split_once("[organizations").unwrap();
    let message = parse(&format!("{head}[organizations]")).unwrap().validate().unwrap_err().to_string();
    assert!(message.contains("`organizations` has none"), "{message}");
}

#[test]
fn the_service_password_is_not_printed() {
    assert!(!format!("{:?}", parse(GOOD).unwrap()).contains("hidden"));
}

#[test]
fn a_preset_fills_in_what_is_left_out_and_nothing_else() {
    let with = |preset: &str, more: &str, filter: &str| {
        let settings = format!("preset = {preset:?}\n{more}\n{}", GOOD.replace(FILTER, filter));
        parse(&settings).unwrap()
    };
    for (preset, id, format, filter) in [
        ("active-directory", "objectGUID", IdFormat::Guid, "sAMAccountName=jane"),
        ("openldap", "entryUUID", IdFormat::Text, "uid=jane"),
        ("389ds", "nsUniqueId", IdFormat::Text, "uid=jane"),
    ] {
        let settings = with(preset, "", "");
        settings.validate().unwrap();
        assert_eq!(settings.id(), (id, format), "{preset}");
        let Filters { by_username, by_id, .. } =
            settings.filters("RETAIL", &settings.organizations["RETAIL"]).unwrap();
        assert!(by_username.fill("jane").contains(filter), "{preset}");
        assert!(by_id.fill("1").contains(&format!("({id}=1)")), "{preset}");
    }
    let own = with("active-directory", "attributes.id = \"employeeID\"", "filter = \"(cn={username})\"");
    assert_eq!(own.id(), ("employeeID", IdFormat::Text), "the format goes with the attribute");
    let Filters { by_username, .. } = own.filters("RETAIL", &own.organizations["RETAIL"]).unwrap();
    assert_eq!(by_username.fill("jane"), "(cn=jane)");
    assert!(parse(&format!("preset = \"novell\"\n{GOOD}")).unwrap_err().contains("active-directory"));
}
