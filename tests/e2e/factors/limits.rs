//! How often a user may call.

use super::LIMITS;
use super::application::Application;
use super::operations::Operation;
use crate::support::DataAdapter;

#[tokio::test]
async fn each_operation_is_limited_by_itself_and_says_when_to_come_back() {
    let adapter = DataAdapter::builder().env(LIMITS, "2;w=3600, 5;w=86400").start().await;
    let user = Application::start(&adapter).await;
    for operation in Operation::all() {
        for _ in 0..2 {
            assert_ne!(user.ask(&adapter, &operation).await.status, 429, "{operation:?}");
        }
        let answer = user.ask(&adapter, &operation).await;
        assert_eq!(answer.status, 429, "{operation:?}");
        assert_eq!(answer.headers["x-ratelimit-limit"], "2;w=3600, 5;w=86400");
        let reset = answer.headers["x-ratelimit-reset"].to_str().expect("a text");
        let seconds = reset.strip_suffix(";w=3600").expect("the limit that is reached");
        assert_eq!(answer.headers["retry-after"], seconds);
        assert!((1..=3600).contains(&seconds.parse::<u32>().expect("a number")), "{reset}");
    }
}
