//! Which server has which keys, as far as it is known: asked for when it is needed, and anew once it turned out to be wrong.

use std::sync::{Arc, Mutex, PoisonError};

use redis::{Value, cmd, from_redis_value};

use crate::address::Arrangement;
use crate::link::{Access, Link, Node, told};
use crate::settings::Plan;

/// Slots that one primary has, from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Range {
    first: u16,
    last: u16,
    primary: Node,
}

/// Which primary has which slots.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Map(Vec<Range>);

impl Map {
    fn of_one(primary: Node) -> Self {
        Self(vec![Range { first: 0, last: u16::MAX, primary }])
    }

    /// The primary of a slot; `None` where none is known.
    pub(crate) fn primary(&self, slot: u16) -> Option<&Node> {
        let range = self.0.iter().find(|range| (range.first..=range.last).contains(&slot));
        range.map(|range| &range.primary)
    }

    /// Every primary.
    pub(crate) fn primaries(&self) -> Vec<Node> {
        let mut all: Vec<_> = self.0.iter().map(|range| range.primary.clone()).collect();
        all.sort();
        all.dedup();
        all
    }
}

/// Finds the primaries.
pub(crate) struct Topology {
    arrangement: Arrangement,
    /// What is asked: servers, or sentinels.
    asked: Access,
    servers: Access,
    /// Whom to ask, beginning with the first.
    nodes: Mutex<Vec<Node>>,
    map: Mutex<Option<Arc<Map>>>,
    /// Held by whoever asks, so that one does for all.
    asking: tokio::sync::Mutex<()>,
}

impl Topology {
    pub(crate) fn new(plan: &Plan) -> Self {
        let asked = match plan.address.arrangement {
            Arrangement::Sentinel { .. } => plan.sentinels.clone(),
            Arrangement::Single | Arrangement::Cluster => plan.servers.clone(),
        };
        Self {
            arrangement: plan.address.arrangement.clone(),
            asked,
            servers: plan.servers.clone(),
            nodes: Mutex::new(plan.address.nodes.clone()),
            map: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// Which primary has which slots.
    pub(crate) async fn map(&self) -> Result<Arc<Map>, String> {
        if let Some(map) = self.known() {
            return Ok(map);
        }
        let _asking = self.asking.lock().await;
        if let Some(map) = self.known() {
            return Ok(map);
        }
        let map = Arc::new(self.ask().await?);
        *lock(&self.map) = Some(Arc::clone(&map));
        Ok(map)
    }

    fn known(&self) -> Option<Arc<Map>> {
        lock(&self.map).clone()
    }

    /// Forgets what turned out to be wrong, if nobody has done so.
    pub(crate) fn is_outdated(&self, seen: &Arc<Map>) {
        let mut map = lock(&self.map);
        if map.as_ref().is_some_and(|known| Arc::ptr_eq(known, seen)) {
            *map = None;
        }
    }

    async fn ask(&self) -> Result<Map, String> {
        let nodes = lock(&self.nodes).clone();
        let mut reasons = Vec::new();
        for node in &nodes {
            // Whoever gives up in the middle begins with the next one when it asks again.
            lock(&self.nodes).rotate_left(1);
            match self.ask_one(node).await {
                Ok(map) => {
                    self.remember(node, &map);
                    return Ok(map);
                }
                Err(why) => reasons.push(why),
            }
        }
        Err(reasons.join("; "))
    }

    /// Whoever has answered is asked first the next time, and of a cluster all primaries are asked.
    fn remember(&self, answered: &Node, map: &Map) {
        let mut nodes = lock(&self.nodes);
        if self.arrangement == Arrangement::Cluster {
            nodes.extend(map.primaries());
        }
        nodes.retain(|node| node != answered);
        nodes.insert(0, answered.clone());
        let mut seen = std::collections::HashSet::new();
        nodes.retain(|node| seen.insert(node.clone()));
    }

    async fn ask_one(&self, node: &Node) -> Result<Map, String> {
        match &self.arrangement {
            Arrangement::Single => Ok(Map::of_one(node.clone())),
            Arrangement::Sentinel { service } => {
                let primary = self.primary_of(service, node).await?;
                let mut link = self.servers.connect(&primary).await?;
                refuse_replica(&primary, &mut link).await?;
                Ok(Map::of_one(primary))
            }
            Arrangement::Cluster => self.slots(node).await,
        }
    }

    async fn primary_of(&self, service: &str, sentinel: &Node) -> Result<Node, String> {
        let mut link = self.asked.connect(sentinel).await?;
        let answer =
            ask(sentinel, &mut link, cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(service)).await?;
        let address: Option<(String, u16)> = read(sentinel, answer)?;
        let (host, port) = address.ok_or_else(|| format!("{sentinel}: it knows no service `{service}`"))?;
        Ok(Node { host, port })
    }

    async fn slots(&self, node: &Node) -> Result<Map, String> {
        type Server = (Option<String>, u16);
        let mut link = self.asked.connect(node).await?;
        let answer = ask(node, &mut link, cmd("CLUSTER").arg("SLOTS")).await?;
        let mut map = Map::default();
        for range in read::<Vec<Vec<Value>>>(node, answer)? {
            let mut range = range.into_iter();
            let mut next = || range.next().ok_or_else(|| format!("{node}: it tells no slots"));
            let (first, last): (u16, u16) = (read(node, next()?)?, read(node, next()?)?);
            let mut server: Vec<Value> = read(node, next()?)?;
            server.truncate(2);
            let (host, port): Server = read(node, Value::Array(server))?;
            // A server that does not know its own address is where it was asked.
            let host = host.filter(|host| !host.is_empty()).unwrap_or_else(|| node.host.clone());
            map.0.push(Range { first, last, primary: Node { host, port } });
        }
        if map.0.is_empty() { Err(format!("{node}: it has no slots")) } else { Ok(map) }
    }

    /// A new connection to a server that takes changes.
    pub(crate) async fn connect(&self, node: &Node) -> Result<Link, String> {
        let mut link = self.servers.connect(node).await?;
        if self.arrangement != Arrangement::Cluster {
            refuse_replica(node, &mut link).await?;
        }
        Ok(link)
    }
}

async fn refuse_replica(node: &Node, link: &mut Link) -> Result<(), String> {
    let answer = ask(node, link, &cmd("ROLE")).await?;
    let role: Vec<Value> = read(node, answer)?;
    let role: String = read(node, role.into_iter().next().unwrap_or(Value::Nil))?;
    if role == "master" { Ok(()) } else { Err(format!("{node}: it is no primary, and takes no changes")) }
}

async fn ask(node: &Node, link: &mut Link, command: &redis::Cmd) -> Result<Value, String> {
    link.ask(command).await.map_err(|error| format!("{node}: {}", told(&error)))
}

fn read<T: redis::FromRedisValue>(node: &Node, value: Value) -> Result<T, String> {
    from_redis_value(value).map_err(|error| format!("{node}: it answers what can't be read: {error}"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
