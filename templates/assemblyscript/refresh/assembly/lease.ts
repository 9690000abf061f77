/**
 * Which thread refreshes, without Proxy-Wasm.
 *
 * A singleton service has one root context, an HTTP filter one in each thread, and each has its own timer. The lease,
 * an entry in shared data, says until when the current greeting is good enough. The thread that finds it expired at a
 * tick tries to acquire the next one by compare-and-swap, and refreshes if it succeeds. A lease lasts a little less than
 * a period: its holder renews it at the next tick, and if the holder is gone, another thread acquires it.
 *
 * All times are in milliseconds.
 */

/** A lease taken `now`: the time of its end, as 8 bytes, little-endian. */
export function takeLease(now: u64, period: u64): Uint8Array {
  const lease = new Uint8Array(8);
  store<u64>(lease.dataStart, now + term(period));
  return lease;
}

/** Whether the lease is over or missing. One that ends too late dates from before the clock was set back. */
export function isLeaseOver(lease: Uint8Array | null, now: u64, period: u64): bool {
  if (lease === null || lease.length !== 8) return true;
  const end = load<u64>(lease.dataStart);
  return end <= now || end > now + term(period);
}

function term(period: u64): u64 {
  return (period * 9) / 10;
}
