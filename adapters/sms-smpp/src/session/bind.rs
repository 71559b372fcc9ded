use rusmpp::pdus::BindTransceiver;
use rusmpp::types::COctetString;
use rusmpp::values::InterfaceVersion;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{End, Patience, Session, read};
use crate::settings::{SmppSettings, SmppSettingsError};

/// Who binds.
pub(crate) struct Credentials {
    system_id: COctetString<1, 16>,
    password: COctetString<1, 9>,
    system_type: COctetString<1, 13>,
}

impl Credentials {
    pub(crate) fn new(settings: &SmppSettings) -> Result<Self, SmppSettingsError> {
        if settings.system_id.is_empty() {
            return Err(SmppSettingsError::new("system_id", "is missing"));
        }
        Ok(Self {
            system_id: string("system_id", &settings.system_id, 15)?,
            password: string("password", settings.password(), 8)?,
            system_type: string("system_type", &settings.system_type, 12)?,
        })
    }

    fn pdu(&self) -> BindTransceiver {
        BindTransceiver::builder()
            .system_id(self.system_id.clone())
            .password(self.password.clone())
            .system_type(self.system_type.clone())
            .interface_version(InterfaceVersion::Smpp3_4)
            .build()
    }
}

/// A setting that has to fit into a field.
fn string<const MAX: usize>(
    key: &'static str,
    text: &str,
    longest: usize,
) -> Result<COctetString<1, MAX>, SmppSettingsError> {
    COctetString::from_string(text.to_owned()).map_err(|_| {
        SmppSettingsError::new(key, format!("has to be at most {longest} characters of ASCII, by SMPP 3.4"))
    })
}

impl<S: AsyncRead + AsyncWrite> Session<S> {
    /// Binds as a transceiver over a new connection. How long the answer may take is up to the caller.
    pub(crate) async fn bind(stream: S, credentials: &Credentials, patience: Patience) -> Result<Self, End> {
        let mut session = Self::new(stream, patience);
        let sequence = session.next_sequence();
        session.write(Command::new(CommandStatus::EsmeRok, sequence, credentials.pdu())).await?;
        session.bound(sequence).await?;
        Ok(session)
    }

    async fn bound(&mut self, sequence: u32) -> Result<(), End> {
        loop {
            let frame = read(&mut self.reader).await?;
            match (frame.id, frame.status) {
                (CommandId::BindTransceiverResp, CommandStatus::EsmeRok) if frame.sequence == sequence => {
                    return Ok(());
                }
                (CommandId::BindTransceiverResp | CommandId::GenericNack, status) => {
                    return Err(End::Refused(status));
                }
                (CommandId::EnquireLink, _) => self.answer(frame.sequence, Pdu::EnquireLinkResp).await?,
                (CommandId::Unbind, _) => return Err(End::Unbound),
                // Nothing else is of use before the bind.
                _ => {}
            }
        }
    }
}
