//! Where consumers need a session.

use data_adapter_sca::ApprovalMethod;
use data_adapter_testkit::{Directory, payment};
use serde_json::json;

use crate::bench::{BRINGING, Bench, PARTNER, SESSION_IDLE, consumer};

#[actix_web::test]
async fn without_a_session_every_operation_but_the_login_is_0387() {
    let bench = Bench::requiring_sessions();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment("1", "CZK", "1/0300")).await;
    let who = json!({"ConsumerID": consumer(Directory::PAYER), "SDKDeviceReferenceID": 1});
    let what = json!({"SCAReferenceNumber": sca, "SCAType": 1, "SCAIdentification": "wrong"});
    let mut calls = vec![("Authorize", what.clone()), ("RegenerateSCA", what)];
    calls.extend(
        ["GetSCAPendingRequest", "ListSDKDevices", "DeRegisterSDKDevice"].map(|name| (name, who.clone())),
    );
    for (operation, body) in calls {
        let answered = partner.call(operation, body).await;
        assert_eq!(
            (answered.status, &answered.body["Errors"][0]["Status"]),
            (400, &json!("0387")),
            "{operation}"
        );
    }
    let both = json!({"ConsumerID": consumer(Directory::PAYER), "SCAOptionID1FA": 6, "SCAOptionID2FA": 4});
    assert_eq!(partner.call("PostLoginDetails", both).await.code(), "000");
    assert_eq!(partner.pending(Directory::PAYER).await.len(), 1, "the wrong guess was none");
    assert_eq!(partner.authorize(&sca, &bench.code_of(&sca)).await.code(), "000");
}

#[actix_web::test]
async fn a_session_lasts_while_something_is_done_in_it_at_this_partner() {
    let bench = Bench::requiring_sessions();
    let served = bench.serve().await;
    let (partner, another) = (served.partner(PARTNER).await, served.partner(BRINGING).await);
    let both = json!({"ConsumerID": consumer(Directory::PAYER), "SCAOptionID1FA": 6, "SCAOptionID2FA": 4});
    assert_eq!(partner.call("PostLoginDetails", both).await.code(), "000");
    let list = json!({"ConsumerID": consumer(Directory::PAYER)});
    for _ in 0..3 {
        bench.advance(SESSION_IDLE - 1);
        assert_eq!(partner.call("ListSDKDevices", list.clone()).await.code(), "000");
    }
    assert_eq!(another.call("ListSDKDevices", list.clone()).await.status, 400);
    let other = json!({"ConsumerID": consumer(Directory::CZECH)});
    assert_eq!(partner.call("ListSDKDevices", other).await.status, 400);
    bench.advance(SESSION_IDLE + 1);
    assert_eq!(partner.call("ListSDKDevices", list).await.body["Errors"][0]["Status"], "0387");
}

#[actix_web::test]
async fn the_right_code_of_a_login_opens_one() {
    let bench = Bench::requiring_sessions();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let again = json!({"SCAReferenceNumber": sca, "SCAType": 1});
    assert_eq!(partner.call("RegenerateSCA", again).await.code(), "000", "that of a login can be renewed");
    let list = json!({"ConsumerID": consumer(Directory::PAYER)});
    assert_eq!(partner.authorize(&sca, "00000000").await.code(), "905");
    assert_eq!(partner.call("ListSDKDevices", list.clone()).await.status, 400);
    assert_eq!(partner.authorize(&sca, &bench.code_of(&sca)).await.code(), "000");
    assert_eq!(partner.call("ListSDKDevices", list).await.code(), "000");
}
