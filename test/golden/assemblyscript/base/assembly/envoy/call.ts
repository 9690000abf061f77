import { Context, currentCallback, currentContext, enterContext } from "./context";
import { setEffectiveContext } from "./effective-context";
import { Status } from "./status";

/** Whether a call was made, and the number that its callbacks know it by. */
export class Call {
  /** The context that made it. Envoy reports every answer to the root context. */
  readonly caller: u32 = currentContext();

  constructor(
    readonly status: Status,
    /** Valid only if the status is `Ok`. */
    readonly id: u32,
  ) {}
}

/** The calls that are not over. */
const calls = new Map<u32, Call>();

/** The last callback in which Envoy failed to make a call. */
let failedIn: u32 = 0;

// The rest is for the hostcalls that make calls, and for the callbacks in exports/.

export function startCall(status: Status, id: u32): Call {
  const call = new Call(status, id);
  if (status === Status.Ok) calls.set(id, call);
  if (status === Status.InternalFailure) failedIn = currentCallback();
  return call;
}

export function hasFailedInThisCallback(): bool {
  return failedIn === currentCallback();
}

/**
 * Makes the hostcalls of this callback work on the context that made the call; null if that context is gone. If a
 * stream cannot be opened, Envoy reports it during the hostcall, inside another callback: the call has no caller yet,
 * and the effective context must stay as it is.
 */
export function enterCaller(callId: u32): Context | null {
  if (!calls.has(callId)) return null;
  const context = enterContext(calls.get(callId).caller);
  return context !== null && setEffectiveContext(context.id) === Status.Ok ? context : null;
}

/** `false` if it was over already. */
export function endCall(callId: u32): bool {
  return calls.delete(callId);
}
