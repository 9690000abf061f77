/** What every module exports, as Proxy-Wasm ABI 0.2.1 declares it. */

import "../abort";
import { BufferType, getBuffer } from "../buffer";
import { addContext, deleteContext, findContext, findRoot } from "../context";

export { malloc } from "../memory";

/** Tells Envoy, by its name, what ABI this is. */
export function proxy_abi_version_0_2_1(): void {}

/** A root context is created with the `rootId` 0. */
export function proxy_on_context_create(id: u32, rootId: u32): void {
  addContext(id, rootId);
}

export function proxy_on_vm_start(rootId: u32, configurationSize: u32): bool {
  const root = findRoot(rootId);
  return root === null || root.onVmStart(getBuffer(BufferType.VmConfiguration));
}

export function proxy_on_configure(rootId: u32, configurationSize: u32): bool {
  const root = findRoot(rootId);
  return root === null || root.onConfigure(getBuffer(BufferType.PluginConfiguration));
}

export function proxy_on_tick(rootId: u32): void {
  const root = findRoot(rootId);
  if (root !== null) root.onTick();
}

export function proxy_on_queue_ready(rootId: u32, queueId: u32): void {
  const root = findRoot(rootId);
  if (root !== null) root.onQueueReady(queueId);
}

export function proxy_on_http_call_response(id: u32, callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
  const context = findContext(id);
  if (context !== null) context.onHttpCallResponse(callId, headers, bodySize, trailers);
}

export function proxy_on_grpc_receive_initial_metadata(id: u32, callId: u32, count: u32): void {
  const context = findContext(id);
  if (context !== null) context.onGrpcInitialMetadata(callId, count);
}

export function proxy_on_grpc_receive(id: u32, callId: u32, size: u32): void {
  const context = findContext(id);
  if (context !== null) context.onGrpcMessage(callId, size);
}

export function proxy_on_grpc_receive_trailing_metadata(id: u32, callId: u32, count: u32): void {
  const context = findContext(id);
  if (context !== null) context.onGrpcTrailingMetadata(callId, count);
}

export function proxy_on_grpc_close(id: u32, callId: u32, status: u32): void {
  const context = findContext(id);
  if (context !== null) context.onGrpcClose(callId, status);
}

export function proxy_on_log(id: u32): void {
  const context = findContext(id);
  if (context !== null) context.onLog();
}

export function proxy_on_delete(id: u32): void {
  deleteContext(id);
}
