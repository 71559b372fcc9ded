use std::ffi::OsString;
use std::path::PathBuf;

use super::load::load_with;
use super::reference::{reference, sections};
use super::*;

fn environment(pairs: &[(&str, &str)]) -> impl Iterator<Item = (OsString, OsString)> {
    pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)))
}

fn flags(file: &str) -> Flags {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    Flags { file: Some(PathBuf::from(root).join(file)), ..Flags::default() }
}

fn demo(pairs: &[(&str, &str)]) -> Result<Settings, Failure> {
    load_with(&Flags::default(), environment(pairs))
}

fn refusal(pairs: &[(&str, &str)]) -> String {
    demo(pairs).unwrap_err().to_string()
}

#[test]
fn without_a_file_the_demo_runs() {
    let settings = demo(&[]).unwrap();
    assert!(settings.sandbox.enabled && crate::backends::shows_demo_users(&settings));
    assert_eq!(settings.server.address().to_string(), "127.0.0.1:8080");
}

#[test]
fn the_environment_goes_before_the_file_and_flags_before_the_environment() {
    let pairs = [("DATA_ADAPTER__SERVER__PORT", "1"), ("DATA_ADAPTER__SERVER__HOST", "::1")];
    let settings = demo(&pairs).unwrap();
    assert_eq!(settings.server.address().to_string(), "[::1]:1");
    let flags = Flags { port: Some(2), ..Flags::default() };
    let settings = load_with(&flags, environment(&pairs)).unwrap();
    assert_eq!(settings.server.address().to_string(), "[::1]:2");
}

#[test]
fn unknown_keys_are_refused_by_name_and_without_their_value() {
    let message = refusal(&[("DATA_ADAPTER__OTP__KEYY", "s3cret")]);
    assert!(message.contains("DATA_ADAPTER__OTP__KEYY") && !message.contains("s3cret"), "{message}");
    assert!(refusal(&[("DATA_ADAPTER__SERVRE__PORT", "1")]).contains("SERVRE"));
}

#[test]
fn values_that_make_no_sense_are_refused_by_the_name_of_their_key() {
    for (key, value, name) in [
        ("DATA_ADAPTER__OTP__DIGITS", "4", "otp.digits"),
        ("DATA_ADAPTER__OTP__EXPIRES_SECONDS", "301", "otp.expires_seconds"),
        ("DATA_ADAPTER__OTP__TRIES", "6", "otp.tries"),
        ("DATA_ADAPTER__STORE__URL", "mysql://", "store.url"),
        ("DATA_ADAPTER__SERVER__HOST", "0.0.0.0", "server.host"),
        ("DATA_ADAPTER__WEB_FLOW__CONTEXT_PATH", "no-slash", "web_flow.context_path"),
        ("DATA_ADAPTER__WEB_FLOW__CONTEXT_PATH", "/api", "web_flow.context_path"),
        ("DATA_ADAPTER__WEB_FLOW__CONTEXT_PATH", "/a/../b", "web_flow.context_path"),
        ("DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH", "/./b", "web_flow.other_context_path"),
        ("DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH", "/swagger-ui/x", "web_flow.other_context_path"),
        (
            "DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH",
            "/powerauth-data-adapter",
            "web_flow.other_context_path",
        ),
        ("DATA_ADAPTER__SECURITY__CONTEXT_PATH", "no-slash", "security.context_path"),
        ("DATA_ADAPTER__SECURITY__CONTEXT_PATH", "/..", "security.context_path"),
        ("DATA_ADAPTER__SECURITY__CONTEXT_PATH", "/a/.", "security.context_path"),
        ("DATA_ADAPTER__SECURITY__TIME_ZONE", "Europe/Nowhere", "security.time_zone"),
        ("DATA_ADAPTER__SECURITY__SESSION_SECONDS", "301", "security.session_seconds"),
        ("DATA_ADAPTER__SECURITY__LOGIN_OPERATION", "authorize_payment", "security.login_operation"),
        ("DATA_ADAPTER__SECURITY__LOGIN_OPERATION", "nothing", "security.login_operation"),
        ("DATA_ADAPTER__SECURITY__LOGIN_OPERATION", "approval", "security.login_operation"),
        ("DATA_ADAPTER__FACTORS__CONTEXT_PATH", "no-slash", "factors.context_path"),
        ("DATA_ADAPTER__FACTORS__LIMITS", "10", "factors.limits"),
        ("DATA_ADAPTER__FACTORS__ENROLMENT_LIMITS", "0;w=60", "factors.enrolment_limits"),
        ("DATA_ADAPTER__FACTORS__TOKENS__IDLE_SECONDS", "301", "factors.tokens.idle_seconds"),
        ("DATA_ADAPTER__FACTORS__TOKENS__MAX_AHEAD_SECONDS", "11", "factors.tokens.max_ahead_seconds"),
        ("DATA_ADAPTER__FACTORS__TOKENS__ISSUER", "", "factors.tokens.issuer"),
        ("DATA_ADAPTER__FACTORS__TOKENS__AUDIENCE", "", "factors.tokens.audience"),
        ("DATA_ADAPTER__FACTORS__TOKENS__ALGORITHM", "none", "factors.tokens.algorithm"),
        ("DATA_ADAPTER__FACTORS__TOKENS__ALGORITHM", "ES256", "factors.tokens.key"),
        ("DATA_ADAPTER__FACTORS__TOKENS__JWKS_FILE", "keys.json", "factors.tokens.jwks_file"),
        ("DATA_ADAPTER__SANDBOX__FACTOR_CODE", "12345", "sandbox.factor_code"),
        ("DATA_ADAPTER__SANDBOX__FACTOR_CODE", "abcdef", "sandbox.factor_code"),
        ("DATA_ADAPTER__SANDBOX__ENABLED", "false", "sandbox.factor_code"),
        ("DATA_ADAPTER__SERVER__PORT", "http", "server.port"),
        ("DATA_ADAPTER__WEB_FLOW__DIALECT", "7", "web_flow.dialect"),
        ("DATA_ADAPTER__TELEMETRY__SERVICE_NAME", " ", "telemetry.service_name"),
        ("DATA_ADAPTER__TELEMETRY__SAMPLING_RATIO", "1.1", "telemetry.sampling_ratio"),
        ("DATA_ADAPTER__TELEMETRY__SAMPLING_RATIO", "NaN", "telemetry.sampling_ratio"),
        ("DATA_ADAPTER__TELEMETRY__TIMEOUT_MS", "0", "telemetry.timeout_ms"),
        ("DATA_ADAPTER__TELEMETRY__AUTH_HEADER", "api key", "telemetry.auth_header"),
    ] {
        assert!(refusal(&[(key, value)]).contains(name), "{key}: {}", refusal(&[(key, value)]));
    }
}

#[test]
fn without_an_api_there_is_nothing_to_serve() {
    let off = ["WEB_FLOW", "SECURITY", "FACTORS", "ADMIN"].map(|api| format!("DATA_ADAPTER__{api}__ENABLED"));
    let off: Vec<_> = off.iter().map(|name| (name.as_str(), "false")).collect();
    assert!(refusal(&off).contains("web_flow.enabled"), "{}", refusal(&off));
    assert!(demo(&off[..3]).is_ok() && demo(&off[1..]).is_ok());
}

#[test]
fn what_everybody_knows_of_the_demos_partners_is_refused_outside_of_the_sandbox() {
    let real = [
        ("DATA_ADAPTER__SANDBOX__ENABLED", "false"),
        ("DATA_ADAPTER__CAPABILITIES__SMS_OTP", "bank"),
        ("DATA_ADAPTER__SECURITY__ENABLED", "false"),
        ("DATA_ADAPTER__FACTORS__ENABLED", "false"),
    ];
    let lines = crate::demo::CONFIGURATION.lines().filter(|line| !line.starts_with("factor_code"));
    let demo = lines.collect::<Vec<_>>().join("\n");
    let key = load_with_variables(&demo, environment(&real)).unwrap_err().to_string();
    assert!(key.starts_with("`security.token_key` is the demo's"), "{key}");
    let with_key = demo.replace(crate::demo::TOKEN_KEY, "b3du");
    let first = load_with_variables(&with_key, environment(&real)).unwrap_err().to_string();
    assert!(first.starts_with("`security.partners.password_hash` of `demopartner` is"), "{first}");
    let with_first = with_key.replace(crate::demo::PARTNER_HASHES[0], "own");
    let second = load_with_variables(&with_first, environment(&real)).unwrap_err().to_string();
    assert!(second.starts_with("`security.partners.password_hash` of `otherpartner` is"), "{second}");
    let own = with_first.replace(crate::demo::PARTNER_HASHES[1], "own");
    let refused = load_with_variables(&own, environment(&real)).map(drop).err();
    assert!(refused.is_none(), "{refused:?}");
}

#[test]
fn no_two_chapters_show_one_token() {
    let hashes = |file: &str| {
        let path = flags(file).file.unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let values = text.split("token_sha256 = \"").skip(1).filter_map(|rest| rest.split('"').next());
        values.map(str::to_owned).collect::<HashSet<_>>()
    };
    let (admin, callers) = (hashes("docs/admin-api.md"), hashes("docs/callers-and-tls.md"));
    assert!(!admin.is_empty() && !callers.is_empty());
    assert!(admin.is_disjoint(&callers));
}

/// The demo with partners, as they are written in a file.
fn with_partners(partners: &str) -> Result<Settings, Failure> {
    let settings = load_text(&format!("security.enabled = true\n{partners}"))?;
    settings.security.partners()?;
    settings.security.token_key(None)?;
    Ok(settings)
}

#[test]
fn partners_that_make_no_sense_are_refused_and_their_hashes_never_shown() {
    const KEY: &str =
        "security.token_key = \"ZGVtbyBwYXJ0bmVyIHRva2VuIGtleSwgMzIgYnl0ZXMh\"\nsandbox.enabled = true\n";
    const CALLER: &str = "[[callers.allowed]]\nname = \"partner.bank\"\ntoken_sha256 = \"\"\n";
    let partner = |name: &str, more: &str| {
        format!("{KEY}[[security.partners]]\nusername = \"{name}\"\npassword_hash = \"a hash\"\n{more}\n")
    };
    let organizations = "organizations = [\"RETAIL\"]";
    let settings = with_partners(&partner("partner.bank", organizations)).unwrap();
    assert!(!settings.show(&crate::backends::builtin()).unwrap().contains("a hash"));
    assert!(!format!("{settings:?}").contains("a hash"));
    let twice = partner("partner.bank", organizations)
        + "[[security.partners]]\nusername = \"partner.bank\"\npassword_hash = \"b\"\norganizations = [\"SME\"]";
    for (partners, named) in [
        (KEY.to_owned(), "security.partners"),
        (partner("partner", organizations), "security.partners.username"),
        (partner("partner bank", organizations), "security.partners.username"),
        (partner(&"a".repeat(65), organizations), "security.partners.username"),
        (partner("partner.bank", "organizations = []"), "security.partners.organizations"),
        (partner("partner.bank", "organizations = [\"A\", \"A\"]"), "security.partners.organizations"),
        (partner("partner.bank", &format!("{organizations}\nscheme_code = \"\"")), "scheme_code"),
        (partner("partner.bank", &format!("{organizations}\nscheme_code = \"1234567\"")), "scheme_code"),
        (partner("partner.bank", &format!("{organizations}\ndelivery = \"post\"")), "delivery"),
        (twice, "partner.bank"),
        (
            partner("partner.bank", organizations) + CALLER,
            "`partner.bank`, and so has `callers.allowed.name`",
        ),
        (partner("partner.bank", organizations).replace("password_hash = \"a hash\"\n", ""), "password_hash"),
        (partner("partner.bank", organizations).replace("security.token_key", "#"), "security.token_key"),
        (
            partner("partner.bank", organizations).replace("ZGVtbyBwYXJ0bmVyIHRva2Vu", ""),
            "security.token_key",
        ),
        (
            partner("partner.bank", organizations)
                + "[organizations.SME]\nsms_otp = \"core\"\n[backends.core]\nkind = \"rest\"\n",
            "security.enabled",
        ),
    ] {
        let refused = with_partners(&partners).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains(named) && !refused.contains("a hash"), "{named}: {refused}");
    }
}

/// The API with programmes, as they are written in a file, outside the sandbox.
fn with_programmes(programmes: &str) -> Result<Settings, Failure> {
    let settings = load_text(&format!("sandbox.enabled = true\n{programmes}"))?;
    settings.factors.programmes()?;
    let clock = std::sync::Arc::new(data_adapter_core::SystemClock);
    settings.factors.tokens(None, clock)?;
    Ok(settings)
}

/// Of no bytes.
const NOTHING_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn programmes_and_tokens_that_make_no_sense_are_refused_and_their_secrets_never_shown() {
    const DIGEST: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const KEY: &str = "ZGVtbyBwYXJ0bmVyIHRva2VuIGtleSwgMzIgYnl0ZXMh";
    let api = format!(
        "factors.enabled = true\n[factors.tokens]\nissuer = \"login\"\naudience = \"factors\"\nkey = \"{KEY}\"\n"
    );
    let programme = |id: &str, digest: &str, organizations: &str| {
        format!(
            "[[factors.programmes]]\nid = \"{id}\"\napi_key_sha256 = \"{digest}\"\norganizations = [{organizations}]\n"
        )
    };
    let usual = programme("mobile-bank", DIGEST, "\"RETAIL\"");
    let other = DIGEST.replace('b', "c");
    let settings = with_programmes(&format!("{api}{usual}")).unwrap();
    let shown = settings.show(&crate::backends::builtin()).unwrap() + &format!("{settings:?}");
    assert!(!shown.contains(DIGEST) && !shown.contains(KEY), "{shown}");
    assert!(with_programmes(&format!("{api}{usual}{}", programme("other", &other, "\"RETAIL\""))).is_ok());
    for (programmes, named) in [
        (api.clone(), "factors.programmes"),
        (format!("{api}{}", programme("mobile bank", DIGEST, "\"RETAIL\"")), "factors.programmes.id"),
        (format!("{api}{}", programme("", DIGEST, "\"RETAIL\"")), "factors.programmes.id"),
        (format!("{api}{}", programme("bank", DIGEST, "")), "factors.programmes.organizations"),
        (format!("{api}{}", programme("bank", DIGEST, "\"A\", \"A\"")), "factors.programmes.organizations"),
        (format!("{api}{}", programme("bank", "abc", "\"A\"")), "factors.programmes.api_key_sha256"),
        (
            format!("{api}{}", programme("bank", NOTHING_SHA256, "\"A\"")),
            "`factors.programmes.api_key_sha256` is the SHA-256 of nothing",
        ),
        (format!("{api}{usual}").replace("api_key_sha256", "# "), "factors.programmes.api_key_sha256"),
        (format!("{api}{usual}{}", programme("mobile-bank", &other, "\"SME\"")), "mobile-bank"),
        (format!("{api}{usual}{}", programme("other", DIGEST, "\"SME\"")), "other"),
        (format!("{api}{usual}").replace("key = \"Z", "# "), "factors.tokens.key"),
        (format!("{api}{usual}").replace(KEY, "c2hvcnQ="), "factors.tokens.key"),
        (format!("{api}{usual}").replace(KEY, crate::demo::USER_TOKEN_KEY), "factors.tokens.key"),
        (format!("{api}algorithm = \"ES256\"\n{usual}"), "factors.tokens.key"),
        (
            format!("{api}algorithm = \"EdDSA\"\n{usual}").replace("key = \"Z", "# "),
            "factors.tokens.jwks_file",
        ),
        (
            format!("{api}algorithm = \"RS256\"\njwks_file = \"/nonexistent\"\n{usual}")
                .replace("\nkey = \"Z", "\n# "),
            "factors.tokens.jwks_file",
        ),
        (format!("{api}jwks_file = \"/nonexistent\"\n{usual}"), "factors.tokens.jwks_file"),
        (
            format!(
                "{api}{usual}[organizations.SME]\nsms_otp = \"core\"\n[backends.core]\nkind = \"rest\"\n"
            ),
            "factors.enabled",
        ),
    ] {
        let refused = with_programmes(&programmes).map(|_| ()).unwrap_err().to_string();
        assert!(
            refused.contains(named) && !refused.contains(DIGEST) && !refused.contains(KEY),
            "{named}: {refused}"
        );
    }
}

#[test]
fn the_code_that_everybody_knows_is_refused_outside_the_sandbox() {
    let refused = refusal(&[("DATA_ADAPTER__SANDBOX__ENABLED", "false")]);
    assert!(refused.contains("sandbox.factor_code"), "{refused}");
    let without = [("DATA_ADAPTER__SANDBOX__ENABLED", "false"), ("DATA_ADAPTER__SANDBOX__FACTOR_CODE", "")];
    assert!(refusal(&without).contains("sandbox.enabled"), "{}", refusal(&without));
}

/// The demo on every address, which has to be asked for by each of these names.
const EVERYWHERE: [(&str, &str); 4] = [
    ("DATA_ADAPTER__SERVER__HOST", "0.0.0.0"),
    ("DATA_ADAPTER__SANDBOX__ALLOW_ANY_ADDRESS", "true"),
    ("DATA_ADAPTER__CALLERS__ALLOW_ANONYMOUS", "true"),
    ("DATA_ADAPTER__SERVER__BEHIND_PROXY", "true"),
];

#[test]
fn on_another_address_callers_say_who_they_are_and_speak_tls_unless_told_otherwise_by_name() {
    for (left_out, named) in [(2, "callers.allow_anonymous = true"), (3, "server.behind_proxy = true")] {
        let pairs: Vec<_> =
            EVERYWHERE.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, pair)| *pair).collect();
        let message = refusal(&pairs);
        assert!(message.contains(named), "{message}");
    }
    for host in ["192.0.2.1", "::", "::ffff:127.0.0.1"] {
        let message = refusal(&[("DATA_ADAPTER__SERVER__HOST", host), EVERYWHERE[1]]);
        assert!(message.contains("callers.allowed"), "{host}: {message}");
    }
    let certificate = [
        ("DATA_ADAPTER__TLS__CERTIFICATE_FILE", "certificate.pem"),
        ("DATA_ADAPTER__TLS__KEY_FILE", "key.pem"),
    ];
    let with_tls: Vec<_> = EVERYWHERE[..3].iter().chain(&certificate).copied().collect();
    assert!(demo(&with_tls).is_ok());
}

#[test]
fn half_of_tls_is_refused() {
    for (key, named) in [
        ("CERTIFICATE_FILE", "tls.key_file"),
        ("KEY_FILE", "tls.certificate_file"),
        ("CLIENT_CA_FILE", "tls.client_ca_file"),
    ] {
        let message = refusal(&[(&format!("DATA_ADAPTER__TLS__{key}"), "x.pem")]);
        assert!(message.contains(named), "{message}");
    }
    let message = refusal(&[("DATA_ADAPTER__TLS__CLIENT_CERTIFICATE_REQUIRED", "true")]);
    assert!(message.contains("tls.client_certificate_required"), "{message}");
}

/// The demo with callers, as they are written in a file.
fn with_callers(callers: &str) -> Result<Settings, Failure> {
    let settings = load_text(&format!("{}\n{callers}", crate::demo::CONFIGURATION))?;
    settings.callers.callers(Vec::new(), &settings.tls)?;
    Ok(settings)
}

#[test]
fn callers_that_make_no_sense_are_refused_and_their_hashes_never_shown() {
    let digest = "0123456789abcdefABCDEF".repeat(3)[..64].to_owned();
    let one = |name: &str, more: &str| format!("[[callers.allowed]]\nname = \"{name}\"\n{more}\n");
    let token = format!("token_sha256 = \"{digest}\"");
    let settings = with_callers(&one("web-flow", &token)).unwrap();
    assert!(
        !settings.show(&crate::backends::builtin()).unwrap().contains(&digest)
            && !format!("{settings:?}").contains(&digest)
    );
    for (callers, named) in [
        (one("web flow", &token), "callers.allowed.name"),
        (one("", &token), "callers.allowed.name"),
        (one("web-flow", ""), "callers.allowed.token_sha256"),
        (one("web-flow", "token_sha256_file = \"/no/such/file\""), "callers.allowed.token_sha256_file"),
        (one("web-flow", &format!("{token}\ntoken_sha256_file = \"/dev/null\"")), "are both set"),
        (one("web-flow", "token_sha256 = \"0123\""), "callers.allowed.token_sha256"),
        (one("web-flow", &token.replace("01", "\u{17e}")), "callers.allowed.token_sha256"),
        (one("web-flow", &format!("{token}\npaths = [\"api\"]")), "callers.allowed.paths"),
        (one("a", &token) + &one("a", &token), "`a`"),
        (one("a", &token) + &one("b", &token), "`b`"),
        (format!("[callers]\nallow_anonymous = true\n{}", one("a", &token)), "callers.allow_anonymous"),
    ] {
        let message = with_callers(&callers).err().unwrap_or_else(|| panic!("{callers}")).to_string();
        assert!(message.contains(named), "{callers}: {message}");
        assert!(!message.contains(&digest), "{message}");
    }
}

/// Callers whose clients are asked for certificates.
fn with_certificates(callers: &[&str]) -> Result<Settings, Failure> {
    let named = callers
        .iter()
        .zip('a'..)
        .map(|(caller, name)| format!("[[callers.allowed]]\nname = \"{name}.test\"\n{caller}\n"));
    let files =
        ["certificate_file", "key_file", "client_ca_file"].map(|key| format!("{key} = \"x.pem\"\n")).concat();
    with_callers(&format!("{}[tls]\n{files}", named.collect::<String>()))
}

#[test]
fn names_in_certificates_are_those_of_one_caller_and_can_be_there() {
    let token = format!("token_sha256 = \"{}\"", "a".repeat(64));
    for callers in [
        &["dns_names = [\"wf.bank.test\", \"WF.bank.test\", \"xn--bcher-kva.test\"]", ""][..],
        &["uris = [\"spiffe://bank.test/wf\"]", "uris = [\"spiffe://bank.test/WF\"]"],
        &["dns_names = [\"a.test\"]", "common_name = false\ndns_names = [\"z\"]"],
        &["common_name = false\nuris = [\"urn:a\"]", "dns_names = [\"a.test\"]"],
        &[&format!("common_name = false\n{token}")],
    ] {
        with_certificates(callers).unwrap_or_else(|failure| panic!("{callers:?}: {failure}"));
    }
    for (callers, named) in [
        (&["dns_names = [\"*.bank.test\"]"][..], "`callers.allowed.dns_names` of `a.test` has `*.bank.test`"),
        (&["dns_names = [\"b\u{fc}cher.test\"]"], "written as `xn--"),
        (&["dns_names = [\"wf.bank.test.\"]"], "callers.allowed.dns_names"),
        (&["dns_names = [\"\"]"], "callers.allowed.dns_names"),
        (&["dns_names = [\"-wf.test\"]"], "callers.allowed.dns_names"),
        (&["dns_names = [\"https://wf.test\"]"], "callers.allowed.dns_names"),
        (&["uris = [\"wf.bank.test\"]"], "callers.allowed.uris"),
        (&["uris = [\"spiffe:\"]"], "callers.allowed.uris"),
        (&["uris = [\"spiffe://bank test\"]"], "callers.allowed.uris"),
        (&["uris = [\"1a:b\"]"], "callers.allowed.uris"),
        (&["common_name = false"], "callers.allowed.token_sha256"),
        (
            &["dns_names = [\"wf.test\"]", "dns_names = [\"WF.test\"]"],
            "has `wf.test` for `b.test`, and it is a name of `a.test`",
        ),
        (&["uris = [\"urn:a\"]", "uris = [\"urn:a\"]"], "`callers.allowed.uris` has `urn:a` for `b.test`"),
        (&["dns_names = [\"B.test\"]", ""], "`callers.allowed.dns_names` has `b.test` for `a.test`"),
        (&["", "dns_names = [\"a.test\"]"], "`callers.allowed.dns_names` has `a.test` for `b.test`"),
    ] {
        let refused = with_certificates(callers).err().unwrap_or_else(|| panic!("{callers:?}")).to_string();
        assert!(refused.contains(named), "{callers:?}: {refused}");
    }
    let without_tls = format!("[[callers.allowed]]\nname = \"a\"\n{token}\ndns_names = [\"a.test\"]\n");
    let refused = with_callers(&without_tls).expect_err("nobody is asked for a certificate").to_string();
    assert!(refused.contains("`tls.client_ca_file` is missing"), "{refused}");
}

#[test]
fn anti_fraud_that_makes_no_sense_is_refused_by_its_key() {
    let rule = "[[anti_fraud.rules]]\nlabel = \"x\"\nfactors = [\"sms_otp\"]\n";
    let elsewhere = "capabilities.anti_fraud = \"fraud\"\n";
    let load = |text: &str| load_text(&format!("sandbox.enabled = true\n{text}"));
    for (text, named) in [
        ("anti_fraud.deadline_ms = 9", "`anti_fraud.deadline_ms` has to be from 10"),
        (&rule.replace("\"sms_otp\"", ""), "`anti_fraud.rules[0].factors` is missing"),
        (&format!("{rule}{rule}payees = []"), "`anti_fraud.rules[1].payees` is empty"),
        (&format!("{rule}amount_at_most = 1.5"), "`anti_fraud.rules[0].amount_at_most`"),
        ("[anti_fraud.default]\nfactors = [\"sms_otp\"]", "`anti_fraud.default.label` is missing"),
        (&format!("{elsewhere}{rule}"), "`anti_fraud.rules` is never asked"),
    ] {
        let why = load(text).map(drop).unwrap_err().to_string();
        assert!(why.contains(named), "{text}: {why}");
    }
    let special = format!("organizations.SME.anti_fraud = \"engine\"\n{elsewhere}{rule}");
    assert!(load(&special).is_ok(), "one organization is judged by the rules");
}

#[test]
fn an_endpoint_for_traces_that_makes_no_sense_is_refused_and_what_is_secret_never_shown() {
    let refused = |endpoint: &str, auth: &str| {
        let pairs =
            [("DATA_ADAPTER__TELEMETRY__ENDPOINT", endpoint), ("DATA_ADAPTER__TELEMETRY__AUTH_VALUE", auth)];
        demo(&pairs[..if auth.is_empty() { 1 } else { 2 }]).unwrap_err().to_string()
    };
    for (endpoint, auth, named) in [
        ("collector:4318", "", "begins with https:// or http://"),
        ("localhost:4318/v1/traces", "", "begins with https:// or http://"),
        ("grpc://localhost:4317/v1/traces", "", "begins with https:// or http://"),
        ("http://name:s3cret@localhost:4318/v1/traces", "", "telemetry.auth_value"),
        ("http://localhost:4318", "", "/v1/traces"),
        ("", "Bearer s3cret", "telemetry.endpoint"),
        ("http://collector.bank.test/v1/traces", "Bearer s3cret", "has to begin with https://"),
    ] {
        let message = refused(endpoint, auth);
        assert!(message.contains(named) && message.contains("telemetry."), "{endpoint}: {message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn the_sandbox_can_be_put_on_another_address_by_name() {
    assert!(demo(&EVERYWHERE).is_ok());
}

#[test]
fn a_key_is_given_once_and_in_base64() {
    let key_of = |pairs: &[(&str, &str)]| demo(pairs).unwrap().password.key().unwrap_err().to_string();
    let both = key_of(&[("DATA_ADAPTER__PASSWORD__KEY_FILE", "/dev/null")]);
    assert!(both.contains("password.key") && both.contains("both"), "{both}");
    for (value, why) in [("s3cret!", "base64"), ("c2hvcnQ=", "16, 24 or 32 bytes")] {
        let message = key_of(&[("DATA_ADAPTER__PASSWORD__KEY", value)]);
        assert!(message.contains(why) && !message.contains(value), "{message}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let settings = demo(&[("DATA_ADAPTER__OTP__KEY", "bWFya2Vk")]).unwrap();
    for shown in [settings.show(&crate::backends::builtin()).unwrap(), format!("{settings:?}")] {
        assert!(!shown.contains("bWFya2Vk"), "{shown}");
    }
    assert!(settings.show(&crate::backends::builtin()).unwrap().contains("key = \"[redacted]\""));
}

#[test]
fn a_file_that_is_named_but_missing_is_an_error() {
    let message = load_with(&flags("no-such-file.toml"), environment(&[])).unwrap_err().to_string();
    assert!(message.contains("no-such-file.toml"), "{message}");
}

#[test]
fn the_example_is_a_configuration_and_names_every_setting() {
    let file = flags("docs/data-adapter.example.toml");
    let settings = load_with(&file, environment(&[])).unwrap();
    let example = std::fs::read_to_string(file.file.unwrap()).unwrap();
    let shown: toml::Table = settings.show(&crate::backends::builtin()).unwrap().parse().unwrap();
    for (section, keys) in shown {
        for key in keys.as_table().unwrap().keys() {
            assert!(example.contains(key.as_str()), "the example leaves out {section}.{key}");
        }
    }
}

fn example() -> String {
    std::fs::read_to_string(flags("docs/data-adapter.example.toml").file.unwrap()).unwrap()
}

#[test]
fn the_reference_in_the_book_is_the_one_of_the_example() {
    let page = flags("docs/configuration.md").file.unwrap();
    let wanted = reference(&example());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &wanted).unwrap();
    }
    let is_same = std::fs::read_to_string(page).unwrap() == wanted;
    assert!(is_same, "docs/configuration.md is not what the example says; `make docs` writes it again");
}

/// The value that a default begins with, such as `131072 (128 KiB)`; `None` for `none` and words.
fn value(default: &str) -> Option<toml::Value> {
    let ends = default.match_indices([' ', ',']).map(|(end, _)| end).chain([default.len()]);
    let mut values = ends.filter_map(|end| format!("x = {}", &default[..end]).parse::<toml::Table>().ok());
    values.next_back().map(|table| table["x"].clone())
}

#[test]
fn the_defaults_that_the_example_names_are_the_real_ones() {
    let real = toml::Table::try_from(Settings::default()).unwrap();
    let mut compared = 0;
    for section in sections(&example()) {
        let mut parents = section.name().split('.');
        let table = parents.try_fold(&real, |table, name| table.get(name)?.as_table());
        for entry in &section.entries {
            let (key, default) = (&entry.key, &entry.default);
            let Some(table) = table.filter(|_| !default.is_empty()) else { continue };
            assert_eq!(table.get(key), value(default).as_ref(), "{}.{key}", section.name());
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn the_texts_of_a_consent_form_are_each_in_another_language() {
    let form = |text: &str| {
        format!("sandbox.enabled = true\n[consent.forms.login]\nversion = \"1\"\ntext.en = \"x\"\n{text}\n")
    };
    assert!(load_text(&form("text.pt_BR = \"x\"\ntext.zh-Hant = \"x\"")).is_ok());
    for (text, why) in [
        ("text.pt_BR = \"x\"\ntext.pt-br = \"x\"", "two texts in the language of"),
        ("text.\"no language\" = \"x\"", "no language tag"),
    ] {
        let refusal = load_text(&form(text)).unwrap_err().to_string();
        assert!(refusal.contains("consent.forms.login") && refusal.contains(why), "{refusal}");
    }
}

#[test]
fn consent_is_remembered_where_the_settings_say_so_and_to_payments_only_by_name() {
    let form = |operation: &str, keys: &str| {
        let form = format!("[consent.forms.{operation}]\nversion = \"1\"\ntext.en = \"x\"\n{keys}\n");
        load_text(&format!("sandbox.enabled = true\n{form}"))
    };
    let remembered = |operation, keys| {
        let settings = form(operation, keys).unwrap();
        settings.consent.forms().next().unwrap().1.remembered_for.map(|long| long.as_hours())
    };
    assert_eq!(remembered("login", ""), None);
    assert_eq!(remembered("login", "remember_days = 0"), None);
    assert_eq!(remembered("login", "remember_days = 90"), Some(90 * 24));
    assert_eq!(remembered("login", "remember_days = 3653"), Some(3653 * 24));
    assert_eq!(remembered("authorize_payment", "remember_days = 1\nremember_payments = true"), Some(24));
    for (operation, keys, why) in [
        ("login", "remember_days = 3654", "login.remember_days` is more than 3653"),
        ("login", "remember_days = -1", "remember_days"),
        (
            "login",
            "remember_days = 1\nremember_payments = true",
            "remember_payments` is for operations that bind to a payment",
        ),
        ("login", "remember_payments = true", "remember_payments` does nothing without `remember_days`"),
        ("authorize_payment", "remember_days = 1", "only remembered with `remember_payments = true`"),
        ("other", "remember_days = 1", "is not among the `operations`"),
    ] {
        let refusal = form(operation, keys).unwrap_err().to_string();
        assert!(refusal.contains(why), "{refusal}");
    }
}

#[test]
fn files_beside_the_texts_are_warned_of_and_those_of_tools_are_not() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["en.ftl", "de.txt", "..data", "README"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let text = format!("sandbox.enabled = true\ntexts.folder = {:?}", folder.path());
    let warnings = load_text(&text).unwrap().texts.warnings();
    let expected = ["README", "de.txt"].map(|name| {
        format!(
            "`texts.folder`: {} does not end in `.ftl` and is ignored",
            folder.path().join(name).display()
        )
    });
    assert_eq!(warnings, expected);
}

#[test]
fn a_blank_in_the_id_of_an_attribute_is_refused() {
    for key in ["bind", "payee"] {
        for id in [" operation.dueDate2", "operation.due Date", "operation\u{a0}.dueDate"] {
            let text = format!("sandbox.enabled = true\noperations.authorize_payment.{key} = [\"{id}\"]");
            let refusal = load_text(&text).unwrap_err().to_string();
            assert!(refusal.contains(&format!("operations.authorize_payment.{key}")), "{refusal}");
            assert!(refusal.contains("has a blank"), "{refusal}");
        }
    }
}

#[test]
fn codes_that_are_made_here_are_sent_from_here_and_from_the_sandbox_none() {
    const REGION: &str = "[sms]\ndefault_region = \"CZ\"\n";
    const GATEWAY: &str = "[[sms.gateways]]\nid = \"smsc\"\n[sms.gateways.smpp]\nurl = \"smpp://127.0.0.1\"\nsystem_id = \"bank\"\n";
    const ELSEWHERE: &str = "capabilities.sms_otp = \"bank\"\n";
    let outcome = |text: &str| load_text(text).map(drop).map_err(|error| error.to_string());
    assert_eq!(outcome(&format!("{REGION}{GATEWAY}")), Ok(()));
    assert!(outcome(GATEWAY).unwrap_err().starts_with("`sms.countries` is empty"), "to any country");
    assert_eq!(outcome(ELSEWHERE), Ok(()));
    for (text, named) in [
        (String::new(), "`sandbox.enabled` is off and no SMS gateway"),
        (format!("sandbox.enabled = true\n{GATEWAY}"), "`sms.gateways` has gateways while the sandbox is on"),
        (format!("{ELSEWHERE}{GATEWAY}"), "`sms.gateways` has gateways that nothing would be sent by"),
        (format!("{GATEWAY}{GATEWAY}"), "`sms.gateways` has two gateways with the id `smsc`"),
    ] {
        let why = outcome(&text).unwrap_err();
        assert!(why.starts_with(named), "{text}: {why}");
    }
}
