//! Who may call.

use actix_web::http::header::AUTHORIZATION;
use actix_web::test::TestRequest;
use data_adapter_server::Denial;

use crate::bench::{Bench, TOKEN};

/// A path of each operation, with its method.
const PATHS: [(&str, &str); 14] = [
    ("POST", "/admin/sca-requests"),
    ("GET", "/admin/users/12345678"),
    ("POST", "/admin/users/12345678/unblock"),
    ("POST", "/admin/partners/partner/unblock"),
    ("POST", "/admin/users/12345678/devices"),
    ("DELETE", "/admin/users/12345678/devices/1"),
    ("POST", "/admin/users/12345678/sessions/end"),
    ("GET", "/admin/blocks"),
    ("GET", "/admin/challenges"),
    ("GET", "/admin/users/12345678/consents"),
    ("POST", "/admin/users/12345678/consents/withdraw"),
    ("GET", "/admin/sent"),
    ("GET", "/admin/audit"),
    ("GET", "/admin/health"),
];

fn request(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method.parse().expect("a method"))
}

#[actix_web::test]
async fn nobody_is_answered_without_the_token_of_an_operator() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for (method, path) in PATHS {
        for header in [None, Some("Bearer wrong"), Some("Basic YW5uOmFubidzLXRva2Vu"), Some(TOKEN)] {
            let request = request(method, path);
            let request =
                header.into_iter().fold(request, |all, value| all.insert_header((AUTHORIZATION, value)));
            let answered = service.send(request).await;
            answered.problem(401);
            assert_eq!(answered.header("www-authenticate"), "Bearer realm=\"data-adapter\"");
            let told = bench.denials.take();
            let [(denial, caller, pattern)] = told.as_slice() else { unreachable!("{told:?}") };
            assert_eq!((denial, caller), (&Denial::Unauthorized, &None), "{path}");
            assert!(pattern.starts_with("/admin/"), "{pattern}");
        }
    }
}

#[actix_web::test]
async fn each_operator_is_let_in_by_their_own_token() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for token in [TOKEN, "bob's-token"] {
        let request =
            request("GET", "/admin/blocks").insert_header((AUTHORIZATION, format!("bearer {token}")));
        assert_eq!(service.send(request).await.status, 200);
    }
    assert!(bench.denials.take().is_empty());
}
