/** What every module exports, as Proxy-Wasm ABI 0.2.1 declares it. */

import "../abort";
import { BufferType, getBuffer } from "../buffer";
import { addContext, deleteContext, findRoot } from "../context";

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

export function proxy_on_delete(id: u32): void {
  deleteContext(id);
}
