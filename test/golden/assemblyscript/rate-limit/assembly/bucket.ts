/**
 * A token bucket as a single number, without Proxy-Wasm: the time when it will be full again. A token taken moves that
 * time one interval into the future. This is the "generic cell rate algorithm".
 *
 * All times are in nanoseconds since 1970.
 */

import { Config } from "./config";

const SECOND: u64 = 1_000_000_000;

/** How many requests a bucket allows. */
export class Limit {
  /** The most tokens in a bucket. */
  burst: u64 = 0;
  /** The time between two tokens. */
  interval: u64 = 0;
  /** The time in which an empty bucket becomes full. */
  window: u64 = 0;
}

/** What becomes of a request. */
export class Outcome {
  isAllowed: bool = false;
  /** When the bucket will be full. If this has not changed, there is nothing to store. */
  fullAt: u64 = 0;
  /** The tokens that are left. */
  remaining: u64 = 0;
  /** The time until the bucket is full. */
  fullIn: u64 = 0;
  /** The time until there is a token; 0 if there is one. */
  tokenIn: u64 = 0;
}

export function createLimit(config: Config): Limit {
  const limit = new Limit();
  const perSecond = (SECOND + config.interval / 2) / config.interval;
  limit.burst = config.burst > 0 ? config.burst : max<u64>(perSecond, 1);
  limit.interval = config.interval;
  limit.window = limit.burst * limit.interval;
  return limit;
}

/** Takes a token from a bucket that is full at `fullAt`, if it has one. */
export function takeToken(limit: Limit, fullAt: u64, now: u64): Outcome {
  const outcome = new Outcome();
  const window = limit.window;
  const interval = limit.interval;
  // A bucket is never emptier than empty. If it seems so, the clock was set back or the limit raised: without the
  // minimum, it would allow nothing until the clock gets there.
  let fullIn = fullAt > now ? min<u64>(fullAt - now, window) : 0;
  outcome.isAllowed = fullIn + interval <= window;
  if (outcome.isAllowed) fullIn += interval;
  outcome.fullAt = now + fullIn;
  outcome.remaining = (window - fullIn) / interval;
  outcome.fullIn = fullIn;
  if (fullIn + interval > window) outcome.tokenIn = fullIn + interval - window;
  return outcome;
}

/** Finds the bucket empty. */
export function refuse(limit: Limit, now: u64): Outcome {
  return takeToken(limit, u64.MAX_VALUE, now);
}
