use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_adapter_testkit::ManualClock;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData as _};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::*;

const KEY: [u8; 32] = [7; 32];
const ISSUER: &str = "https://login.bank.example";
const AUDIENCE: &str = "factors";

fn parties() -> TokenParties {
    TokenParties { issuer: ISSUER.to_owned(), audience: AUDIENCE.to_owned() }
}

/// What reads tokens, and the time by which it does.
struct Bench {
    tokens: UserTokens,
    clock: Arc<ManualClock>,
}

impl Bench {
    fn over(keys: TokenKeys) -> Self {
        let clock = Arc::new(ManualClock::default());
        Self { tokens: UserTokens::new(keys, parties(), Arc::clone(&clock) as _), clock }
    }

    fn shared() -> Self {
        Self::over(TokenKeys::Shared(SharedKey::new(KEY.to_vec()).unwrap()))
    }

    /// The claims of a token that is good now.
    fn claims(&self) -> Value {
        let now = self.clock.now().as_second();
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "12345678", "iat": now, "exp": now + 600})
    }

    fn with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        claims[name] = value;
        claims
    }

    fn read(&self, token: &str) -> Option<UserToken> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(self.tokens.read(token))
    }

    fn is_good(&self, token: &str) -> bool {
        self.read(token).is_some()
    }
}

fn signed(claims: &Value) -> String {
    signed_like(&Header::new(Algorithm::HS256), claims)
}

fn signed_like(header: &Header, claims: &Value) -> String {
    encode(header, claims, &EncodingKey::from_secret(&KEY)).unwrap()
}

#[test]
fn a_token_says_who_it_is_of_and_when_it_was_made() {
    let bench = Bench::shared();
    let now = Timestamp::from_second(bench.clock.now().as_second()).unwrap();
    let token = bench.read(&signed(&bench.claims())).unwrap();
    assert_eq!(token, UserToken { user: "12345678".to_owned().into(), programme: None, issued_at: now });
    let token = bench.read(&signed(&bench.with("programme", json!("demo")))).unwrap();
    assert_eq!(token.programme.as_deref(), Some("demo"));
}

#[test]
fn what_is_made_here_is_good_for_an_hour() {
    let bench = Bench::shared();
    let text = bench.tokens.issue("12345678", "demo").unwrap().unwrap();
    let token = bench.read(text.expose_secret()).unwrap();
    assert_eq!((token.user.as_str(), token.programme.as_deref()), ("12345678", Some("demo")));
    bench.clock.advance(SignedDuration::from_hours(1) + CLOCK_TOLERANCE - SignedDuration::from_secs(1));
    assert!(bench.is_good(text.expose_secret()));
    bench.clock.advance(SignedDuration::from_secs(1));
    assert!(!bench.is_good(text.expose_secret()));
}

#[test]
fn whatever_is_unclear_about_a_token_is_refused() {
    let bench = Bench::shared();
    let now = bench.clock.now().as_second();
    let right = bench.claims();
    let usual = Header::new(Algorithm::HS256);
    let without = |name: &str| {
        let mut claims = right.clone();
        claims.as_object_mut().unwrap().remove(name);
        signed(&claims)
    };
    let with = |name: &str, value: Value| signed(&bench.with(name, value));
    assert!(bench.is_good(&signed(&right)), "it is good as it is");
    let (body, raw) = (signed(&right), |text: &str| URL_SAFE_NO_PAD.encode(text));
    let parts: Vec<&str> = body.split('.').collect();
    let unsigned = format!("{}.{}.", raw(r#"{"typ":"JWT","alg":"none"}"#), parts[1]);
    let altered =
        format!("{}.{}.{}", parts[0], raw(&bench.with("sub", json!("20000001")).to_string()), parts[2]);
    let twice = {
        let claims = right.to_string().replacen('{', r#"{"sub":"20000001","#, 1);
        let message = format!("{}.{}", parts[0], raw(&claims));
        let key = EncodingKey::from_secret(&KEY);
        format!(
            "{message}.{}",
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap()
        )
    };
    for (token, why) in [
        (String::new(), "nothing"),
        ("a.b.c".to_owned(), "no JSON"),
        (unsigned, "nobody signed it"),
        (altered, "another text was signed"),
        (format!("{body}.{body}"), "two of them"),
        (twice, "two users"),
        (encode(&usual, &right, &EncodingKey::from_secret(&[8; 32])).unwrap(), "another key"),
        (signed_like(&Header::new(Algorithm::HS384), &right), "another algorithm"),
        (signed_like(&Header::new(Algorithm::HS512), &right), "another algorithm"),
        (signed_like(&Header { typ: Some("logout+jwt".into()), ..usual.clone() }, &right), "another kind"),
        (signed_like(&Header { typ: Some("text/jwt".into()), ..usual.clone() }, &right), "another kind"),
        (signed_like(&Header { typ: Some("".into()), ..usual.clone() }, &right), "no kind"),
        (
            signed_like(&Header { crit: Some(vec!["b64".into()]), ..usual.clone() }, &right),
            "critical and unknown",
        ),
        (with("iss", json!("https://elsewhere.example")), "another issuer"),
        (with("iss", json!([ISSUER])), "no one issuer"),
        (with("aud", json!("elsewhere")), "another audience"),
        (with("aud", json!(["elsewhere", "somewhere"])), "other audiences"),
        (with("aud", json!([])), "no audience"),
        (with("sub", json!("")), "nobody"),
        (with("sub", json!("1234\n5678")), "no id"),
        (with("sub", json!(12_345_678)), "no text"),
        (with("sub", json!("1".repeat(257))), "an over-long id"),
        (with("exp", json!(now - 10)), "over"),
        (with("exp", json!("soon")), "no time"),
        (with("exp", json!(i64::MAX)), "no time"),
        (with("iat", json!(now + 11)), "not yet made"),
        (with("exp", json!(1e300)), "no time"),
        (with("exp", Value::Null), "for ever"),
        (with("iat", json!(now - 86_400)), "longer than a day"),
        (with("iat", json!(now + 600)), "no life"),
        (with("nbf", json!(now + 11)), "not yet good"),
        (with("nbf", json!("later")), "no time"),
        (with("programme", json!(7)), "no name"),
        (without("iss"), "no issuer"),
        (without("aud"), "no audience"),
        (without("sub"), "nobody"),
        (without("iat"), "no one knows when"),
        (without("exp"), "for ever"),
        (with("more", json!("x".repeat(9000))), "over-long"),
    ] {
        assert!(!bench.is_good(&token), "{why}: {token}");
    }
}

#[test]
fn clocks_may_be_ten_seconds_apart_and_several_audiences_are_fine() {
    let bench = Bench::shared();
    let now = bench.clock.now().as_second();
    for (name, value) in [
        ("iat", json!(now + 10)),
        ("nbf", json!(now + 10)),
        ("exp", json!(now + 1)),
        ("aud", json!(["elsewhere", AUDIENCE])),
        ("more", json!({"nested": [1]})),
    ] {
        assert!(bench.is_good(&signed(&bench.with(name, value.clone()))), "{name} {value}");
    }
}

#[test]
fn a_kind_is_a_media_type_in_any_case_and_may_be_left_out() {
    let bench = Bench::shared();
    for kind in
        [None, Some("JWT"), Some("jwt"), Some("at+jwt"), Some("application/at+JWT"), Some("Application/jwt")]
    {
        let header = Header { typ: kind.map(str::to_owned), ..Header::new(Algorithm::HS256) };
        assert!(bench.is_good(&signed_like(&header, &bench.claims())), "{kind:?}");
    }
}

#[test]
fn a_time_may_have_a_fraction_and_counts_with_it() {
    let bench = Bench::shared();
    let now = bench.clock.now().as_second();
    let with = |name: &str, value: &str| {
        let number: serde_json::Number = value.parse().unwrap();
        signed(&bench.with(name, Value::Number(number)))
    };
    let token = bench.read(&with("iat", &format!("{now}.250"))).unwrap();
    assert_eq!(token.issued_at.as_millisecond(), now * 1000 + 250);
    for (name, value, is_good) in [
        ("exp", format!("{now}.5"), true),
        ("iat", format!("{}.999", now + 9), true),
        ("iat", format!("{}.5", now + 10), false),
        ("nbf", format!("{}.5", now + 10), false),
        ("exp", format!("{now}.0"), false),
        ("exp", format!("{}.5", now + 86_400), false),
        ("exp", format!("{}e0", now + 600), true),
        ("exp", format!("{}.0", now + 600), true),
    ] {
        assert_eq!(bench.is_good(&with(name, &value)), is_good, "{name} {value}");
    }
}

#[test]
fn a_key_has_at_least_32_bytes_and_is_not_shown() {
    assert!(SharedKey::new(vec![0; 31]).is_err());
    assert!(SharedKey::new(vec![0; 32]).is_ok());
    assert!(!format!("{:?}", TokenKeys::Shared(SharedKey::new(vec![7; 32]).unwrap())).contains('7'));
}

/// A key of each algorithm: what signs, and its public half as it stands in a set.
fn pair(algorithm: PublicAlgorithm) -> (EncodingKey, Value) {
    let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match algorithm {
        PublicAlgorithm::EdDsa => {
            let pair = KeyPair::generate_for(&PKCS_ED25519).unwrap();
            let key = json!({"kty": "OKP", "crv": "Ed25519", "x": base64(pair.der_bytes())});
            (EncodingKey::from_ed_der(&pair.serialize_der()), key)
        }
        PublicAlgorithm::Es256 => {
            let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
            let (x, y) = pair.der_bytes()[1..].split_at(32);
            let key = json!({"kty": "EC", "crv": "P-256", "x": base64(x), "y": base64(y)});
            (EncodingKey::from_ec_der(&pair.serialize_der()), key)
        }
        PublicAlgorithm::Rs256 => {
            let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
            // PKCS#1 stands at the end of PKCS#8, and the modulus in front of an exponent of three bytes.
            let (private, public) = (pair.serialize_der(), pair.der_bytes());
            let (modulus, exponent) =
                (&public[public.len() - 261..public.len() - 5], &public[public.len() - 3..]);
            let key = json!({"kty": "RSA", "n": base64(modulus), "e": base64(exponent)});
            (EncodingKey::from_rsa_der(&private[26..]), key)
        }
    }
}

const ALGORITHMS: [PublicAlgorithm; 3] =
    [PublicAlgorithm::EdDsa, PublicAlgorithm::Es256, PublicAlgorithm::Rs256];

fn named(mut key: Value, id: &str) -> Value {
    key["kid"] = json!(id);
    key
}

fn header(algorithm: PublicAlgorithm, id: Option<&str>) -> Header {
    Header { kid: id.map(str::to_owned), ..Header::new(algorithm.algorithm()) }
}

fn write(file: &NamedTempFile, keys: &[Value]) {
    fs::write(file.path(), json!({"keys": keys}).to_string()).unwrap();
}

fn file_of(keys: &[Value]) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    write(&file, keys);
    file
}

#[test]
fn a_token_is_good_by_the_public_key_that_it_names_and_by_no_other() {
    for algorithm in ALGORITHMS {
        let ((one, public_one), (other, public_other)) = (pair(algorithm), pair(algorithm));
        let file = file_of(&[named(public_one, "one"), named(public_other, "other")]);
        let keys = KeySetFile::open(file.path().to_owned(), algorithm).unwrap();
        let bench = Bench::over(TokenKeys::Public(keys));
        let token = |key: &EncodingKey, id| encode(&header(algorithm, id), &bench.claims(), key).unwrap();
        assert!(bench.is_good(&token(&one, Some("one"))), "{algorithm:?}");
        assert!(bench.is_good(&token(&other, Some("other"))), "{algorithm:?}");
        for (key, id) in [(&one, Some("other")), (&one, Some("another")), (&one, None)] {
            assert!(!bench.is_good(&token(key, id)), "{algorithm:?} {id:?}");
        }
        assert!(bench.tokens.issue("12345678", "demo").unwrap().is_none(), "nobody can sign by a public key");
    }
}

#[test]
fn a_token_can_not_choose_its_algorithm() {
    let public: Vec<_> = ALGORITHMS.into_iter().map(|algorithm| (algorithm, pair(algorithm))).collect();
    for (pinned, (_, key)) in &public {
        let file = file_of(std::slice::from_ref(key));
        let bench =
            Bench::over(TokenKeys::Public(KeySetFile::open(file.path().to_owned(), *pinned).unwrap()));
        for (algorithm, (private, _)) in &public {
            let token = encode(&header(*algorithm, None), &bench.claims(), private).unwrap();
            assert_eq!(bench.is_good(&token), algorithm == pinned, "{algorithm:?} under {pinned:?}");
        }
        // The oldest trick: what everybody knows, as a secret.
        let published = key.get("x").or(key.get("n")).and_then(Value::as_str).unwrap();
        for secret in [published.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(published).unwrap()] {
            let key = EncodingKey::from_secret(&secret);
            assert!(!bench.is_good(&encode(&Header::new(Algorithm::HS256), &bench.claims(), &key).unwrap()));
        }
    }
    let bench = Bench::shared();
    for (algorithm, (private, _)) in &public {
        assert!(!bench.is_good(&encode(&header(*algorithm, None), &bench.claims(), private).unwrap()));
    }
}

#[test]
fn a_set_that_changes_is_read_again_and_a_broken_one_is_not() {
    let algorithm = PublicAlgorithm::Es256;
    let ((old, public_old), (new, public_new)) = (pair(algorithm), pair(algorithm));
    let file = file_of(&[named(public_old.clone(), "old")]);
    let bench = Bench::over(TokenKeys::Public(KeySetFile::open(file.path().to_owned(), algorithm).unwrap()));
    let old = encode(&header(algorithm, Some("old")), &bench.claims(), &old).unwrap();
    let new = encode(&header(algorithm, Some("new")), &bench.claims(), &new).unwrap();
    let good = || (bench.is_good(&old), bench.is_good(&new));
    assert_eq!(good(), (true, false));
    write(&file, &[named(public_old, "old"), named(public_new.clone(), "new")]);
    assert_eq!(good(), (true, true));
    fs::write(file.path(), "{\"keys\":[").unwrap();
    assert_eq!(good(), (true, true), "the ones before stay");
    write(&file, &[named(public_new, "new")]);
    assert_eq!(good(), (false, true), "a key that is gone is worth nothing");
    fs::remove_file(file.path()).unwrap();
    assert_eq!(good(), (false, true));
}

#[test]
fn a_set_without_a_clear_key_is_refused() {
    let algorithm = PublicAlgorithm::Es256;
    let (_, key) = pair(algorithm);
    let with = |name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        key
    };
    let parse = |keys: &[Value]| KeySet::parse(json!({"keys": keys}).to_string().as_bytes(), algorithm);
    assert!(parse(&[with("use", json!("sig")), json!({"kty": "unheard-of"}), json!(7)]).is_ok());
    assert!(parse(&[with("alg", json!("ES256")), pair(PublicAlgorithm::EdDsa).1]).is_ok());
    for keys in [
        vec![],
        vec![with("use", json!("enc"))],
        vec![with("alg", json!("ES384"))],
        vec![with("key_ops", json!(["sign"]))],
        vec![with("crv", json!("P-384"))],
        vec![pair(PublicAlgorithm::Rs256).1],
        vec![json!({"kty": "oct", "k": "c2VjcmV0"})],
    ] {
        assert!(matches!(parse(&keys), Err(KeySetError::NoKey)), "{keys:?}");
    }
    assert!(matches!(parse(&[key.clone(), key.clone()]), Err(KeySetError::Twice)));
    assert!(matches!(KeySet::parse(b"[]", algorithm), Err(KeySetError::NoKeySet)));
    let weak = json!({"kty": "RSA", "n": "A".repeat(171), "e": "AQAB"});
    let weak = json!({"keys": [weak]}).to_string();
    assert!(matches!(KeySet::parse(weak.as_bytes(), PublicAlgorithm::Rs256), Err(KeySetError::Weak)));
    assert!(KeySetFile::open("/nonexistent".into(), algorithm).is_err());
}
