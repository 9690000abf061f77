//! A token bucket as a single number, without Proxy-Wasm types: the time when it will be full again. A token
//! taken moves that time one interval into the future. This is the "generic cell rate algorithm".
//!
//! All times are in nanoseconds since 1970.

use std::time::Duration;

use crate::config::{Config, Interval};

/// How many requests a bucket allows.
pub struct Limit {
    /// The most tokens in a bucket.
    pub burst: u64,
    /// The time between two tokens.
    interval: u64,
    /// The time in which an empty bucket becomes full.
    pub window: u64,
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub is_allowed: bool,
    /// When the bucket will be full. If this has not changed, there is nothing to store.
    pub full_at: u64,
    /// The tokens that are left.
    pub remaining: u64,
    /// The time until the bucket is full.
    pub full_in: u64,
    /// The time until there is a token; 0 if there is one.
    pub token_in: u64,
}

impl Limit {
    pub fn new(config: &Config) -> Self {
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let Interval(time) = config.interval;
        let interval = nanoseconds(time);
        let per_second = nanoseconds(Duration::from_secs(1) + time / 2) / interval;
        let burst = config.burst.map_or(per_second.max(1), u64::from);
        Self {
            burst,
            interval,
            window: burst * interval,
        }
    }

    /// Takes a token from a bucket that is full at `full_at`, if it has one.
    pub fn take(&self, full_at: u64, now: u64) -> Outcome {
        // A bucket is never emptier than empty. If it seems so, the clock was set back or the limit raised: without
        // the minimum, it would allow nothing until the clock gets there.
        let full_in = full_at.saturating_sub(now).min(self.window);
        let is_allowed = full_in + self.interval <= self.window;
        let full_in = if is_allowed {
            full_in + self.interval
        } else {
            full_in
        };
        Outcome {
            is_allowed,
            full_at: now.saturating_add(full_in),
            remaining: (self.window - full_in) / self.interval,
            full_in,
            token_in: (full_in + self.interval).saturating_sub(self.window),
        }
    }

    /// Finds the bucket empty.
    pub fn refuse(&self, now: u64) -> Outcome {
        self.take(u64::MAX, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const NOW: u64 = 1_700_000_000 * SECOND;

    /// Two tokens per second.
    fn limit(burst: u32) -> Limit {
        Limit::new(&Config {
            interval: Interval(Duration::from_millis(500)),
            burst: Some(burst),
            ..Config::default()
        })
    }

    #[test]
    fn a_bucket_is_full_at_first() {
        for full_at in [0, NOW - 1, NOW] {
            let outcome = Outcome {
                is_allowed: true,
                full_at: NOW + SECOND / 2,
                remaining: 2,
                full_in: SECOND / 2,
                token_in: 0,
            };
            assert_eq!(limit(3).take(full_at, NOW), outcome);
        }
    }

    #[test]
    fn allows_a_burst_and_then_one_request_per_interval() {
        let limit = limit(3);
        let mut full_at = 0;
        for (milliseconds, is_allowed, remaining, token_in) in [
            (0, true, 2, 0),
            (0, true, 1, 0),
            (0, true, 0, 500),
            (0, false, 0, 500),
            (499, false, 0, 1),
            (500, true, 0, 500),
            (900, false, 0, 100),
            (1_000, true, 0, 500),
            (2_500, true, 2, 0),
        ] {
            let outcome = limit.take(full_at, NOW + milliseconds * 1_000_000);
            let found = (outcome.is_allowed, outcome.remaining, outcome.token_in);
            assert_eq!(found, (is_allowed, remaining, token_in * 1_000_000));
            full_at = outcome.full_at;
        }
    }

    #[test]
    fn a_refusal_changes_nothing() {
        let full_at = NOW + 3 * SECOND / 2;
        let outcome = limit(3).take(full_at, NOW + 1);
        assert!(!outcome.is_allowed);
        assert_eq!(outcome.full_at, full_at);
    }

    #[test]
    fn holds_a_second_of_tokens_by_default() {
        for (microseconds, burst) in [
            (1_000_000_000, 1),
            (2_500_000, 1),
            (1_000_000, 1),
            (333_333, 3),
            (142_857, 7),
            (1, 1_000_000),
        ] {
            let limit = Limit::new(&Config {
                interval: Interval(Duration::from_micros(microseconds)),
                ..Config::default()
            });
            assert_eq!(limit.burst, burst);
        }
    }

    #[test]
    fn has_a_token_after_an_interval_however_far_the_clock_jumps() {
        for seconds in [0, 1, 1_000, 1_000_000_000] {
            for before in [NOW + seconds * SECOND, NOW - seconds * SECOND] {
                let limit = limit(3);
                let mut full_at = 0;
                for _ in 0..5 {
                    full_at = limit.take(full_at, before).full_at;
                }
                let first = limit.take(full_at, NOW);
                assert!(first.token_in <= SECOND / 2);
                let second = limit.take(first.full_at, NOW + SECOND / 2);
                assert!(second.is_allowed, "{seconds}");
            }
        }
    }

    #[test]
    fn a_lower_burst_counts_at_once() {
        let mut full_at = 0;
        for _ in 0..1_000 {
            full_at = limit(1_000).take(full_at, NOW).full_at;
        }
        let outcome = limit(2).take(full_at, NOW);
        assert_eq!((outcome.is_allowed, outcome.token_in), (false, SECOND / 2));
        assert!(limit(2).take(outcome.full_at, NOW + SECOND / 2).is_allowed);
    }

    #[test]
    fn never_allows_more_than_the_burst_and_the_rate_nor_less_to_who_waits() {
        // A linear congruential generator: the same numbers in every run.
        let mut state: u64 = 20_261_125;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let interval = random(2 * SECOND) + 1_000;
            let burst = random(50) + 1;
            let limit = Limit::new(&Config {
                interval: Interval(Duration::from_nanos(interval)),
                burst: u32::try_from(burst).ok(),
                ..Config::default()
            });
            let mut allowed: Vec<u64> = Vec::new();
            let (mut full_at, mut now, mut token_at) = (0, NOW, 0);
            for _ in 0..300 {
                now += random(interval);
                let outcome = limit.take(full_at, now);
                full_at = outcome.full_at;
                assert_eq!(outcome.is_allowed, now >= token_at);
                token_at = now + outcome.token_in;
                if outcome.is_allowed {
                    allowed.push(now);
                }
            }
            // In any span of time.
            for (first, start) in allowed.iter().enumerate() {
                for (last, end) in allowed.iter().enumerate().skip(first) {
                    let count = (last - first + 1) as u64;
                    assert!(count <= burst + (end - start) / interval);
                }
            }
        }
    }
}
