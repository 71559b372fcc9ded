use serde::Deserialize;

/// What becomes of a user whom the directory lets in with a reservation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Reservation {
    /// They are kept out.
    #[default]
    Refuse,
    /// They are let in, and it is recorded why they might not have been.
    Allow,
}

/// The library of the configuration does not say what there is.
impl TryFrom<String> for Reservation {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "refuse" => Ok(Self::Refuse),
            "allow" => Ok(Self::Allow),
            _ => Err("is none of what it can be: `refuse` or `allow`"),
        }
    }
}
