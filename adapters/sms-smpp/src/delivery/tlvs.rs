/// Reads a body from its beginning. `None` where it ends too early.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self(body)
    }

    pub(crate) fn octet(&mut self) -> Option<u8> {
        self.octets(1).map(|octets| octets[0])
    }

    pub(crate) fn octets(&mut self, count: usize) -> Option<&'a [u8]> {
        let (octets, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(octets)
    }

    /// The octets before the next zero, which is read too.
    pub(crate) fn c_string(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|octet| *octet == 0)?;
        let string = self.octets(end)?;
        self.octets(1)?;
        Some(string)
    }

    /// What `deliver_sm` and `data_sm` begin with: the service, whom it is from and whom it is for, each a type of number, a
    /// plan and an address. The last of it is `esm_class`.
    pub(crate) fn up_to_esm_class(&mut self) -> Option<u8> {
        self.c_string()?;
        for _ in 0..2 {
            self.octets(2)?;
            self.c_string()?;
        }
        self.octet()
    }

    fn number(&mut self) -> Option<u16> {
        self.octets(2).map(|octets| u16::from_be_bytes([octets[0], octets[1]]))
    }
}

/// The optional parameters that a receipt may have (SMPP 3.4, 5.3.2).
#[derive(Default)]
pub(crate) struct Tlvs {
    /// `receipted_message_id`.
    pub(crate) message_id: Option<String>,
    /// `message_state`.
    pub(crate) state: Option<u8>,
    /// `message_payload`.
    pub(crate) payload: Option<Vec<u8>>,
}

const RECEIPTED_MESSAGE_ID: u16 = 0x001e;
const MESSAGE_PAYLOAD: u16 = 0x0424;
const MESSAGE_STATE: u16 = 0x0427;

impl Tlvs {
    /// Reads them to the end, or up to one that is longer than what is there.
    pub(crate) fn read(mut rest: Reader<'_>) -> Self {
        let mut tlvs = Self::default();
        while let Some((tag, value)) = next(&mut rest) {
            match tag {
                RECEIPTED_MESSAGE_ID => tlvs.message_id = text(value),
                MESSAGE_PAYLOAD => tlvs.payload = Some(value.to_vec()),
                MESSAGE_STATE => tlvs.state = value.first().copied(),
                _ => {}
            }
        }
        tlvs
    }
}

fn next<'a>(rest: &mut Reader<'a>) -> Option<(u16, &'a [u8])> {
    let (tag, length) = (rest.number()?, rest.number()?);
    Some((tag, rest.octets(length.into())?))
}

/// A text that should end in a zero, and with some SMSCs does not; `None` for an empty one.
fn text(value: &[u8]) -> Option<String> {
    let text = value.split(|octet| *octet == 0).next()?;
    (!text.is_empty()).then(|| String::from_utf8_lossy(text).into_owned())
}
