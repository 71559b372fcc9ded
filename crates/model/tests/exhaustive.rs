//! Goes through every state of the protocol.

use data_adapter_model::{
    BLOCKS, BUDGET, ENDS, Flaw, HAPPENS, Limits, ONCE, Protocol, Request, TAKEN, Verdict,
};
use stateright::{Checker as _, HasDiscoveries, Model as _};

/// Two instances over one store; every request and every answer to it, of one user with two codes and a password.
fn everything(each: u8) -> Protocol {
    let both = |password| Request::Both { password, step: 0, is_right: true };
    let mut requests = codes().requests;
    requests.extend(passwords().requests);
    requests.extend([both(Verdict::Right), both(Verdict::Wrong), both(Verdict::Unknown)]);
    Protocol { requests, each: vec![each; 2], ..codes() }
}

fn codes() -> Protocol {
    let code = |step, is_right| Request::Code { step, is_right };
    Protocol {
        limits: Limits { tries: 2, failures: 2 },
        steps: 2,
        requests: vec![code(0, true), code(0, false), code(1, true), code(1, false)],
        each: vec![3; 2],
        block_ends: 1,
        pauses: false,
        flaw: Flaw::None,
    }
}

fn passwords() -> Protocol {
    let requests = [Verdict::Right, Verdict::Wrong, Verdict::Unknown].map(Request::Password).to_vec();
    Protocol { requests, ..codes() }
}

/// Each property holds in every state.
fn holds(protocol: Protocol) {
    let checker = protocol.checker().spawn_bfs().join();
    for property in [ONCE, BUDGET, TAKEN, BLOCKS, ENDS] {
        checker.assert_no_discovery(property);
    }
}

fn breaks(flaw: Flaw, protocol: Protocol, properties: &[&'static str]) {
    let checker = Protocol { flaw, ..protocol }
        .checker()
        .finish_when(HasDiscoveries::AllOf(properties.iter().copied().collect()))
        .spawn_bfs()
        .join();
    for property in properties {
        assert!(checker.discovery(property).is_some(), "{flaw:?} is not noticed: {property}");
    }
}

#[test]
fn two_instances_that_die_at_any_point_keep_every_promise() {
    holds(everything(2));
}

#[test]
fn whatever_may_happen_does() {
    let checker =
        everything(2).checker().finish_when(HasDiscoveries::AllOf(HAPPENS.into())).spawn_bfs().join();
    for property in HAPPENS {
        checker.assert_any_discovery(property);
    }
}

#[test]
fn many_codes_at_once_keep_every_promise() {
    holds(codes());
}

#[test]
fn many_passwords_at_once_keep_every_promise() {
    holds(passwords());
    holds(Protocol { each: vec![2; 3], ..passwords() });
}

#[test]
fn instances_that_stop_for_longer_than_a_lease_keep_every_promise() {
    holds(Protocol { pauses: true, ..passwords() });
}

#[test]
fn a_guess_in_two_calls_is_noticed() {
    breaks(Flaw::TwoCallsAGuess, codes(), &[ONCE, BUDGET]);
}

#[test]
fn a_password_that_is_a_failure_until_it_is_right_is_noticed() {
    breaks(Flaw::FailureUntilRight, passwords(), &[TAKEN, BLOCKS]);
}

#[test]
fn a_password_that_does_not_wait_is_noticed() {
    breaks(Flaw::Impatient, passwords(), &[BUDGET]);
}

#[test]
fn a_reservation_that_nobody_ends_is_noticed() {
    breaks(Flaw::NoLease, passwords(), &[ENDS]);
}
