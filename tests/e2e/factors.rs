//! The Additional Factors API as the applications of a programme see it.

mod client;
