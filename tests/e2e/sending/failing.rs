//! Gateways that are down, slow, busy, or say no.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_to_the_next_gateway_where_the_first_is_down_and_readiness_warns_of_it() {
    let Some(smsc) = Smsc::start().await else { return };
    let folder = TempDir::new().expect("a folder");
    let dead = Nobody::new();
    let gateways = [("dead", dead.address()), ("backup", smsc.address())];
    let adapter = with_gateways(&folder, &gateways).start().await;
    ready(&adapter, "backup").await;
    for number in 0..5 {
        let (result, message) = create(&adapter, &format!("op-{number}")).await;
        assert_eq!(result, "SUCCEEDED");
        assert_eq!(delivery(&adapter, &message).await["gateway"], "backup");
    }
    let answer = adapter.get("/health/ready").await;
    let expected = r#"{"status":"OK","checks":{"sms.backup":"OK","sms.dead":"WARNING","store":"OK"}}"#;
    assert_eq!((answer.status, answer.text.as_str()), (200, expected));
    let metrics = adapter.get("/metrics").await.text;
    assert!(metrics.contains(r#"data_adapter_sms_gateway_down{gateway="dead"} 1"#), "{metrics}");
    assert!(metrics.contains(r#"data_adapter_sms_skipped_total{gateway="dead"} 2"#), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_every_gateway_is_down_the_code_is_not_delivered_and_the_rest_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let (first, second) = (Nobody::new(), Nobody::new());
    let gateways = [("first", first.address()), ("second", second.address())];
    let adapter = with_gateways(&folder, &gateways).start().await;
    let (result, message) = create(&adapter, "op").await;
    assert_eq!(result, "FAILED");
    assert_eq!(delivery(&adapter, &message).await, Value::Null);
    let line = &recorded(&folder, "code_sent")[0];
    assert_eq!((&line["reason"], &line["outcome"]), (&json!("gateway_unavailable"), &json!("failed")));
    assert_eq!(adapter.get("/health/ready").await.status, 200, "passwords can be checked");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_answers_decides_whether_the_next_one_is_asked() {
    /// `ESME_RTHROTTLED`, `ESME_RINVDSTADR` of SMPP 3.4, 5.1.3.
    const CASES: [(&str, &str, &str); 3] = [
        ("88", "SUCCEEDED", "succeeded"),
        ("11", "FAILED", "gateway_refused"),
        ("never", "FAILED", "gateway_unknown"),
    ];
    for (answer, expected, recorded_as) in CASES {
        let (Some(mut first), Some(mut second)) = (Smsc::start().await, Smsc::start().await) else { return };
        let folder = TempDir::new().expect("a folder");
        let gateways = [("first", first.address()), ("second", second.address())];
        let adapter = with_gateways(&folder, &gateways).start().await;
        for (gateway, _) in gateways {
            ready(&adapter, gateway).await;
        }
        first.answer(answer).await;
        let (result, _) = create(&adapter, "op").await;
        assert_eq!(result, expected, "{answer}");
        first.event("submit").await;
        let line = &recorded(&folder, "code_sent")[0];
        if expected == "SUCCEEDED" {
            second.event("submit").await;
            assert_eq!(line["gateway"], "second");
        } else {
            assert_eq!(line["reason"], recorded_as, "{answer}");
            let metrics = adapter.get("/metrics").await.text;
            assert!(
                !metrics.contains(r#"data_adapter_sms_send_seconds_count{gateway="second""#),
                "{metrics}"
            );
        }
    }
}
