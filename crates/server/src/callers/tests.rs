use actix_web::http::header::HeaderValue;

use super::*;

const TOKEN: &str = "correct-horse";

fn caller(name: &str, token: Option<&str>, paths: &[&str]) -> Caller {
    Caller {
        name: name.to_owned(),
        token_sha256: token.map(|token| hash(token.as_bytes())),
        certificate: CertificateNames { common_name: true, ..CertificateNames::default() },
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    }
}

fn callers() -> Callers {
    let allowed = vec![
        caller("web-flow", Some(TOKEN), &[]),
        caller("texting", Some("other"), &["/api/auth/sms/", "/api/service/status"]),
        caller("by-certificate", None, &[]),
    ];
    Callers::new(allowed, vec!["/context".to_owned()], false)
}

fn headers(values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

fn certificate(name: &str) -> ClientCertificate {
    ClientCertificate { common_name: Some(name.to_owned()), ..ClientCertificate::default() }
}

/// The name of the caller who is let in at `path`.
fn admit(values: &[&str], subject: Option<&str>, path: &str) -> Result<String, Denial> {
    let callers = callers();
    let caller = callers.identify(&headers(values), subject.map(certificate).as_ref())?.unwrap();
    callers.check_path(caller, path).map(|()| caller.name.clone())
}

const PATH: &str = "/api/auth/user/lookup";

#[test]
fn a_token_lets_in_alone_or_with_its_name() {
    for value in ["Bearer correct-horse", "bearer correct-horse", &basic("web-flow:correct-horse")] {
        assert_eq!(admit(&[value], None, PATH), Ok("web-flow".to_owned()), "{value}");
    }
}

#[test]
fn nothing_else_does() {
    for value in [
        "Bearer correct-hors",
        "Bearer correct-horse2",
        "Bearer ",
        "Bearer",
        "correct-horse",
        "Digest correct-horse",
        "Basic !",
        "Bearer correct-horse, Bearer correct-horse",
        &basic("web-flow"),
        &basic("web-flow:"),
        &basic("web-flow:correct-hors"),
        &basic("texting:correct-horse"),
        &basic("nobody:correct-horse"),
        &basic("by-certificate:"),
        &basic(":correct-horse"),
        &basic("web-flow:correct-horse:more"),
    ] {
        assert_eq!(admit(&[value], None, PATH), Err(Denial::Unauthorized), "{value}");
    }
    assert_eq!(admit(&[], None, PATH), Err(Denial::Unauthorized));
}

#[test]
fn two_headers_are_one_too_many() {
    let twice = ["Bearer correct-horse", "Bearer correct-horse"];
    assert_eq!(admit(&twice, None, PATH), Err(Denial::Unauthorized));
}

#[test]
fn a_caller_without_a_token_has_no_token_not_one_of_zeros() {
    let callers = callers();
    let zeros = Credential { name: None, token: [0; 32] };
    assert!(callers.by_credential(&zeros).is_none());
}

#[test]
fn a_certificate_of_a_known_name_lets_in_unless_a_wrong_token_comes_with_it() {
    assert_eq!(admit(&[], Some("by-certificate"), PATH), Ok("by-certificate".to_owned()));
    assert_eq!(admit(&[], Some("nobody"), PATH), Err(Denial::Unauthorized));
    assert_eq!(admit(&["Bearer wrong"], Some("by-certificate"), PATH), Err(Denial::Unauthorized));
    assert_eq!(admit(&["Bearer correct-horse"], Some("by-certificate"), PATH), Ok("web-flow".to_owned()));
}

#[test]
fn a_certificate_can_be_required_of_everybody() {
    for allowed in [vec![], vec![caller("web-flow", Some(TOKEN), &[])]] {
        let callers = Callers::new(allowed, Vec::new(), true);
        let right = headers(&["Bearer correct-horse"]);
        assert_eq!(callers.identify(&right, None).err(), Some(Denial::Unauthorized));
        assert!(callers.identify(&right, Some(&certificate("anybody"))).is_ok());
    }
}

#[test]
fn a_caller_keeps_to_its_paths() {
    let texting = ["Bearer other"];
    for path in
        ["/api/auth/sms/create", "/context/api/auth/sms/verify", "/api/service/status", "/api/auth/sms"]
    {
        assert_eq!(admit(&texting, None, path), Ok("texting".to_owned()), "{path}");
    }
    for path in [
        "/api/auth/user/lookup",
        "/context/api/auth/user/lookup",
        "/api/auth/smsx",
        "/api/auth",
        "/",
        "",
        "/api/auth/sms/../user/lookup",
        "/api/auth/sms/./create",
        "/api/auth/sms//create",
        "//api/auth/sms/create",
        "/context/context/api/auth/sms/create",
        "/contextapi/auth/sms/create",
        "/api/auth/sms/%2e%2e/user/lookup",
        "/api/auth/sms/..;/user/lookup",
        "/api/auth/sms\\..\\user",
        "/sandbox/messages",
    ] {
        assert_eq!(admit(&texting, None, path), Err(Denial::Forbidden), "{path}");
    }
}
