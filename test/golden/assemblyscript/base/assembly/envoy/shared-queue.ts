import { encodeUtf8 } from "../bytes";
import {
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
} from "./env";
import { RETURNED_NUMBER, take, UNREAD } from "./memory";
import { Status } from "./status";

/** A first-in, first-out queue of byte strings, shared by plugins across threads and `vm_id`s. */
export class SharedQueue {
  /** `id` is the number that `onQueueReady` gets. */
  constructor(readonly id: u32) {}

  /**
   * Appends `bytes`. `NotFound` if there is no such queue.
   *
   * Source: Proxy-Wasm ABI 0.2.1, `proxy_enqueue_shared_queue`.
   */
  enqueue(bytes: Uint8Array): Status {
    return proxy_enqueue_shared_queue(this.id, bytes.dataStart, bytes.length);
  }

  /**
   * Removes and returns the first entry; null if the queue is empty or does not exist.
   *
   * Source: Proxy-Wasm ABI 0.2.1, `proxy_dequeue_shared_queue`.
   */
  dequeue(): Uint8Array | null {
    return take(proxy_dequeue_shared_queue(this.id, UNREAD, UNREAD));
  }
}

/**
 * Registers the queue `name` of this `vm_id` and creates it if it does not exist; existing entries stay. From now on
 * the root context of this callback gets `onQueueReady` once for each entry that is enqueued. If several register the
 * same queue, only the last one is called.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_register_shared_queue`.
 */
export function registerSharedQueue(name: string): SharedQueue {
  const bytes = encodeUtf8(name);
  proxy_register_shared_queue(bytes.dataStart, bytes.length, RETURNED_NUMBER);
  return new SharedQueue(load<u32>(RETURNED_NUMBER));
}

/**
 * The queue `name` that a plugin with the VM id `vmId` registered; an empty `vmId` means this plugin's own. null if
 * there is none yet.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_resolve_shared_queue`.
 */
export function findSharedQueue(vmId: string, name: string): SharedQueue | null {
  const vm = encodeUtf8(vmId);
  const bytes = encodeUtf8(name);
  const status = proxy_resolve_shared_queue(vm.dataStart, vm.length, bytes.dataStart, bytes.length, RETURNED_NUMBER);
  return status === Status.Ok ? new SharedQueue(load<u32>(RETURNED_NUMBER)) : null;
}
