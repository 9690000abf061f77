/** Whom a callback is for. */
export class Context {
  /** `id` is Envoy's number for it. */
  constructor(readonly id: u32) {}

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

  /** Gives a context for a new request or connection: for an HTTP filter, an `HttpContext`. */
  createContext(id: u32): Context {
    return new Context(id);
  }
}

const contexts = new Map<u32, Context>();

let createRoot: (id: u32) => RootContext = (id: u32) => new RootContext(id);

/** `create` makes the root contexts, whatever their `root_id`. To be called at the top of index.ts. */
export function setRootContext(create: (id: u32) => RootContext): void {
  createRoot = create;
}

// The rest is for the callbacks in exports/. They may come for a context that has gone: then there is nothing to do.

export function addContext(id: u32, rootId: u32): void {
  const root = findRoot(rootId);
  contexts.set(id, root === null ? createRoot(id) : root.createContext(id));
}

export function findContext(id: u32): Context | null {
  return contexts.has(id) ? contexts.get(id) : null;
}

export function findRoot(id: u32): RootContext | null {
  const context = findContext(id);
  return context instanceof RootContext ? changetype<RootContext>(context) : null;
}

export function deleteContext(id: u32): void {
  const context = findContext(id);
  if (context === null) return;
  context.onDelete();
  contexts.delete(id);
}
