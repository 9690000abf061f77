/** The callbacks for the answers to gRPC calls, as Proxy-Wasm ABI 0.2.1 declares them. For a module that makes any. */

import { enterCaller } from "../call";
import { closeGrpcStream, endGrpcCall, getGrpcStatusMessage, isGrpcStream } from "../grpc-call";

export function proxy_on_grpc_receive_initial_metadata(rootId: u32, callId: u32, count: u32): void {
  const context = enterCaller(callId);
  if (context !== null) context.onGrpcInitialMetadata(callId, count);
}

export function proxy_on_grpc_receive(rootId: u32, callId: u32, size: u32): void {
  const context = enterCaller(callId);
  // Of a call that is no stream Envoy says either this or, where it has failed, that it is over.
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
  // Envoy keeps a stream until it is closed from here too.
  if (isGrpcStream(callId)) closeGrpcStream(callId);
  const context = enterCaller(callId);
  endGrpcCall(callId);
  if (context !== null) context.onGrpcClose(callId, status, message);
}
