import { Context, currentContext, enterContext } from "./context";
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

// The rest is for the hostcalls that make calls, and for the callbacks in exports/.

export function startCall(status: Status, id: u32): Call {
  if (status === Status.Ok) callers.set(id, currentContext());
  return new Call(status, id);
}

/** Makes the hostcalls of this callback work on who has made the call; null where that context has gone. */
export function enterCaller(callId: u32): Context | null {
  if (!callers.has(callId)) return null;
  const id = callers.get(callId);
  return setEffectiveContext(id) === Status.Ok ? enterContext(id) : null;
}

export function endCall(callId: u32): void {
  callers.delete(callId);
}
