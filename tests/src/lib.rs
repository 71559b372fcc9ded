//! End-to-end tests of the Data Adapter binary; the tests are in `e2e/`.
