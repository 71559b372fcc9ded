use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

/// What failures say about a system, and not about those whom it fails for.
///
/// A failure counts once for each subject until somebody is answered. Of those whom the system has never answered it counts only
/// where it has answered nobody at all for some time: whoever can type names finds as many as they like that it fails for, and
/// would have it given up for everybody else.
#[derive(Default)]
pub(super) struct Evidence {
    /// Whom calls failed for since the last one that was answered, also while it was given up: who failed before says nothing new.
    failed: HashSet<u64>,
    /// Who was answered lately, and in which order they first were.
    known: HashSet<u64>,
    order: VecDeque<u64>,
    last_answer: Option<Instant>,
}

impl Evidence {
    /// So many are remembered of each.
    const MOST_REMEMBERED: usize = 4096;
    /// For so long an answer to anybody says that the system works.
    const STANDS: Duration = Duration::from_secs(600);

    /// Takes note of an answer.
    pub(super) fn answered(&mut self, subject: u64, now: Instant) {
        self.failed.clear();
        self.last_answer = Some(now);
        if self.known.insert(subject) {
            self.order.push_back(subject);
            if self.order.len() > Self::MOST_REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
    }

    /// Whether this failure counts.
    pub(super) fn failed(&mut self, subject: u64, now: Instant) -> bool {
        let answers = self.last_answer.is_some_and(|last| now.duration_since(last) < Self::STANDS);
        if answers && !self.known.contains(&subject) {
            return false;
        }
        if self.failed.len() >= Self::MOST_REMEMBERED {
            self.failed.clear();
        }
        self.failed.insert(subject)
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.failed.len().max(self.known.len()).max(self.order.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_say_nothing_about_a_system_that_answers_others() {
        let (mut evidence, now) = (Evidence::default(), Instant::now());
        evidence.answered(1, now);
        assert!((100..200).all(|stranger| !evidence.failed(stranger, now)));
        assert!(evidence.failed(1, now), "somebody whom it has answered");
        assert!(!evidence.failed(1, now), "it says nothing new");
        assert!(!evidence.failed(100, now + Evidence::STANDS - Duration::from_secs(1)));
        assert!(evidence.failed(100, now + Evidence::STANDS), "it has answered nobody for long");
    }

    #[test]
    fn where_nobody_was_ever_answered_strangers_count() {
        let (mut evidence, now) = (Evidence::default(), Instant::now());
        assert!(evidence.failed(1, now));
        assert!(!evidence.failed(1, now));
        assert!(evidence.failed(2, now));
    }

    #[test]
    fn who_was_answered_is_remembered_up_to_a_bound() {
        let (mut evidence, now) = (Evidence::default(), Instant::now());
        for subject in 0..10_000 {
            evidence.answered(subject, now);
        }
        assert_eq!(evidence.remembered(), Evidence::MOST_REMEMBERED);
        assert!(!evidence.failed(1, now));
        assert!(evidence.failed(9_999, now));
    }
}
