/** What every module must export, as Proxy-Wasm ABI 0.2.1 declares it. */

import "../abort";
import { BufferType, getBuffer } from "../buffer";
import { endCall, enterCaller } from "../call";
import { addContext, deleteContext, enterContext, enterRoot } from "../context";

export { malloc } from "../memory";

/** Tells Envoy by its name which ABI this is. */
export function proxy_abi_version_0_2_1(): void {}

/** The `rootId` of a root context is 0. */
export function proxy_on_context_create(id: u32, rootId: u32): void {
  addContext(id, rootId);
}

export function proxy_on_vm_start(rootId: u32, configurationSize: u32): bool {
  const root = enterRoot(rootId);
  if (root === null) return false;
  return root.onVmStart(getBuffer(BufferType.VmConfiguration));
}

export function proxy_on_configure(rootId: u32, configurationSize: u32): bool {
  const root = enterRoot(rootId);
  if (root === null) return false;
  return root.onConfigure(getBuffer(BufferType.PluginConfiguration));
}

export function proxy_on_tick(rootId: u32): void {
  const root = enterRoot(rootId);
  if (root !== null) root.onTick();
}

export function proxy_on_queue_ready(rootId: u32, queueId: u32): void {
  const root = enterRoot(rootId);
  if (root !== null) root.onQueueReady(queueId);
}

export function proxy_on_http_call_response(id: u32, callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
  const context = enterCaller(callId);
  endCall(callId);
  if (context !== null) context.onHttpCallResponse(callId, headers, bodySize, trailers);
}

export function proxy_on_done(id: u32): bool {
  const root = enterRoot(id);
  return root === null || root.onDone();
}

export function proxy_on_log(id: u32): void {
  const context = enterContext(id);
  if (context !== null) context.onLog();
}

export function proxy_on_delete(id: u32): void {
  deleteContext(id);
}
