//! The client of `tests/factors-client`, which starts the program itself and uses the inbox page in Chromium.

use data_adapter_tests::binary::binary;

use crate::support::python;

async fn assert_content(instances: &str) {
    let program = binary().to_str().expect("a path in UTF-8");
    python::assert_content("factors-client", &[program, instances]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_written_from_the_document_alone_enrols_and_unlinks_as_that_says() {
    assert_content("1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_does_the_same_where_each_request_goes_to_the_other_of_two_instances() {
    assert_content("2").await;
}
