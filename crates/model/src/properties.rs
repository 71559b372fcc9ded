use stateright::{Model as _, Property};

use crate::protocol::{Instance, Protocol, Stage, World};

/// No code is accepted twice.
pub const ONCE: &str = "a code is accepted once";
/// No more is compared than may be.
pub const BUDGET: &str = "no guess is over the budget";
/// Whatever is right is taken while it may be.
pub const TAKEN: &str = "what is right is taken while the budget lasts and nobody is blocked";
/// Nobody is blocked who has not failed so often.
pub const BLOCKS: &str = "only failures block";
/// When nothing more happens, nothing is under way and nobody waits.
pub const ENDS: &str = "every reservation ends";

/// What has to be reached by somebody, or the others say nothing.
pub const HAPPENS: [&str; 4] = [
    "a code is accepted",
    "somebody is blocked",
    "a password waits for another one",
    "an instance dies while it checks a password",
];

pub(crate) fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(ONCE, |_, world: &World| world.seen.accepted.iter().all(|accepted| *accepted <= 1)),
        Property::always(BUDGET, is_within_budget),
        Property::always(TAKEN, |_, world: &World| !world.seen.was_refused),
        Property::always(BLOCKS, blocks_have_a_reason),
        Property::always(ENDS, |protocol: &Protocol, world: &World| {
            is_at_rest(world) || !protocol.next_states(world).is_empty()
        }),
        Property::sometimes(HAPPENS[0], |_, world: &World| world.seen.accepted.contains(&1)),
        Property::sometimes(HAPPENS[1], |_, world: &World| {
            world.ledger.are_codes_blocked() && world.ledger.are_passwords_blocked()
        }),
        Property::sometimes(HAPPENS[2], |protocol: &Protocol, world: &World| {
            let waits = |instance: &Instance| matches!(instance.work, Some((_, Stage::Waiting)));
            let taken = usize::from(world.seen.passwords) + world.ledger.under_way().len();
            world.instances.iter().any(waits)
                && !world.ledger.are_passwords_blocked()
                && taken >= usize::from(protocol.limits.failures)
        }),
        Property::sometimes(HAPPENS[3], |_, world: &World| {
            let idle = |instance: &Instance| instance.work.is_none();
            !world.ledger.under_way().is_empty() && world.instances.iter().all(idle)
        }),
    ]
}

fn is_within_budget(protocol: &Protocol, world: &World) -> bool {
    let (limits, seen) = (protocol.limits, &world.seen);
    let under_way = world.ledger.under_way().len();
    seen.compared.iter().all(|compared| *compared <= limits.tries)
        && seen.codes <= limits.failures
        && seen.passwords <= limits.failures
        && usize::from(seen.wrong) <= usize::from(seen.failures) + under_way
}

fn blocks_have_a_reason(protocol: &Protocol, world: &World) -> bool {
    let (limit, seen) = (protocol.limits.failures, &world.seen);
    (!world.ledger.are_codes_blocked() || seen.codes >= limit)
        && (!world.ledger.are_passwords_blocked() || seen.passwords >= limit)
}

fn is_at_rest(world: &World) -> bool {
    world.ledger.under_way().is_empty() && world.instances.iter().all(|instance| instance.work.is_none())
}
