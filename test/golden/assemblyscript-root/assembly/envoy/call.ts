import { Context, currentCallback, currentContext, enterContext } from "./context";
import { setEffectiveContext } from "./effective-context";
import { Status } from "./status";

/** Whether a call has been made, and the number by which the callbacks name it. */
export class Call {
  constructor(
    readonly status: Status,
    /** To be used only where the status is `Ok`. */
    readonly id: u32,
  ) {}
}

/** Which context has made a call that is not over. Envoy tells the root context of the answer, whoever has asked. */
const callers = new Map<u32, u32>();

/** The last callback in which Envoy has failed to make a call. */
let failedIn: u32 = 0;

// The rest is for the hostcalls that make calls, and for the callbacks in exports/.

export function startCall(status: Status, id: u32): Call {
  if (status === Status.Ok) callers.set(id, currentContext());
  if (status === Status.InternalFailure) failedIn = currentCallback();
  return new Call(status, id);
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
  if (!callers.has(callId)) return null;
  const context = enterContext(callers.get(callId));
  return context !== null && setEffectiveContext(context.id) === Status.Ok ? context : null;
}

/** `false` where it was over already. */
export function endCall(callId: u32): bool {
  return callers.delete(callId);
}
