//! Limits as they stand in the configuration and in headers: `10;w=60, 20;w=3600`.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use thiserror::Error;

use super::RateLimit;

/// How often something may be done, each limit with the seconds of its window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimits(Vec<RateLimit>);

/// A text is no list of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "has to be like `10;w=60, 200;w=86400`: how often, and in how many seconds, each at least 1 and each window once"
)]
pub struct RateLimitsError;

impl RateLimits {
    /// Longer windows would outlive what they are for.
    const LONGEST_WINDOW: i64 = 366 * 86_400;

    /// Each of them; none where nothing is limited.
    #[must_use]
    pub fn as_slice(&self) -> &[RateLimit] {
        &self.0
    }
}

impl FromStr for RateLimits {
    type Err = RateLimitsError;

    fn from_str(text: &str) -> Result<Self, RateLimitsError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut limits: Vec<RateLimit> = Vec::new();
        for limit in text.split(',') {
            let limit = read(limit.trim()).ok_or(RateLimitsError)?;
            if limits.iter().any(|other| other.window == limit.window) {
                return Err(RateLimitsError);
            }
            limits.push(limit);
        }
        Ok(Self(limits))
    }
}

fn read(text: &str) -> Option<RateLimit> {
    let (limit, window) = text.split_once(";w=")?;
    let plain = |number: &&str| number.bytes().all(|digit| digit.is_ascii_digit());
    let limit: u32 = Some(limit).filter(plain)?.parse().ok()?;
    let window: i64 = Some(window).filter(plain)?.parse().ok()?;
    let is_sound = limit > 0 && (1..=RateLimits::LONGEST_WINDOW).contains(&window);
    is_sound.then(|| RateLimit { limit, window: SignedDuration::from_secs(window) })
}

impl fmt::Display for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, limit)| {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{};w={}", limit.limit, limit.window.as_secs())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_as_they_are_read() {
        for (text, written) in [
            ("10;w=60, 20;w=3600, 200;w=86400", "10;w=60, 20;w=3600, 200;w=86400"),
            (" 10;w=60,20;w=3600 ", "10;w=60, 20;w=3600"),
            ("1000;w=60", "1000;w=60"),
            ("", ""),
        ] {
            assert_eq!(text.parse::<RateLimits>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for text in [
            "10",
            "10;w=",
            ";w=60",
            "0;w=60",
            "10;w=0",
            "-1;w=60",
            "+1;w=60",
            "10;w=60,",
            "10;w=60, 20;w=60",
            "10;60",
            "10 ;w=60",
            "4294967296;w=60",
            "10;w=99999999999",
        ] {
            assert_eq!(text.parse::<RateLimits>(), Err(RateLimitsError), "{text:?}");
        }
    }
}
