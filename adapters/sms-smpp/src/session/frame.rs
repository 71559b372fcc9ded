use rusmpp::{CommandId, CommandStatus};
use tokio_util::codec::LengthDelimitedCodec;

/// The longest PDU that is read, in octets: a `message_payload` as long as there can be one, and what goes with it.
const LONGEST: usize = 66_000;
/// The octets of the length itself.
const LENGTH: usize = 4;

/// Tells PDUs apart by `command_length`, which counts itself (SMPP 3.4, 5.1.1).
pub(crate) fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .length_field_length(LENGTH)
        .length_adjustment(-4)
        .max_frame_length(LONGEST)
        .new_codec()
}

/// A PDU whose body was not read yet.
pub(crate) struct Frame {
    pub(crate) id: CommandId,
    pub(crate) status: CommandStatus,
    pub(crate) sequence: u32,
    pub(crate) body: Vec<u8>,
}

impl Frame {
    /// Reads what comes behind `command_length`; `None` when the header does not end.
    pub(crate) fn of(octets: &[u8]) -> Option<Self> {
        let (numbers, body) = octets.split_at_checked(12)?;
        let number = |at: usize| numbers[at..at + 4].try_into().map(u32::from_be_bytes).ok();
        let (id, status) = (number(0)?.into(), number(4)?.into());
        Some(Self { id, status, sequence: number(8)?, body: body.to_vec() })
    }

    /// The first string of the body, which is what the SMSC calls a message in a `submit_sm_resp`; empty where there is none.
    pub(crate) fn message_id(&self) -> String {
        let id = self.body.split(|octet| *octet == 0).next().unwrap_or_default();
        String::from_utf8_lossy(id).into_owned()
    }
}
