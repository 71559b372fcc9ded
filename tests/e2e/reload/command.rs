//! The command: whom it asks, and what it says when nobody is there.

use super::Stage;
use crate::support::DataAdapter;

#[tokio::test]
async fn it_says_when_nobody_is_there_and_when_nobody_says_where() {
    let stage = Stage::start().await;
    let (configuration, socket) = (stage.read("data-adapter.toml"), stage.path("control"));
    assert!(socket.exists());
    let Stage { folder, adapter } = stage;
    assert_eq!(adapter.terminate().await.status, Some(0));
    assert!(!socket.exists(), "it is left behind");
    let reload = || DataAdapter::builder().arg("reload");
    let exit = reload().config(configuration).spawn_failing().await;
    assert!(exit.status == Some(1) && exit.stderr.contains("no service listens at "), "{exit:?}");
    drop(folder);
    let exit = reload().config("otp.digits = 6").spawn_failing().await;
    assert!(
        exit.status == Some(78) && exit.stderr.contains("`server.control_socket` is missing"),
        "{exit:?}"
    );
    assert_eq!(reload().arg("--sokcet").spawn_failing().await.status, Some(2));
}

#[tokio::test]
async fn a_second_service_does_not_take_the_socket_and_one_that_was_killed_leaves_it_free() {
    let stage = Stage::start().await;
    let path = stage.path("data-adapter.toml").display().to_string();
    let again = || {
        DataAdapter::builder()
            .env("DATA_ADAPTER_CONFIG", &path)
            .env("DATA_ADAPTER__AUDIT__FILE", format!("{path}.audit"))
    };
    let exit = again().spawn_failing().await;
    assert!(exit.status == Some(1) && exit.stderr.contains("another process listens there"), "{exit:?}");
    stage.adapter.signal("KILL").await;
    let Stage { folder, adapter } = stage;
    adapter.wait().await;
    let stage = Stage { adapter: again().start().await, folder };
    assert_eq!(stage.reload().await.status, Some(0));
}
