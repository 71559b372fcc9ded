//! Short rounds, turn by turn, so that whatever else this machine does meets all servers alike.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{Error, Result};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use hdrhistogram::Histogram;

use super::operation::{Operation, codes, is_verified, message_id};
use super::pgbench::PgBench;
use crate::http::Connection;
use crate::requests::{Numbered, SMS_VERIFY, post, sms_verify};
use crate::server::Server;

/// How rounds are run.
pub(crate) struct Rounds {
    /// How many.
    pub(crate) count: usize,
    /// How long one is.
    pub(crate) length: Duration,
    /// Connections, each with one request at a time.
    pub(crate) connections: usize,
    /// Users who take turns.
    pub(crate) users: usize,
}

/// What all rounds of a server came to.
pub(crate) struct Measured {
    pub(crate) operation: &'static str,
    pub(crate) server: &'static str,
    /// Requests per second in each round.
    pub(crate) rates: Vec<f64>,
    /// Of single requests, in microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// The server's processor time per request.
    pub(crate) cpu: Duration,
}

/// What connections share while a round runs. Each of them asks for a few users in turn.
struct Load<'a> {
    operation: Operation,
    length: Duration,
    users: usize,
    latencies: &'a RefCell<&'a mut Histogram<u64>>,
    numbers: &'a Cell<usize>,
}

impl Measured {
    fn new(operation: Operation, server: &'static str) -> Result<Self> {
        let latencies = Histogram::new(3).map_err(Error::other)?;
        Ok(Self { operation: operation.name(), server, rates: Vec::new(), latencies, cpu: Duration::ZERO })
    }
}

impl Rounds {
    /// Lets servers answer in turn.
    pub(crate) async fn measure(
        &self,
        operation: Operation,
        servers: &[(&'static str, &Server)],
    ) -> Result<Vec<Measured>> {
        self.measure_beside(operation, servers, None).await
    }

    /// The same, and a program that works without any of them.
    pub(crate) async fn measure_beside(
        &self,
        operation: Operation,
        servers: &[(&'static str, &Server)],
        program: Option<&PgBench<'_>>,
    ) -> Result<Vec<Measured>> {
        let names = servers.iter().map(|(name, _)| *name).chain(program.map(|_| PgBench::NAME));
        let names: Vec<_> = names.collect();
        // No operation is asked for twice.
        let numbers = Cell::new(1);
        let turn = async |index: usize, into: &mut Measured| match (servers.get(index), program) {
            (Some(server), _) => self.round(operation, *server, into, &numbers).await,
            (None, Some(program)) => program.round(into),
            (None, None) => Ok(()),
        };
        self.in_turn(operation, &names, turn).await
    }

    /// Lets those with these names have their turns, whatever they are. The first round warms them up and does not count.
    pub(crate) async fn in_turn(
        &self,
        operation: Operation,
        names: &[&'static str],
        turn: impl AsyncFn(usize, &mut Measured) -> Result<()>,
    ) -> Result<Vec<Measured>> {
        let measured = names.iter().map(|name| Measured::new(operation, name));
        let mut measured: Vec<Measured> = measured.collect::<Result<_>>()?;
        for number in 0..=self.count {
            eprintln!("{}: round {number} of {}", operation.name(), self.count);
            for place in 0..names.len() {
                let index = (place + number) % names.len();
                let mut discarded = Measured::new(operation, "")?;
                turn(index, if number == 0 { &mut discarded } else { &mut measured[index] }).await?;
            }
        }
        for measured in &mut measured {
            measured.cpu /= u32::try_from(measured.latencies.len()).map_err(Error::other)?.max(1);
        }
        Ok(measured)
    }

    /// A server's turn.
    pub(crate) async fn round(
        &self,
        operation: Operation,
        (name, server): (&str, &Server),
        into: &mut Measured,
        numbers: &Cell<usize>,
    ) -> Result<()> {
        server.empty_log()?;
        let connections = (0..self.connections).map(|_| Connection::open(server.address()));
        let connections = try_join_all(connections).await?;
        let (before, cpu) = (into.latencies.len(), server.cpu()?);
        let latencies = RefCell::new(&mut into.latencies);
        let load = Load { operation, length: self.length, users: self.users, latencies: &latencies, numbers };
        let took = if operation.has_answers() {
            let mut inbox = Connection::open(server.address()).await?;
            load.in_batches(connections, (name != "bare").then_some(&mut inbox)).await?
        } else {
            load.without_pause(connections).await?
        };
        let answered = u32::try_from(into.latencies.len() - before).map_err(Error::other)?;
        into.rates.push(f64::from(answered) / took.as_secs_f64());
        into.cpu += server.cpu()?.saturating_sub(cpu);
        Ok(())
    }
}

impl Load<'_> {
    /// Each connection sends its next request when it has the answer to the last one.
    async fn without_pause(&self, connections: Vec<Connection>) -> Result<Duration> {
        let started = Instant::now();
        let work = connections.into_iter().enumerate().map(async |(index, mut connection)| {
            let mut requests = self.requests(index);
            while started.elapsed() < self.length {
                let number = self.next();
                let turn = number % requests.len();
                let body = self.send(&mut connection, requests[turn].about(number)).await?;
                self.operation.check(body)?;
            }
            Ok::<_, Error>(())
        });
        try_join_all(work).await?;
        Ok(started.elapsed())
    }

    /// One code for each connection, then the codes from the inbox, where there is one, then the answers to all of them. What
    /// it takes to look into the inbox does not count: it is the user who does that. Nor does asking for codes where it is
    /// the answers that are measured.
    async fn in_batches(
        &self,
        mut connections: Vec<Connection>,
        mut inbox: Option<&mut Connection>,
    ) -> Result<Duration> {
        let mut took = Duration::ZERO;
        let mut requests: Vec<_> = (0..connections.len()).map(|index| self.requests(index)).collect();
        while took < self.length {
            let started = Instant::now();
            let messages = self.ask_for_codes(&mut connections, &mut requests).await?;
            if self.operation == Operation::SmsCreateThenVerify {
                took += started.elapsed();
            }
            let codes: HashMap<String, String> = match &mut inbox {
                Some(inbox) => codes(inbox).await?.into_iter().collect(),
                None => HashMap::new(),
            };
            let verification = |(number, message): &(usize, String)| {
                let code = codes.get(message).map_or("00000000", String::as_str);
                post(SMS_VERIFY, &sms_verify(message, code, *number))
            };
            let verifications: Vec<_> = messages.iter().map(verification).collect();
            let started = Instant::now();
            self.answer_codes(&mut connections, &verifications, codes.is_empty()).await?;
            took += started.elapsed();
        }
        Ok(took)
    }

    /// The numbers of operations, and the messages that have their codes.
    async fn ask_for_codes(
        &self,
        connections: &mut [Connection],
        requests: &mut [Vec<Numbered>],
    ) -> Result<Vec<(usize, String)>> {
        let work = connections.iter_mut().zip(requests).map(async |(connection, requests)| {
            let number = self.next();
            let turn = number % requests.len();
            let request = requests[turn].about(number);
            let body = if self.operation == Operation::SmsVerify {
                connection.expect_ok(request).await?
            } else {
                self.send(connection, request).await?
            };
            Ok::<_, Error>((number, message_id(body)?.to_owned()))
        });
        try_join_all(work).await
    }

    async fn answer_codes(
        &self,
        connections: &mut [Connection],
        verifications: &[Vec<u8>],
        are_unknown: bool,
    ) -> Result<()> {
        let work = connections.iter_mut().zip(verifications).map(async |(connection, request)| {
            let body = self.send(connection, request).await?;
            if is_verified(body) || are_unknown {
                Ok(())
            } else {
                Err(Error::other("a right code is refused"))
            }
        });
        try_join_all(work).await.map(drop)
    }

    async fn send<'a>(&self, connection: &'a mut Connection, request: &[u8]) -> Result<&'a [u8]> {
        let started = Instant::now();
        let body = connection.expect_ok(request).await?;
        let micros = u64::try_from(started.elapsed().as_micros()).map_err(Error::other)?;
        self.latencies.borrow_mut().record(micros).map_err(Error::other)?;
        Ok(body)
    }

    /// The requests of a few users, others for each connection.
    fn requests(&self, connection: usize) -> Vec<Numbered> {
        (0..8).map(|turn| self.operation.request((connection * 8 + turn) % self.users)).collect()
    }

    /// The number of the next operation. Neighbours are far apart, as the random ids of Web Flow are: a store has to find a
    /// place for each.
    fn next(&self) -> usize {
        /// As many as there are with ten digits.
        const NUMBERS: usize = 10_000_000_000;
        /// It has no divisor in common with them, so that no number comes twice.
        const STRIDE: usize = 6_180_339_887;
        self.numbers.replace(self.numbers.get() + 1) * STRIDE % NUMBERS
    }
}
