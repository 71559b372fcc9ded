//! The client of `tests/security-client`.

use super::{TOKEN_KEY, builder};
use crate::support::python;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_written_from_the_document_alone_finds_what_that_says() {
    let adapter = builder().start().await;
    python::assert_content("security-client", &[&adapter.url(""), TOKEN_KEY]).await;
}
