import { Context, currentCallback, currentContext, enterContext } from "./context";
import { setEffectiveContext } from "./effective-context";
import { Status } from "./status";

/** Whether a call has been made, and the number by which the callbacks name it. */
export class Call {
  /** Which context has made it. Envoy tells the root context of the answer, whoever has asked. */
  readonly caller: u32 = currentContext();

  constructor(
    readonly status: Status,
    /** To be used only where the status is `Ok`. */
    readonly id: u32,
  ) {}
}

/** Those that are not over. */
const calls = new Map<u32, Call>();

/** The last callback in which Envoy has failed to make a call. */
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
 * Makes the hostcalls of this callback work on who has made the call; null where that context has gone. Where a stream
 * cannot be opened, Envoy tells of it in the middle of the hostcall, that is of another callback: nobody has made that
 * call yet, and nothing is to change.
 */
export function enterCaller(callId: u32): Context | null {
  if (!calls.has(callId)) return null;
  const context = enterContext(calls.get(callId).caller);
  return context !== null && setEffectiveContext(context.id) === Status.Ok ? context : null;
}

/** `false` where it was over already. */
export function endCall(callId: u32): bool {
  return calls.delete(callId);
}
