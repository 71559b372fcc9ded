use std::sync::Mutex;

use data_adapter_core::SystemRandom;
use data_adapter_memory::MemoryStore;
use data_adapter_sca::CodeCarrier;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::*;

/// A clock that a test sets.
struct At(Mutex<Timestamp>);

impl Clock for At {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panicked")
    }
}

struct Bench {
    tokens: Tokens,
    clock: Arc<At>,
    store: Arc<MemoryStore>,
}

const NOW: &str = "2026-11-28T12:00:00.5Z";
/// Of `s3cret`, made by the reference implementation.
const HASH: &str = "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHRzYWx0$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI";

const KEY: [u8; 32] = [7; 32];

fn partner(password_hash: &str) -> Partner {
    Partner {
        username: "demopartner".to_owned(),
        password_hash: password_hash.into(),
        scheme: None,
        organizations: Vec::new(),
        carrier: CodeCarrier::Sms,
    }
}

impl Bench {
    fn new() -> Self {
        Self::over(Arc::default(), vec![partner(HASH)], KEY)
    }

    fn over(store: Arc<MemoryStore>, partners: Vec<Partner>, key: [u8; 32]) -> Self {
        let clock = Arc::new(At(Mutex::new(NOW.parse().unwrap())));
        let tokens = Tokens::new(
            TokenKey::new(key.to_vec()).unwrap(),
            Arc::new(Partners::new(partners).unwrap()),
            Arc::clone(&store) as _,
            Arc::clone(&clock) as _,
            Arc::new(SystemRandom),
        );
        Self { tokens, clock, store }
    }

    fn issue(&self) -> IssuedToken {
        self.tokens.issue(&partner(HASH)).unwrap()
    }

    async fn is_good(&self, token: &str) -> bool {
        self.tokens.check(token).await.unwrap().is_some()
    }

    fn advance(&self, by: SignedDuration) {
        let mut now = self.clock.0.lock().unwrap();
        *now += by;
    }
}

/// The claims of a token.
fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn signed(header: &Header, claims: &Value, key: &[u8]) -> String {
    encode(header, claims, &EncodingKey::from_secret(key)).unwrap()
}

#[actix_web::test]
async fn a_token_is_good_for_43199_seconds_and_no_longer() {
    let bench = Bench::new();
    let issued = bench.issue();
    let token = issued.text.expose_secret();
    assert_eq!(issued.token.expires_at.duration_since(issued.token.issued_at).as_secs(), 43199);
    let (found, partner) = bench.tokens.check(token).await.unwrap().unwrap();
    assert_eq!((found, partner.username.as_str()), (issued.token.clone(), "demopartner"));
    bench.advance(issued.token.expires_at.duration_since(bench.clock.now()) - SignedDuration::from_nanos(1));
    assert!(bench.is_good(token).await, "it dies before the time that was told");
    bench.advance(SignedDuration::from_nanos(1));
    assert!(!bench.is_good(token).await);
}

#[actix_web::test]
async fn a_token_holds_who_it_is_of_and_until_when_and_nothing_of_the_password() {
    let issued = Bench::new().issue();
    let claims = claims(issued.text.expose_secret());
    let names: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["iss", "aud", "sub", "jti", "iat", "exp", "pwd"]);
    assert_eq!((&claims["sub"], &claims["jti"]), (&json!("demopartner"), &json!(issued.token.id)));
    assert!(!format!("{issued:?}").contains(issued.text.expose_secret()));
}

#[actix_web::test]
async fn what_is_not_made_here_is_no_token() {
    let bench = Bench::new();
    let token = bench.issue().text;
    let token = token.expose_secret();
    let right = claims(token);
    let usual = Header::new(Algorithm::HS256);
    let with = |name: &str, value: Value| {
        let mut claims = right.clone();
        claims[name] = value;
        signed(&usual, &claims, &KEY)
    };
    assert!(bench.is_good(&signed(&usual, &right, &KEY)).await, "it is what is made here");
    let unsigned = {
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"none"}"#);
        format!("{header}.{}.", token.split('.').nth(1).unwrap())
    };
    let mut altered = token.to_owned();
    let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
    altered.push(last);
    for (token, why) in [
        (String::new(), "nothing"),
        ("a.b.c".to_owned(), "no JSON"),
        (unsigned, "nobody signed it"),
        (altered, "another signature"),
        (signed(&usual, &right, &[8; 32]), "another key"),
        (signed(&Header::new(Algorithm::HS384), &right, &KEY), "another algorithm"),
        (signed(&Header::new(Algorithm::HS512), &right, &KEY), "another algorithm"),
        (with("iss", json!("another")), "another issuer"),
        (with("aud", json!("another")), "another audience"),
        (with("sub", json!("otherpartner")), "no such partner"),
        (with("exp", json!(0)), "long over"),
        (with("exp", Value::Null), "no end"),
        (with("iat", json!(right["iat"].as_i64().unwrap() + 11)), "not yet made"),
        (with("pwd", json!("another")), "another password"),
    ] {
        assert!(!bench.is_good(&token).await, "{why}: {token}");
    }
}

#[actix_web::test]
async fn a_token_is_good_no_more_when_its_partner_has_gone_or_has_another_password() {
    let (bench, store) = (Bench::new(), Arc::default());
    let token = bench.issue().text;
    for (partners, good) in [
        (vec![partner(HASH)], true),
        (vec![partner(&HASH.replace("m=64", "m=128"))], false),
        (Vec::new(), false),
    ] {
        let restarted = Bench::over(Arc::clone(&store), partners, KEY);
        assert_eq!(restarted.is_good(token.expose_secret()).await, good);
    }
}

#[actix_web::test]
async fn a_token_is_revoked_once_for_every_instance() {
    let bench = Bench::new();
    let (one, other) = (bench.issue(), bench.issue());
    assert!(bench.tokens.revoke(&one.token).await.unwrap());
    assert!(!bench.tokens.revoke(&one.token).await.unwrap());
    let elsewhere = Bench::over(Arc::clone(&bench.store), vec![partner(HASH)], KEY);
    for instance in [&bench, &elsewhere] {
        assert!(!instance.is_good(one.text.expose_secret()).await);
        assert!(instance.is_good(other.text.expose_secret()).await, "each is revoked by itself");
    }
}

#[actix_web::test]
async fn any_instance_derives_the_same_key_for_a_token_and_another_one_for_another() {
    let (bench, elsewhere) = (Bench::new(), Bench::new());
    let (one, other) = (bench.issue(), bench.issue());
    let key = |issued: &IssuedToken| elsewhere.tokens.security_key(&issued.token).digits();
    assert_eq!(key(&one).expose_secret(), one.security_key.expose_secret());
    assert_ne!(key(&other).expose_secret(), one.security_key.expose_secret());
}

#[test]
fn a_key_has_at_least_32_bytes() {
    assert!(TokenKey::new(vec![0; 31]).is_err());
    assert!(TokenKey::new(vec![0; 32]).is_ok());
    assert!(!format!("{:?}", TokenKey::new(vec![7; 32])).contains('7'));
}
