//! What must not be found anywhere but where it belongs, however much is logged.

mod journeys;
mod requests;
