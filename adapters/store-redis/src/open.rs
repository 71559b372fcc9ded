use std::collections::HashMap;

use data_adapter_core::{AdapterError, Random, SystemRandom};
use data_adapter_sca::Retention;
use redis::{Pipeline, pipe};

use crate::link::Node;
use crate::place::{Hiding, Place};
use crate::scripts::Scripts;
use crate::servers::Servers;
use crate::settings::Plan;
use crate::topology::Topology;
use crate::{OpenError, RedisSettings, RedisStore, remote};

impl RedisStore {
    /// Connects to the servers, looks at whether they keep what they are given, and agrees with the other instances on the key of
    /// message ids. What nobody asks for any more goes after `retention`, until a purge says another one. The store has to be used
    /// within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub async fn open(settings: &RedisSettings, retention: Retention) -> Result<Self, OpenError> {
        let plan = settings.plan()?;
        let topology = Topology::new(&plan);
        let servers = Servers::new(topology, plan.replicas, settings.pool_size, settings.call_timeout());
        refuse_losses(&servers, &plan, settings.allow_loss).await?;
        let key = agreed_key(&servers, &settings.prefix).await.map_err(OpenError::Unreachable)?;
        Ok(Self::new(servers, Hiding(key), settings.prefix.clone(), retention))
    }
}

/// The key of message ids: that of whoever came first.
async fn agreed_key(servers: &Servers, prefix: &str) -> Result<[u8; 32], AdapterError> {
    let random: &dyn Random = &SystemRandom;
    let own: [u8; 32] = random.bytes();
    let (place, scripts) = (Place::of_ids(), Scripts::new());
    let keys = [format!("{prefix}:{place}:key")];
    let key: Vec<u8> =
        servers.run(&place, &scripts.settle, &keys, &[own.to_vec()], servers.deadline()).await?;
    key.try_into().map_err(|_| remote(&"the key of message ids is none"))
}

/// Refuses servers that lose what they were given, as far as they tell.
async fn refuse_losses(servers: &Servers, plan: &Plan, allow_loss: bool) -> Result<(), OpenError> {
    let deadline = servers.deadline();
    // That each can be spoken to is said first.
    let pings = servers.each::<String>(|| std::mem::take(pipe().cmd("PING")), deadline).await;
    let nodes = pings.map_err(OpenError::Unreachable)?;
    for (node, _) in nodes {
        match servers.at::<HashMap<String, String>>(&node, &settings(), deadline).await {
            Ok(told) => {
                let told: HashMap<_, _> = told.into_iter().flatten().collect();
                refuse_loss(&node, &told, plan.replicas, allow_loss)?;
            }
            Err(error) => tracing::warn!(
                %node, %error,
                "a server of the Redis store does not tell how it keeps things: allow the user `CONFIG GET`, or look yourself at whether it has \
                 `maxmemory-policy noeviction`, `appendonly yes` and `appendfsync always`"
            ),
        }
    }
    Ok(())
}

fn settings() -> Pipeline {
    let mut settings = pipe();
    for name in ["maxmemory-policy", "appendonly", "appendfsync", "min-replicas-to-write"] {
        settings.cmd("CONFIG").arg("GET").arg(name);
    }
    settings
}

fn refuse_loss(
    node: &Node,
    told: &HashMap<String, String>,
    replicas: u32,
    allow_loss: bool,
) -> Result<(), OpenError> {
    let is = |name: &str, value: &str| told.get(name).is_none_or(|told| told == value);
    if !is("maxmemory-policy", "noeviction") {
        let policy = told.get("maxmemory-policy").cloned().unwrap_or_default();
        return Err(OpenError::Evicting { node: node.to_string(), policy });
    }
    let is_on_disk = is("appendonly", "yes") && is("appendfsync", "always");
    if replicas == 0 && !is_on_disk && !allow_loss {
        return Err(OpenError::Losing { node: node.to_string() });
    }
    if !is_on_disk {
        tracing::warn!(
            %node,
            "a server of the Redis store answers before a change is on its disk: what was answered is lost when it and the replicas that have \
             it stop at once; set `appendonly yes` and `appendfsync always`"
        );
    }
    if replicas > 0 && told.get("min-replicas-to-write").is_some_and(|least| least == "0") {
        tracing::warn!(
            %node,
            "a server of the Redis store takes changes while it has no replica, which are lost when another one takes its place: set \
             `min-replicas-to-write 1`"
        );
    }
    Ok(())
}
