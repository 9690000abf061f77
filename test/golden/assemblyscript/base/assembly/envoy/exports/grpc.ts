/** The callbacks of gRPC calls, as Proxy-Wasm ABI 0.2.1 declares them. Export them only if the module makes any. */

import { enterCaller } from "../call";
import { closeGrpcStream, endGrpcCall, getGrpcStatusMessage, isGrpcStream } from "../grpc-call";

export function proxy_on_grpc_receive_initial_metadata(rootId: u32, callId: u32, count: u32): void {
  const context = enterCaller(callId);
  if (context !== null) context.onGrpcInitialMetadata(callId, count);
}

export function proxy_on_grpc_receive(rootId: u32, callId: u32, size: u32): void {
  const context = enterCaller(callId);
  // A call that is not a stream gets either this callback or, if it failed, proxy_on_grpc_close.
  const isLast = !isGrpcStream(callId);
  if (isLast) endGrpcCall(callId);
  if (context === null) return;
  context.onGrpcMessage(callId, size);
  if (isLast) context.onGrpcClose(callId, 0, "");
}

export function proxy_on_grpc_receive_trailing_metadata(rootId: u32, callId: u32, count: u32): void {
  const context = enterCaller(callId);
  if (context !== null) context.onGrpcTrailingMetadata(callId, count);
}

export function proxy_on_grpc_close(rootId: u32, callId: u32, status: u32): void {
  const message = getGrpcStatusMessage();
  // Envoy keeps a stream until this side closes it too.
  if (isGrpcStream(callId)) closeGrpcStream(callId);
  const context = enterCaller(callId);
  endGrpcCall(callId);
  if (context !== null) context.onGrpcClose(callId, status, message);
}
