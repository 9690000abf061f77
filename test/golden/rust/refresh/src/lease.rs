//! Which thread refreshes, without Proxy-Wasm types.
//!
//! A singleton service has one root context, an HTTP filter one in each thread, and each has its own timer.
//! The lease, an entry in shared data, says until when the current greeting is good enough. The thread that finds
//! it expired at a tick tries to acquire the next one by compare-and-swap, and refreshes if it succeeds. A lease
//! lasts a little less than a period: its holder renews it at the next tick, and if the holder is gone, another
//! thread acquires it.

use std::time::Duration;

/// A lease taken `now`: the time of its end, in milliseconds.
pub fn take(now: Duration, period: Duration) -> [u8; 8] {
    let end = (now + term(period)).as_millis();
    u64::try_from(end).unwrap_or_default().to_le_bytes()
}

/// Whether the lease is over or missing. One that ends too late dates from before the clock was set back.
pub fn is_over(lease: &[u8], now: Duration, period: Duration) -> bool {
    let Ok(end) = lease.try_into().map(u64::from_le_bytes) else {
        return true;
    };
    let end = Duration::from_millis(end);
    end <= now || end > now + term(period)
}

fn term(period: Duration) -> Duration {
    period * 9 / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);
    const PERIOD: Duration = Duration::from_millis(100);

    #[test]
    fn nobody_has_it_at_first() {
        let too_long = [&take(NOW, PERIOD)[..], &[0]].concat();
        for lease in [&b""[..], b"rubbish", &too_long] {
            assert!(is_over(lease, NOW, PERIOD));
        }
    }

    #[test]
    fn lasts_a_little_less_than_a_period() {
        let lease = take(NOW, PERIOD);
        for (passed, expected) in [(0, false), (89, false), (90, true)] {
            let later = NOW + Duration::from_millis(passed);
            assert_eq!(is_over(&lease, later, PERIOD), expected, "{passed}");
        }
    }

    #[test]
    fn does_not_outlast_a_clock_that_is_put_back() {
        let lease = take(NOW + 2 * PERIOD, PERIOD);
        assert!(is_over(&lease, NOW, PERIOD));
    }
}
