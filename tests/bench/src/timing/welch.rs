//! Welch's t-test.

use std::time::Duration;

/// From here on two kinds of answers count as told apart: by chance a t is this far from zero once in 150,000 times.
pub(super) const LIMIT: f64 = 4.5;

/// How long the answers of two kinds took, in nanoseconds.
#[derive(Default)]
pub(super) struct Samples([Vec<f64>; 2]);

/// How far apart two means are.
pub(super) struct Comparison {
    /// The first mean less the second, in nanoseconds.
    pub(super) difference: f64,
    /// The standard error of it.
    pub(super) error: f64,
}

impl Samples {
    /// Takes note of an answer of kind 0 or 1.
    pub(super) fn add(&mut self, kind: usize, took: Duration) {
        self.0[kind].push(took.as_secs_f64() * 1e9);
    }

    /// Without what took longer than nine of ten answers of both kinds: much of that is the machine's doing, and hides small
    /// differences.
    pub(super) fn without_slowest_tenth(&self) -> Self {
        let mut all: Vec<f64> = self.0.iter().flatten().copied().collect();
        all.sort_by(f64::total_cmp);
        let longest = all.get(all.len() * 9 / 10).copied().unwrap_or(f64::INFINITY);
        let fast = |samples: &Vec<f64>| samples.iter().copied().filter(|took| *took <= longest).collect();
        Self(self.0.each_ref().map(fast))
    }

    /// Compares the means of both kinds, whose variances may differ.
    pub(super) fn welch(&self) -> Comparison {
        let [first, second] = self.0.each_ref().map(|samples| mean_and_error(samples));
        Comparison { difference: first.0 - second.0, error: (first.1 + second.1).sqrt() }
    }
}

impl Comparison {
    /// Welch's t.
    pub(super) fn t(&self) -> f64 {
        self.difference / self.error
    }
}

/// The mean and the square of its standard error.
fn mean_and_error(samples: &[f64]) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "there are fewer samples than 2^52")]
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let squares: f64 = samples.iter().map(|sample| (sample - mean).powi(2)).sum();
    (mean, squares / (count - 1.0) / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(first: &[u64], second: &[u64]) -> Samples {
        let mut samples = Samples::default();
        for (kind, values) in [first, second].into_iter().enumerate() {
            for value in values {
                samples.add(kind, Duration::from_nanos(*value));
            }
        }
        samples
    }

    /// Means 3 and 6, variances 2.5 and 10 over five samples each: -3 / sqrt(0.5 + 2).
    #[test]
    fn t_is_the_difference_of_the_means_over_its_standard_error() {
        let t = samples(&[1, 2, 3, 4, 5], &[2, 4, 6, 8, 10]).welch().t();
        assert!((t + 3.0 / 2.5_f64.sqrt()).abs() < 1e-6, "{t}");
    }

    #[test]
    fn the_slowest_tenth_is_that_of_both_kinds_together() {
        let fast = samples(&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[1000]).without_slowest_tenth();
        assert_eq!((fast.0[0].len(), fast.0[1].len()), (9, 1), "nine of ten are not slower than the tenth");
        let fast = samples(&[1; 19], &[1000]).without_slowest_tenth();
        assert_eq!((fast.0[0].len(), fast.0[1].len()), (19, 0));
    }
}
