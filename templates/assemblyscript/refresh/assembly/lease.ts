/**
 * Who refreshes, free of Proxy-Wasm.
 *
 * A singleton service has one root context, an HTTP filter one in each thread, and each has its own timer. The lease,
 * an entry in shared data, says until when the refresh has been seen to. Who finds it over at a tick takes the next one
 * by compare-and-swap, and refreshes. A lease lasts a little less than a period: its holder takes it again at the next
 * tick, and if the holder is gone somebody else does.
 *
 * All times are in milliseconds.
 */

/** The lease of who takes it `now`: the moment of its end, as 8 bytes, little endian. */
export function takeLease(now: u64, period: u64): Uint8Array {
  const lease = new Uint8Array(8);
  store<u64>(lease.dataStart, now + term(period));
  return lease;
}

/** Is it over, or none at all? One that ends more than a term from now is from before the clock was put back. */
export function isLeaseOver(lease: Uint8Array | null, now: u64, period: u64): bool {
  if (lease === null || lease.length !== 8) return true;
  const end = load<u64>(lease.dataStart);
  return end <= now || end > now + term(period);
}

function term(period: u64): u64 {
  return (period * 9) / 10;
}
