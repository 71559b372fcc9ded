use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

/// An SMSC, octet by octet.
pub(crate) struct Peer(pub(crate) DuplexStream);

/// A PDU as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pdu {
    pub(crate) id: u32,
    pub(crate) status: u32,
    pub(crate) sequence: u32,
    pub(crate) body: Vec<u8>,
}

impl Pdu {
    pub(crate) const SUBMIT_SM: u32 = 0x04;
    pub(crate) const DELIVER_SM: u32 = 0x05;
    pub(crate) const UNBIND: u32 = 0x06;
    pub(crate) const BIND_TRANSCEIVER: u32 = 0x09;
    pub(crate) const ENQUIRE_LINK: u32 = 0x15;
    pub(crate) const DATA_SM: u32 = 0x103;
    pub(crate) const GENERIC_NACK: u32 = 0x8000_0000;
    pub(crate) const ANSWER: u32 = 0x8000_0000;

    pub(crate) fn request(id: u32, sequence: u32, body: &[u8]) -> Self {
        Self { id, status: 0, sequence, body: body.to_vec() }
    }

    pub(crate) fn answer(request: &Self, status: u32, body: &[u8]) -> Self {
        Self { id: request.id | Self::ANSWER, status, sequence: request.sequence, body: body.to_vec() }
    }
}

impl Peer {
    /// The next PDU, which has to come.
    pub(crate) async fn read(&mut self) -> Pdu {
        let length = self.0.read_u32().await.expect("a PDU comes");
        let (id, status) = (self.0.read_u32().await.unwrap(), self.0.read_u32().await.unwrap());
        let sequence = self.0.read_u32().await.unwrap();
        let mut body = vec![0; usize::try_from(length).unwrap() - 16];
        self.0.read_exact(&mut body).await.unwrap();
        Pdu { id, status, sequence, body }
    }

    /// The next PDU, which has to be a message.
    pub(crate) async fn submit(&mut self) -> Pdu {
        let pdu = self.read().await;
        assert_eq!(pdu.id, Pdu::SUBMIT_SM);
        pdu
    }

    pub(crate) async fn write(&mut self, pdu: Pdu) {
        let length = u32::try_from(16 + pdu.body.len()).unwrap();
        let numbers = [length, pdu.id, pdu.status, pdu.sequence].map(u32::to_be_bytes).concat();
        self.raw(&[numbers, pdu.body].concat()).await;
    }

    /// Takes a message.
    pub(crate) async fn accept(&mut self, submit: &Pdu, id: &str) {
        self.write(Pdu::answer(submit, 0, format!("{id}\0").as_bytes())).await;
    }

    pub(crate) async fn raw(&mut self, octets: &[u8]) {
        self.0.write_all(octets).await.expect("it reads");
    }
}
