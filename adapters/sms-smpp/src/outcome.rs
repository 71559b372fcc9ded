use data_adapter_sca::GatewayError;
use rusmpp::CommandStatus;

/// What became of one `submit_sm`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The SMSC has it, and calls it that.
    Taken(String),
    /// The SMSC said no.
    Refused(CommandStatus),
    /// It never left.
    NotSent,
}

/// Whether an SMSC that refuses with `status` gets too much at the moment.
pub(crate) fn is_throttling(status: CommandStatus) -> bool {
    matches!(status, CommandStatus::EsmeRthrottled | CommandStatus::EsmeRmsgqful)
}

/// What a refusal means for the message (SMPP 3.4, 5.1.3): whether another gateway may be asked, since this one has nothing to
/// say against the message.
pub(crate) fn refusal(status: CommandStatus) -> GatewayError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not of the SMSC is of the message")]
    match status {
        CommandStatus::EsmeRthrottled
        | CommandStatus::EsmeRmsgqful
        | CommandStatus::EsmeRsyserr
        | CommandStatus::EsmeRinvbndsts
        | CommandStatus::EsmeRxTAppn
        | CommandStatus::EsmeRsertypunavail => {
            GatewayError::Unavailable(format!("it answered with {}", named(status)))
        }
        _ => GatewayError::Refused(format!("it answered with {}", named(status))),
    }
}

/// A status for the log, as in `ESME_RINVDSTADR (0x0000000b)`.
pub(crate) fn named(status: CommandStatus) -> String {
    let number = u32::from(status);
    if matches!(status, CommandStatus::Other(_)) {
        return format!("command_status {number:#010x}");
    }
    let name = format!("{status:?}").to_uppercase();
    format!("{} ({number:#010x})", name.replacen("ESME", "ESME_", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_smsc_that_is_busy_or_broken_leaves_the_message_to_others_and_one_that_dislikes_it_does_not() {
        for status in [0x58, 0x14, 0x08, 0x04, 0x64, 0x102] {
            assert!(matches!(refusal(status.into()), GatewayError::Unavailable(_)), "{status:#x}");
        }
        for status in [0x01, 0x0a, 0x0b, 0x45, 0x65, 0xff, 0x404] {
            assert!(matches!(refusal(status.into()), GatewayError::Refused(_)), "{status:#x}");
        }
    }

    #[test]
    fn a_status_is_named_as_in_the_standard() {
        assert_eq!(named(0x0b.into()), "ESME_RINVDSTADR (0x0000000b)");
        assert_eq!(named(0x58.into()), "ESME_RTHROTTLED (0x00000058)");
        assert_eq!(named(0x404.into()), "command_status 0x00000404");
    }
}
