use serde::Deserialize;

/// What becomes of a user whom the directory lets in with a reservation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reservation {
    /// They are kept out.
    #[default]
    Refuse,
    /// They are let in, and it is recorded why they might not have been.
    Allow,
}
