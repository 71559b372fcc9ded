//! One session: what both sides say from the bind on until it ends.

mod bind;
mod deliveries;
mod frame;
mod pending;

use std::convert::Infallible;
use std::io::ErrorKind::{InvalidData, InvalidInput};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadHalf, WriteHalf, split};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec};

use crate::outcome::{Outcome, named};
pub(crate) use bind::Credentials;
pub(crate) use deliveries::Deliveries;
use frame::Frame;
use pending::Pending;
pub(crate) use pending::{Job, Told};

/// How long the answer to an `unbind` is waited for.
const GOODBYE: Duration = Duration::from_secs(1);

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum End {
    /// No connection.
    #[error("it can't be reached: {0}")]
    Unreachable(String),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The other side closed the connection.
    #[error("it closed the connection")]
    Closed,
    /// The other side ended the session.
    #[error("it ended the session by `unbind`")]
    Unbound,
    /// The bind was refused.
    #[error("it refuses the bind: {}", named(*.0))]
    Refused(CommandStatus),
    /// It takes this side for one that has not bound.
    #[error("it says that nobody has bound")]
    Forgotten,
    /// There was no answer to a bind or an `enquire_link`, or nothing more could be written.
    #[error("{0}")]
    Silent(&'static str),
    /// What came is not SMPP.
    #[error("it sent something that is not SMPP")]
    Garbage,
    /// The session was ended here.
    #[error("it was stopped")]
    Stopped,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For an answer to what was asked once it has bound.
    pub(crate) answer: Duration,
    /// Without a word, until the other side is asked whether it is there.
    pub(crate) silence: Duration,
}

/// A session over a connection.
pub(crate) struct Session<S> {
    reader: FramedRead<ReadHalf<S>, LengthDelimitedCodec>,
    writer: FramedWrite<WriteHalf<S>, CommandCodec>,
    patience: Patience,
    /// The `sequence_number` that was used last.
    sequence: u32,
    pending: Pending,
    /// When something came last.
    heard: Instant,
    /// Until when something has to come since an `enquire_link` was sent; `None` where it did.
    enquiry: Option<Instant>,
}

/// What may happen next.
enum Event {
    Stop,
    Frame(Frame),
    Job(Job),
    Kept(Command),
    Due,
}

impl<S: AsyncRead + AsyncWrite> Session<S> {
    fn new(stream: S, patience: Patience) -> Self {
        let (reader, writer) = split(stream);
        Self {
            reader: FramedRead::new(reader, frame::codec()),
            writer: FramedWrite::new(writer, CommandCodec::new()),
            patience,
            sequence: 0,
            pending: Pending::default(),
            heard: Instant::now(),
            enquiry: None,
        }
    }

    /// Sends what `jobs` has and takes what comes, until the session ends. What is under way then may have been taken: whoever
    /// waits for it sees that nobody answers. What is still in `jobs` was not sent.
    pub(crate) async fn run(
        mut self,
        jobs: mpsc::Receiver<Job>,
        deliveries: Deliveries,
        stop: &mut watch::Receiver<bool>,
    ) -> End {
        let mut jobs = jobs;
        let end = match self.serve(&mut jobs, deliveries, stop).await {
            Err(end) => end,
            Ok(never) => match never {},
        };
        jobs.close();
        while let Ok(job) = jobs.try_recv() {
            job.tell(Outcome::NotSent);
        }
        end
    }

    async fn serve(
        &mut self,
        jobs: &mut mpsc::Receiver<Job>,
        mut deliveries: Deliveries,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Infallible, End> {
        let mut is_stopping = false;
        loop {
            if is_stopping && self.pending.is_empty() {
                self.unbind().await?;
                return Err(End::Stopped);
            }
            let due = self.due();
            let event = tokio::select! {
                // What was said is heard before more is sent.
                biased;
                _ = stop.wait_for(|stop| *stop), if !is_stopping => Event::Stop,
                () = sleep_until(due) => Event::Due,
                frame = read(&mut self.reader) => Event::Frame(frame?),
                Some(kept) = deliveries.next() => Event::Kept(kept),
                Some(job) = jobs.recv(), if !is_stopping => Event::Job(job),
            };
            match event {
                Event::Stop => is_stopping = true,
                Event::Frame(frame) => self.take(&frame, &mut deliveries).await?,
                Event::Job(job) => self.submit(job).await?,
                Event::Kept(answer) => self.write(answer).await?,
                Event::Due => self.look_around().await?,
            }
        }
    }

    /// When to look around next.
    fn due(&self) -> Instant {
        let enquire = self.enquiry.unwrap_or(self.heard + self.patience.silence);
        self.pending.due().map_or(enquire, |due| due.min(enquire))
    }

    /// Gives up what nobody has answered, and asks whether the other side is there when that makes one doubt it, or after a silence.
    async fn look_around(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let is_doubtful = self.pending.give_up(now);
        match self.enquiry {
            Some(until) if until <= now => Err(End::Silent("it does not answer an `enquire_link`")),
            None if is_doubtful || self.heard + self.patience.silence <= now => {
                self.enquiry = Some(now + self.patience.answer);
                let sequence = self.next_sequence();
                self.write(Command::new(CommandStatus::EsmeRok, sequence, Pdu::EnquireLink)).await
            }
            _ => Ok(()),
        }
    }

    /// Sends a message, unless nobody waits for it any more.
    async fn submit(&mut self, job: Job) -> Result<(), End> {
        if job.is_abandoned() {
            return Ok(());
        }
        let sequence = self.next_sequence();
        let submit = self.pending.put(sequence, job, Instant::now() + self.patience.answer);
        self.write(Command::new(CommandStatus::EsmeRok, sequence, submit)).await
    }

    async fn take(&mut self, frame: &Frame, deliveries: &mut Deliveries) -> Result<(), End> {
        self.heard = Instant::now();
        self.enquiry = None;
        let Frame { sequence, status, .. } = *frame;
        #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is not for this side to be asked")]
        match frame.id {
            CommandId::SubmitSmResp | CommandId::GenericNack => self.settle(frame)?,
            CommandId::EnquireLink => self.answer(sequence, Pdu::EnquireLinkResp).await?,
            CommandId::DeliverSm | CommandId::DataSm => {
                if let Some(answer) = deliveries.take(frame) {
                    self.write(answer).await?;
                }
            }
            CommandId::Unbind => {
                self.answer(sequence, Pdu::UnbindResp).await?;
                return Err(End::Unbound);
            }
            CommandId::EnquireLinkResp | CommandId::AlertNotification | CommandId::Outbind => {}
            id if id.is_response() => {
                tracing::debug!("an answer to nothing that was asked: {id:?}, {}", named(status));
            }
            _ => {
                let refusal = Command::new(CommandStatus::EsmeRinvcmdid, sequence, Pdu::GenericNack);
                self.write(refusal).await?;
            }
        }
        Ok(())
    }

    /// Tells whoever waits for the answer to a message.
    fn settle(&mut self, frame: &Frame) -> Result<(), End> {
        let is_nack = frame.id == CommandId::GenericNack;
        // A `generic_nack` was not understood, whatever its status (SMPP 3.4, 4.3).
        let outcome = if frame.status == CommandStatus::EsmeRok && !is_nack {
            Outcome::Taken(frame.message_id())
        } else {
            Outcome::Refused(frame.status)
        };
        if !self.pending.settle(frame.sequence, outcome) {
            tracing::debug!("an answer to no message that is under way: {}", named(frame.status));
        }
        if frame.status == CommandStatus::EsmeRinvbndsts { Err(End::Forgotten) } else { Ok(()) }
    }

    async fn answer(&mut self, sequence: u32, pdu: Pdu) -> Result<(), End> {
        self.write(Command::new(CommandStatus::EsmeRok, sequence, pdu)).await
    }

    async fn write(&mut self, command: Command) -> Result<(), End> {
        match timeout(self.patience.answer, self.writer.send(command)).await {
            Err(_) => Err(End::Silent("it does not read what is sent to it")),
            Ok(Err(error)) => Err(End::Broken(error.to_string())),
            Ok(Ok(())) => Ok(()),
        }
    }

    /// Says goodbye, and waits a moment for the answer.
    pub(crate) async fn unbind(&mut self) -> Result<(), End> {
        let sequence = self.next_sequence();
        self.write(Command::new(CommandStatus::EsmeRok, sequence, Pdu::Unbind)).await?;
        let answered = async {
            while read(&mut self.reader).await?.id != CommandId::UnbindResp {}
            Ok(())
        };
        timeout(GOODBYE, answered).await.unwrap_or(Ok(()))
    }

    /// From 1 to 0x7fffffff, and from 1 again (SMPP 3.4, 5.1.4), without those that are under way.
    fn next_sequence(&mut self) -> u32 {
        const LAST: u32 = 0x7fff_ffff;
        loop {
            self.sequence = self.sequence % LAST + 1;
            if !self.pending.has(self.sequence) {
                return self.sequence;
            }
        }
    }
}

/// The next PDU.
async fn read<R: AsyncRead + Unpin>(reader: &mut FramedRead<R, LengthDelimitedCodec>) -> Result<Frame, End> {
    match reader.next().await {
        None => Err(End::Closed),
        Some(Ok(octets)) => Frame::of(&octets).ok_or(End::Garbage),
        // The codec calls a length that can't be right so.
        Some(Err(error)) if matches!(error.kind(), InvalidData | InvalidInput) => Err(End::Garbage),
        Some(Err(error)) => Err(End::Broken(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
