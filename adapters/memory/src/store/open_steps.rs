use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use data_adapter_core::{OperationId, OperationName};
use data_adapter_sca::{Challenge, Step};

/// The open challenge of each step.
#[derive(Default)]
pub(super) struct OpenSteps(BTreeSet<OfStep>);

/// A challenge in the place of its step.
struct OfStep(Arc<Challenge>);

impl OpenSteps {
    /// Takes a challenge in, in place of the one that is returned.
    pub(super) fn put(&mut self, challenge: &Arc<Challenge>) -> Option<Arc<Challenge>> {
        self.0.replace(OfStep(Arc::clone(challenge))).map(|older| older.0)
    }

    pub(super) fn remove(&mut self, step: &Step) {
        self.0.remove(step);
    }

    pub(super) fn get(&self, step: &Step) -> Option<&Challenge> {
        self.0.get(step).map(|open| open.0.as_ref())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Challenge> {
        self.0.iter().map(|open| open.0.as_ref())
    }

    pub(super) fn of_operation<'a>(
        &'a self,
        operation: &'a OperationId,
    ) -> impl Iterator<Item = &'a Challenge> {
        let first = Step { operation: operation.clone(), name: OperationName::new(""), user: None };
        let theirs = self.0.range(first..).map(|open| open.0.as_ref());
        theirs.take_while(|challenge| challenge.step.operation == *operation)
    }

    /// Keeps those of which `stays` is true.
    pub(super) fn retain(&mut self, stays: impl Fn(&Challenge) -> bool) {
        self.0.retain(|open| stays(&open.0));
    }
}

impl Borrow<Step> for OfStep {
    fn borrow(&self) -> &Step {
        &self.0.step
    }
}

impl Ord for OfStep {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.step.cmp(&other.0.step)
    }
}

impl PartialOrd for OfStep {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for OfStep {
    fn eq(&self, other: &Self) -> bool {
        self.0.step == other.0.step
    }
}

impl Eq for OfStep {}
