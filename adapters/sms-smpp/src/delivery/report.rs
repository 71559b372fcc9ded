use data_adapter_sca::DeliveryStatus;

/// The text of a receipt as in SMPP 3.4, appendix B: `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`.
pub(crate) struct Report<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) state: Option<&'a str>,
    error: Option<&'a str>,
}

/// The longest word of a reason.
const LONGEST: usize = 16;

impl<'a> Report<'a> {
    pub(crate) fn read(text: &'a str) -> Self {
        // What follows is the beginning of the message, which may look like anything.
        let words = || text.split_whitespace().take_while(|word| value(word, "text:").is_none());
        let find = |name| words().find_map(|word| value(word, name)).filter(|value| !value.is_empty());
        Self { id: find("id:"), state: find("stat:"), error: find("err:") }
    }

    /// Why a message was not delivered: its state, and the code of the network where there is one.
    pub(crate) fn reason(&self, state: &str) -> String {
        let is_code = |error: &&str| error.bytes().any(|byte| byte != b'0');
        match self.error.filter(is_code) {
            Some(error) => format!("{} {}", word(state), word(error)),
            None => word(state),
        }
    }
}

fn value<'a>(word: &'a str, name: &str) -> Option<&'a str> {
    let (begin, rest) = word.split_at_checked(name.len())?;
    begin.eq_ignore_ascii_case(name).then_some(rest)
}

/// What may stand in a log.
fn word(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect()
}

/// The word for a `message_state` (SMPP 3.4, 5.2.28 and appendix B; 9 is of SMPP 5.0, 4.7.15).
pub(crate) fn state_of_number(state: u8) -> Option<String> {
    let word = match state {
        1 => "ENROUTE",
        2 => "DELIVRD",
        3 => "EXPIRED",
        4 => "DELETED",
        5 => "UNDELIV",
        6 => "ACCEPTD",
        7 => "UNKNOWN",
        8 => "REJECTD",
        9 => "SKIPPED",
        _ => return None,
    };
    Some(word.to_owned())
}

/// What a state means; `None` where the message may still be delivered, or nobody knows. `ACCEPTD` is none: the standard has it
/// for messages that somebody else read in the user's place, and SMSCs for those that the next network took.
pub(crate) fn status(state: &str) -> Option<DeliveryStatus> {
    match state {
        "DELIVRD" | "DELIVERED" => Some(DeliveryStatus::Delivered),
        "EXPIRED" | "DELETED" | "UNDELIV" | "UNDELIVERABLE" | "REJECTD" | "REJECTED" | "SKIPPED"
        | "FAILED" => Some(DeliveryStatus::Undelivered),
        _ => None,
    }
}
