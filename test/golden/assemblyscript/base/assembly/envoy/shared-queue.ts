import { encodeUtf8 } from "../bytes";
import {
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
} from "./env";
import { RETURNED_NUMBER, take, UNREAD } from "./memory";
import { Status } from "./status";

/** A queue of byte strings, first in first out, that plugins have in common, whatever their threads and `vm_id`. */
export class SharedQueue {
  /** `id` is what `onQueueReady` names it by. */
  constructor(readonly id: u32) {}

  /**
   * Appends `bytes`. `NotFound` where there is no such queue.
   *
   * Source: Proxy-Wasm ABI 0.2.1, `proxy_enqueue_shared_queue`.
   */
  enqueue(bytes: Uint8Array): Status {
    return proxy_enqueue_shared_queue(this.id, bytes.dataStart, bytes.length);
  }

  /**
   * Takes the first out; null where the queue is empty, or there is none.
   *
   * Source: Proxy-Wasm ABI 0.2.1, `proxy_dequeue_shared_queue`.
   */
  dequeue(): Uint8Array | null {
    return take(proxy_dequeue_shared_queue(this.id, UNREAD, UNREAD));
  }
}

/**
 * The queue `name` of this `vm_id`, made if there is none yet. From now on `onQueueReady` of the root context whose
 * callback this is comes once for each that is enqueued; of several that have registered it, only the last is called.
 * What is in it stays.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_register_shared_queue`.
 */
export function registerSharedQueue(name: string): SharedQueue {
  const bytes = encodeUtf8(name);
  proxy_register_shared_queue(bytes.dataStart, bytes.length, RETURNED_NUMBER);
  return new SharedQueue(load<u32>(RETURNED_NUMBER));
}

/**
 * The queue `name` that a plugin of `vmId` has registered, of this `vm_id` if that is empty; null where none has yet.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_resolve_shared_queue`.
 */
export function findSharedQueue(vmId: string, name: string): SharedQueue | null {
  const vm = encodeUtf8(vmId);
  const bytes = encodeUtf8(name);
  const status = proxy_resolve_shared_queue(vm.dataStart, vm.length, bytes.dataStart, bytes.length, RETURNED_NUMBER);
  return status === Status.Ok ? new SharedQueue(load<u32>(RETURNED_NUMBER)) : null;
}
