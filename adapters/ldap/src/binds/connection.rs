use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::channel::Channel;
use super::message::{self, Answer, BIND_RESPONSE};
use crate::connection::{BindAnswer, Connection, Connector, in_time};
use crate::failure::Failure;

/// A connection to one server that can do nothing but bind, one bind after the other. When it is dropped it says goodbye;
/// but if an answer is missing on it, it just ends.
pub(super) struct BindConnection {
    channel: Channel,
    bind_timeout: Duration,
    pub(super) server: usize,
    pub(super) epoch: u64,
    /// The thread that it was opened by, which learns first when something comes, if it is one that answers by itself.
    pub(super) home: ThreadId,
    opened: Instant,
    /// When the last answer came on it.
    answered: Instant,
    /// Whether it was used for somebody else before. Whatever is between may have dropped it since, without a word.
    pub(super) is_kept: bool,
    /// Whether an answer is missing on it, perhaps since whoever waited for it gave up.
    is_busy: bool,
}

impl BindConnection {
    /// A connection to one server, on which nobody is bound.
    pub(super) async fn open(connector: &Connector, server: usize) -> Result<Self, Failure> {
        let epoch = connector.servers.epoch(server);
        let open = Channel::open(connector, connector.servers.url(server));
        let channel = connector.in_time_to_connect(open).await?;
        let now = Instant::now();
        Ok(Self {
            channel,
            bind_timeout: connector.bind_timeout,
            server,
            epoch,
            home: thread::current().id(),
            opened: now,
            answered: now,
            is_kept: false,
            is_busy: false,
        })
    }

    /// What the server says to a bind as `dn`, and what its password policy makes of it.
    pub(super) async fn bind(&mut self, dn: &str, password: &SecretString) -> Result<BindAnswer, Failure> {
        let answer = self.exchange(|id| message::bind(id, dn, password)).await?;
        BindAnswer::new(answer.code, &answer.controls, &answer.text)
    }

    /// Takes whatever rights the connection has away from it. What the server says to it is a result code.
    pub(super) async fn bind_as_nobody(&mut self) -> Result<u32, Failure> {
        Ok(self.exchange(message::bind_as_nobody).await?.code)
    }

    async fn exchange(&mut self, request: impl FnOnce(u32) -> Vec<u8>) -> Result<Answer, Failure> {
        self.is_busy = true;
        let exchange = self.channel.exchange(request, BIND_RESPONSE);
        let answer = in_time("bind", self.bind_timeout, exchange).await?;
        self.is_busy = false;
        self.answered = Instant::now();
        Ok(answer)
    }

    /// Whether it is young enough, and was in use up to `longest_idle` ago.
    pub(super) fn is_fresh(&self, longest_idle: Duration) -> bool {
        self.opened.elapsed() < Connection::MAX_AGE && self.answered.elapsed() < longest_idle
    }

    /// Whether a request can be written: the other side has said nothing since the last answer, so that it has not ended it
    /// either, and neither has the thread that looks after it.
    pub(super) fn is_usable(&self) -> bool {
        self.channel.is_quiet() && self.channel.is_looked_after()
    }
}

impl Drop for BindConnection {
    fn drop(&mut self) {
        if !self.is_busy {
            self.channel.close();
        }
    }
}
