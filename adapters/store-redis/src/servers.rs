//! Calls of scripts: where they go, how long they may take, and what becomes of one that a server does not take.

use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::AdapterError;
use redis::{
    Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, ServerErrorKind, Value, cmd, from_redis_value, pipe,
};
use tokio::time::{Instant, sleep, timeout_at};

use crate::link::{Node, told};
use crate::place::Place;
use crate::pools::{Lent, NoLink, Pools};
use crate::remote;
use crate::scripts::Script;
use crate::topology::{Map, Topology};

/// The servers, with all that is known of them.
pub(crate) struct Servers {
    topology: Arc<Topology>,
    pools: Pools,
    /// How many replicas have to have a change before it is answered.
    replicas: u32,
    /// How long a call may take.
    pub(crate) longest: Duration,
}

/// Why a call came to nothing.
enum Trouble {
    /// It was not taken, and nothing changed. It may be made again.
    NotTaken(String),
    /// The server does not know the script.
    UnknownScript,
    /// The keys are moving, and are at another server already.
    Ask(Node),
    /// It can't be made.
    Refused(String),
    /// Nobody knows whether it was taken.
    Lost(String),
    /// It was taken, and too few replicas have it.
    Unsafe(u32),
}

impl From<NoLink> for Trouble {
    fn from(why: NoLink) -> Self {
        match why {
            NoLink::Unreachable(why) => Self::NotTaken(why),
            NoLink::Busy(why) => Self::Refused(why),
            NoLink::Closed => Self::Refused("it was closed".to_owned()),
        }
    }
}

/// What is asked of a server, and how.
struct Call<'a> {
    script: &'a Script,
    keys: &'a [String],
    arguments: &'a [Vec<u8>],
    deadline: Instant,
}

impl Servers {
    pub(crate) fn new(topology: Topology, replicas: u32, pool_size: usize, longest: Duration) -> Self {
        let topology = Arc::new(topology);
        Self { pools: Pools::new(Arc::clone(&topology), pool_size), topology, replicas, longest }
    }

    /// When a call that begins now has to be answered.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.longest
    }

    /// Runs a script where its keys are. What it changed is at as many replicas as is demanded when this returns.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        place: &Place,
        script: &Script,
        keys: &[String],
        arguments: &[Vec<u8>],
        deadline: Instant,
    ) -> Result<T, AdapterError> {
        let call = Call { script, keys, arguments, deadline };
        let value = Box::pin(self.answered(place, &call)).await?;
        from_redis_value(value).map_err(|error| remote(&error))
    }

    async fn answered(&self, place: &Place, call: &Call<'_>) -> Result<Value, AdapterError> {
        const PAUSE: Duration = Duration::from_millis(25);
        let (mut elsewhere, mut is_known) = (None, true);
        loop {
            let trouble = match timeout_at(call.deadline, self.topology.map()).await {
                Err(_) => return Err(remote(&"no server of it answers in time")),
                Ok(Err(why)) => Trouble::NotTaken(why),
                Ok(Ok(map)) => match self.tried(&map, place, call, elsewhere.take(), is_known).await {
                    Ok(value) => return Ok(value),
                    Err(trouble) => trouble,
                },
            };
            match trouble {
                Trouble::UnknownScript if is_known => is_known = false,
                Trouble::UnknownScript => return Err(remote(&"it forgets scripts")),
                Trouble::Ask(node) => elsewhere = Some(node),
                Trouble::Refused(why) => return Err(remote(&why)),
                Trouble::Unsafe(acknowledged) => return Err(self.too_few(call, acknowledged)),
                Trouble::Lost(why) if call.script.changes => {
                    return Err(remote(&format!("it is not known whether a change was kept: {why}")));
                }
                Trouble::NotTaken(why) | Trouble::Lost(why) => {
                    if Instant::now() + PAUSE >= call.deadline {
                        return Err(remote(&why));
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }

    fn too_few(&self, call: &Call<'_>, acknowledged: u32) -> AdapterError {
        let what =
            if call.script.changes { "a change may have been kept" } else { "an answer may be an old one" };
        remote(&format!("{what}, and only {acknowledged} of {} replicas have it", self.replicas))
    }

    async fn tried(
        &self,
        map: &Arc<Map>,
        place: &Place,
        call: &Call<'_>,
        elsewhere: Option<Node>,
        is_known: bool,
    ) -> Result<Value, Trouble> {
        let is_asked = elsewhere.is_some();
        let Some(node) = elsewhere.or_else(|| map.primary(place.slot()).cloned()) else {
            self.topology.is_outdated(map);
            return Err(Trouble::NotTaken("no server has the keys".to_owned()));
        };
        let answer = match self.pools.take(&node, call.deadline).await {
            Ok(mut link) => self.evaluated(&node, &mut link, call, is_asked, is_known).await,
            Err(why) => Err(why.into()),
        };
        if let Err(trouble) = &answer {
            self.learn(map, &node, trouble);
        }
        answer
    }

    /// What trouble at a server says of all: it is looked for anew, and connections to one that was lost are not used again.
    fn learn(&self, map: &Arc<Map>, node: &Node, trouble: &Trouble) {
        match trouble {
            Trouble::Lost(_) | Trouble::NotTaken(_) => {
                self.topology.is_outdated(map);
                self.pools.forget(node);
            }
            Trouble::UnknownScript | Trouble::Ask(_) | Trouble::Refused(_) | Trouble::Unsafe(_) => {}
        }
    }

    async fn evaluated(
        &self,
        node: &Node,
        link: &mut Lent,
        call: &Call<'_>,
        is_asked: bool,
        is_known: bool,
    ) -> Result<Value, Trouble> {
        let left = call.deadline.saturating_duration_since(Instant::now());
        let mut commands = pipe();
        if is_asked {
            commands.add_command(cmd("ASKING"));
        }
        commands.add_command(evaluation(call, is_known));
        if self.replicas > 0 {
            // The server has to give up first, or nobody knows what it waited for. Zero would be without end.
            let patience = (left * 3 / 4).as_millis().max(1);
            commands.add_command(cmd("WAIT").arg(self.replicas).arg(patience.to_string()).clone());
        }
        let answers = self.all(node, link, &commands, call.deadline).await?;
        let mut answers = answers.into_iter().skip(usize::from(is_asked));
        let value = answers.next().ok_or_else(|| Trouble::Lost(format!("{node}: it answers nothing")))?;
        let value = value.extract_error().map_err(|error| refused(node, &error))?;
        let acknowledged = answers.next().map_or(Ok(self.replicas), |answer| {
            answer.extract_error().and_then(|answer| from_redis_value(answer).map_err(Into::into))
        });
        let acknowledged =
            acknowledged.map_err(|error| Trouble::Lost(format!("{node}: {}", told(&error))))?;
        if acknowledged < self.replicas { Err(Trouble::Unsafe(acknowledged)) } else { Ok(value) }
    }

    async fn all(
        &self,
        node: &Node,
        link: &mut Lent,
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<Vec<Value>, Trouble> {
        match timeout_at(deadline, link.ask_all(commands)).await {
            Err(_) => Err(Trouble::Lost(format!("{node}: it does not answer in time"))),
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(error)) => Err(refused(node, &error)),
        }
    }

    /// What every primary answers to a few commands that only ask.
    pub(crate) async fn each<T: FromRedisValue>(
        &self,
        commands: impl Fn() -> Pipeline,
        deadline: Instant,
    ) -> Result<Vec<(Node, Vec<T>)>, AdapterError> {
        let mut answers = Vec::new();
        for node in self.primaries(deadline).await? {
            let answer = self.at(&node, &commands(), deadline).await?;
            answers.push((node, answer));
        }
        Ok(answers)
    }

    /// Every primary.
    pub(crate) async fn primaries(&self, deadline: Instant) -> Result<Vec<Node>, AdapterError> {
        self.map(deadline).await.map(|map| map.primaries())
    }

    /// Which primary has which slots.
    pub(crate) async fn map(&self, deadline: Instant) -> Result<Arc<Map>, AdapterError> {
        let map = timeout_at(deadline, self.topology.map()).await;
        map.map_err(|_| remote(&"no server of it answers in time"))?.map_err(|why| remote(&why))
    }

    /// What one primary answers to commands that only ask.
    pub(crate) async fn at<T: FromRedisValue>(
        &self,
        node: &Node,
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<Vec<T>, AdapterError> {
        let map = self.map(deadline).await?;
        let answers = match self.pools.take(node, deadline).await {
            Ok(mut link) => self.all(node, &mut link, commands, deadline).await,
            Err(why) => Err(why.into()),
        };
        let answers = answers.map_err(|trouble| {
            self.learn(&map, node, &trouble);
            match trouble {
                Trouble::NotTaken(why) | Trouble::Refused(why) | Trouble::Lost(why) => remote(&why),
                Trouble::UnknownScript | Trouble::Ask(_) | Trouble::Unsafe(_) => {
                    remote(&"its keys are moving")
                }
            }
        })?;
        let read = |answer: Value| {
            let answer =
                answer.extract_error().map_err(|error| remote(&format!("{node}: {}", told(&error))))?;
            from_redis_value(answer).map_err(|error| remote(&error))
        };
        answers.into_iter().map(read).collect()
    }

    /// Takes no calls any more.
    pub(crate) async fn close(&self) {
        self.pools.close(self.longest).await;
    }
}

fn evaluation(call: &Call<'_>, is_known: bool) -> Cmd {
    let mut command = if is_known { cmd("EVALSHA") } else { cmd("EVAL") };
    command.arg(if is_known { call.script.hash.as_str() } else { call.script.source });
    command.arg(call.keys.len()).arg(call.keys).arg(call.arguments);
    command
}

/// What it means that a server did not take a call.
fn refused(node: &Node, error: &RedisError) -> Trouble {
    let why = format!("{node}: {}", told(error));
    let ErrorKind::Server(kind) = error.kind() else {
        // Errors with codes that the library does not know come from the server as well, which has done nothing then.
        return match error.code() {
            Some("NOREPLICAS" | "BUSY" | "UNBLOCKED") => Trouble::NotTaken(why),
            Some(_) => Trouble::Refused(why),
            None => Trouble::Lost(why),
        };
    };
    let is_for_later = matches!(
        kind,
        ServerErrorKind::Moved
            | ServerErrorKind::Ask
            | ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown
            | ServerErrorKind::ReadOnly
            | ServerErrorKind::BusyLoading
    );
    let asked = error.redirect_node().filter(|_| kind == ServerErrorKind::Ask);
    match asked.and_then(|(node, _)| Node::parse(node, 0)) {
        Some(node) => Trouble::Ask(node),
        None if kind == ServerErrorKind::NoScript => Trouble::UnknownScript,
        None if is_for_later => Trouble::NotTaken(why),
        None => Trouble::Refused(why),
    }
}
