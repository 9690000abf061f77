/** What Envoy makes callbacks for: a request, a connection or, as a root context, a plugin. */
export class Context {
  /** The last callback in which a hostcall let its request go on, answered it or reset it. */
  settledIn: u32 = 0;

  /** `id` is Envoy's number for it. */
  constructor(readonly id: u32) {}

  /**
   * The response to an `httpCall` is there, for this callback only. `headers` is 0 if the response broke off or did not
   * end in time. The `:status` is 503 if Envoy could not connect or the cluster has too many requests (`max_requests`),
   * and 504 if nothing came in time.
   */
  onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {}

  /** The response on a gRPC stream begins, with `count` entries of metadata. */
  onGrpcInitialMetadata(callId: u32, count: u32): void {}

  /** A gRPC message of `size` bytes has come. */
  onGrpcMessage(callId: u32, size: u32): void {}

  /** The response on a gRPC stream ends, with `count` entries of metadata. */
  onGrpcTrailingMetadata(callId: u32, count: u32): void {}

  /** A gRPC call or stream is over, with gRPC's status (0 is OK) and the server's message. */
  onGrpcClose(callId: u32, status: u32, message: string): void {}

  /** The request or connection is over. Its headers and properties can still be read. */
  onLog(): void {}

  /** The last callback. */
  onDelete(): void {}
}

/**
 * One per plugin configuration and thread. It outlives the requests and connections that it creates contexts for.
 * Plugins with the same module and `vm_id` have their root contexts in one memory.
 */
export abstract class RootContext extends Context {
  /** Receives the VM configuration. `false` makes Envoy reject the plugin. */
  onVmStart(configuration: Uint8Array): bool {
    return true;
  }

  /** Receives the plugin configuration, no bytes if there is none. `false` makes Envoy reject it. */
  onConfigure(configuration: Uint8Array): bool {
    return true;
  }

  /** Called once a period, see `setTickPeriod`. */
  onTick(): void {}

  /** There may be something in a shared queue that this root context registered. */
  onQueueReady(queueId: u32): void {}

  /**
   * The plugin is about to be deleted. `false` keeps it until it calls `done`, for example to finish a call first.
   */
  onDone(): bool {
    return true;
  }

  /**
   * Creates the context of a new request or connection: an `HttpContext` or a `StreamContext`. Not called in a background
   * service, where `new Context(id)` will do.
   */
  abstract createContext(id: u32): Context;
}

const contexts = new Map<u32, Context>();

/** The number of this callback, counted from the first, and the context that its hostcalls work on. */
let callback: u32 = 0;
let current: u32 = 0;

let createRoot: (id: u32) => RootContext = (id: u32): RootContext => {
  throw new Error("index.ts calls no setRootContext");
};

/** Sets what creates the root contexts, whatever their `root_id`. Call it at the top level of index.ts. */
export function setRootContext(create: (id: u32) => RootContext): void {
  createRoot = create;
}

// The rest is for the callbacks in exports/. One can come for a context that is gone; there is nothing to do then.

export function addContext(id: u32, rootId: u32): void {
  const root = enterRoot(rootId);
  current = id;
  contexts.set(id, root === null ? createRoot(id) : root.createContext(id));
}

/** Every callback calls this first. */
export function enterContext(id: u32): Context | null {
  callback++;
  current = id;
  return contexts.has(id) ? contexts.get(id) : null;
}

export function currentCallback(): u32 {
  return callback;
}

export function currentContext(): u32 {
  return current;
}

/** A hostcall can end a request at once. Then its context is gone before the callback is over. */
export function isGone(id: u32): bool {
  return !contexts.has(id);
}

/**
 * For hostcalls that let a request go on, answer it or reset it: `false` if the current context is gone or had such a
 * hostcall in this callback. Envoy acts on them when the callback is over, and the second one can crash it (1.40).
 */
export function settleCurrentContext(): bool {
  if (isGone(current)) return false;
  const context = contexts.get(current);
  if (context.settledIn === callback) return false;
  context.settledIn = callback;
  return true;
}

export function setCurrentContext(id: u32): void {
  current = id;
}

export function enterRoot(id: u32): RootContext | null {
  const context = enterContext(id);
  return context instanceof RootContext ? changetype<RootContext>(context) : null;
}

export function deleteContext(id: u32): void {
  const context = enterContext(id);
  if (context === null) return;
  context.onDelete();
  contexts.delete(id);
}
