/** Whom a callback is for. */
export class Context {
  /** `id` is Envoy's number for it. */
  constructor(readonly id: u32) {}

  /**
   * The answer to an `httpCall` is there, for this callback only. `headers` is 0 where it broke off or came too slowly;
   * where Envoy could not connect, the `:status` is 503, and 504 where nothing came in time.
   */
  onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {}

  /** A gRPC stream is answered, with `count` entries of metadata. */
  onGrpcInitialMetadata(callId: u32, count: u32): void {}

  /** A message of `size` bytes has come. */
  onGrpcMessage(callId: u32, size: u32): void {}

  /** The answer on a gRPC stream ends, with `count` entries of metadata. */
  onGrpcTrailingMetadata(callId: u32, count: u32): void {}

  /** A gRPC call or stream is over. `status` is gRPC's: 0 is OK. `message` is what the server says of it. */
  onGrpcClose(callId: u32, status: u32, message: string): void {}

  /** The request or connection is over. What it was can be read once more. */
  onLog(): void {}

  /** The last callback. */
  onDelete(): void {}
}

/**
 * One per plugin configuration and thread; outlives every request or connection that it serves. Plugins that have the
 * module and the `vm_id` in common have their root contexts side by side in one memory.
 */
export class RootContext extends Context {
  /** `configuration` is the VM's. `false` makes Envoy refuse the plugin. */
  onVmStart(configuration: Uint8Array): bool {
    return true;
  }

  /** `configuration` is the plugin's, no bytes where there is none. `false` makes Envoy refuse it. */
  onConfigure(configuration: Uint8Array): bool {
    return true;
  }

  /** Comes once a period, see `setTickPeriod`. */
  onTick(): void {}

  /** There may be something in a shared queue that this root context has registered. */
  onQueueReady(queueId: u32): void {}

  /**
   * The plugin is to go. `false` keeps it until it calls `done`, for who has a call to finish first. It comes only where
   * index.ts exports "./envoy/exports/done".
   */
  onDone(): bool {
    return true;
  }

  /** Gives a context for a new request or connection: for an HTTP filter, an `HttpContext`. */
  createContext(id: u32): Context {
    return new Context(id);
  }
}

const contexts = new Map<u32, Context>();

/** Which callback this is, counted from the first, and whose hostcalls it makes at this moment. */
let callback: u32 = 0;
let current: u32 = 0;

let createRoot: (id: u32) => RootContext = (id: u32) => new RootContext(id);

/** `create` makes the root contexts, whatever their `root_id`. To be called at the top of index.ts. */
export function setRootContext(create: (id: u32) => RootContext): void {
  createRoot = create;
}

// The rest is for the callbacks in exports/. They may come for a context that has gone: then there is nothing to do.

export function addContext(id: u32, rootId: u32): void {
  const root = enterRoot(rootId);
  current = id;
  contexts.set(id, root === null ? createRoot(id) : root.createContext(id));
}

/** To be called first by every callback. */
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
