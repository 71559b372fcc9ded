//! Lookup, authentication and information about a user.

use super::{PREFIXES, assert_example, request, request_with};
use crate::support::DataAdapter;
use crate::support::payloads::{AUTHENTICATE, LOOKUP, USER_INFO};

#[tokio::test]
async fn a_lookup_finds_the_documents_user() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let answer = adapter.post(&format!("{prefix}{LOOKUP}"), request("user-lookup")).await;
        assert_example(&answer, 200, "user-lookup.found", &[]);
    }
}

#[tokio::test]
async fn a_lookup_of_an_unknown_name_finds_nobody() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let request = request_with("user-lookup", &[("username", "nouser".into())]);
        let answer = adapter.post(&format!("{prefix}{LOOKUP}"), request).await;
        assert_example(&answer, 400, "user-lookup.not-found", &[]);
    }
}

#[tokio::test]
async fn a_lookup_of_an_empty_name_is_refused_with_the_codes_of_its_error() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let request = request_with("user-lookup", &[("username", "".into())]);
        let answer = adapter.post(&format!("{prefix}{LOOKUP}"), request).await;
        assert_example(&answer, 400, "user-lookup.username-empty", &[]);
    }
}

#[tokio::test]
async fn the_documents_user_authenticates_with_his_password() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let answer = adapter.post(&format!("{prefix}{AUTHENTICATE}"), request("user-authenticate")).await;
        assert_example(&answer, 200, "user-authenticate.succeeded", &[]);
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_failed_result_and_not_an_http_error() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let request = request_with("user-authenticate", &[("password", "wrong".into())]);
        let answer = adapter.post(&format!("{prefix}{AUTHENTICATE}"), request).await;
        assert_example(&answer, 200, "user-authenticate.failed", &[]);
    }
}

#[tokio::test]
async fn an_empty_password_is_refused_with_the_codes_of_its_error() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let request = request_with("user-authenticate", &[("password", "".into())]);
        let answer = adapter.post(&format!("{prefix}{AUTHENTICATE}"), request).await;
        assert_example(&answer, 400, "user-authenticate.password-empty", &[]);
    }
}

#[tokio::test]
async fn the_information_about_the_documents_user_is_what_the_document_prints() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let answer = adapter.post(&format!("{prefix}{USER_INFO}"), request("user-info")).await;
        assert_example(&answer, 200, "user-info", &[]);
    }
}
