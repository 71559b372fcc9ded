//! Gateways that change without a restart.

use serde_json::json;
use tempfile::TempDir;

use super::{Smsc, configuration, create, ready};
use crate::support::DataAdapter;

const DONE: &str = "The configuration was read again";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_while_it_is_the_same_and_gives_way_to_another_once_that_is_bound() {
    let (Some(mut first), Some(mut second)) = (Smsc::start().await, Smsc::start().await) else { return };
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("data-adapter.toml");
    let write = |more: &str, smsc| {
        let configuration = configuration(&folder, &[("primary", smsc)]);
        std::fs::write(&file, format!("{more}{configuration}")).expect("a file");
    };
    write("", first.address());
    let builder = DataAdapter::builder().env("DATA_ADAPTER_CONFIG", file.display().to_string());
    let mut adapter = builder.start().await;
    ready(&adapter, "primary").await;
    write("health.deadline_ms = 900\n", first.address());
    adapter.signal("HUP").await;
    adapter.logged(DONE, 1).await;
    assert_eq!(create(&adapter, "one").await.0, "SUCCEEDED");
    first.event("submit").await;
    assert_eq!(adapter.log().matches("the SMSC is bound to").count(), 1, "{}", adapter.log());
    write("", second.address());
    adapter.signal("HUP").await;
    adapter.logged(DONE, 2).await;
    assert_eq!(create(&adapter, "two").await.0, "SUCCEEDED");
    let sent = second.event("submit").await;
    assert_eq!(sent["to"], json!([1, 1, "420606123456"]));
    first.event("unbind").await;
    adapter.logged("the SMSC is bound to no more", 1).await;
    let metrics = adapter.get("/metrics").await.text;
    assert!(metrics.contains("data_adapter_smpp_bound{gateway=\"primary\"} 1"), "{metrics}");
}
