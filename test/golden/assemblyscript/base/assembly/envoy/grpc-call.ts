/**
 * gRPC calls and streams. Their callbacks `onGrpc…` are made only if index.ts exports "./envoy/exports/grpc". The
 * last one is `onGrpcClose`; it does not come if the request or connection is gone by then or the call was cancelled.
 */

import { concat, decodeUtf8Lossy, encodeUtf8 } from "../bytes";
import { BufferType, getBuffer } from "./buffer";
import { Call, endCall, hasFailedInThisCallback, startCall } from "./call";
import {
  proxy_get_status,
  proxy_grpc_call,
  proxy_grpc_cancel,
  proxy_grpc_close,
  proxy_grpc_send,
  proxy_grpc_stream,
} from "./env";
import { HeaderMap, HeaderMapType } from "./header-map";
import { encodeHeaders, Header } from "./headers";
import { RETURNED_NUMBER, take, UNREAD } from "./memory";
import { Status } from "./status";

/** Has entries in `onGrpcInitialMetadata` only. */
export const grpcInitialMetadata = new HeaderMap(HeaderMapType.GrpcInitialMetadata);
/** Has entries in `onGrpcTrailingMetadata` only. */
export const grpcTrailingMetadata = new HeaderMap(HeaderMapType.GrpcTrailingMetadata);

/** The streams that are not over. */
const streams = new Set<u32>();

/** The received message, as Protobuf bytes; no bytes outside `onGrpcMessage`. */
export function getGrpcMessage(): Uint8Array {
  return getBuffer(BufferType.GrpcMessage);
}

/**
 * Calls `method` of `service`, such as `grpc.health.v1.Health`, with one Protobuf message. `cluster` is an Envoy
 * cluster that speaks HTTP/2. The context that calls gets the response in `onGrpcMessage`, then `onGrpcClose`. If the
 * call fails, it gets `onGrpcClose` only: with status 14 after a time-out or if Envoy cannot connect, 13 if the
 * response breaks off.
 *
 * `InternalFailure`: there is no such cluster, or it has no endpoint.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_call`.
 */
export function grpcCall(
  cluster: string,
  service: string,
  method: string,
  metadata: Header[],
  message: Uint8Array,
  timeoutMilliseconds: u32,
): Call {
  const target = encodeTarget(cluster);
  const serviceBytes = encodeUtf8(service);
  const methodBytes = encodeUtf8(method);
  const metadataBytes = encodeHeaders(metadata);
  const status = proxy_grpc_call(
    target.dataStart,
    target.length,
    serviceBytes.dataStart,
    serviceBytes.length,
    methodBytes.dataStart,
    methodBytes.length,
    metadataBytes.dataStart,
    metadataBytes.length,
    message.dataStart,
    message.length,
    timeoutMilliseconds,
    RETURNED_NUMBER,
  );
  return startCall(status, load<u32>(RETURNED_NUMBER));
}

/**
 * Like `grpcCall`, for any number of messages in both directions; `sendGrpcMessage` sends one. The metadata of the
 * response comes to `onGrpcInitialMetadata` and `onGrpcTrailingMetadata`.
 *
 * `InternalFailure` also if another call failed in this callback. Try again in the next one.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_stream`.
 */
export function openGrpcStream(cluster: string, service: string, method: string, metadata: Header[]): Call {
  // Envoy has yet to report that failure. If it could not open this stream either, it would retry forever.
  if (hasFailedInThisCallback()) return new Call(Status.InternalFailure, 0);
  const target = encodeTarget(cluster);
  const serviceBytes = encodeUtf8(service);
  const methodBytes = encodeUtf8(method);
  const initialMetadata = encodeHeaders(metadata);
  const status = proxy_grpc_stream(
    target.dataStart,
    target.length,
    serviceBytes.dataStart,
    serviceBytes.length,
    methodBytes.dataStart,
    methodBytes.length,
    initialMetadata.dataStart,
    initialMetadata.length,
    RETURNED_NUMBER,
  );
  const call = startCall(status, load<u32>(RETURNED_NUMBER));
  if (status === Status.Ok) streams.add(call.id);
  return call;
}

/**
 * Sends a message on a stream; `endOfStream` marks the last one. `NotFound` if the stream is over or does not exist.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_send`.
 */
export function sendGrpcMessage(callId: u32, message: Uint8Array, endOfStream: bool): Status {
  // Envoy would use memory that it has freed.
  if (!streams.has(callId)) return Status.NotFound;
  return proxy_grpc_send(callId, message.dataStart, message.length, endOfStream);
}

/**
 * Ends the sending side of a stream. `NotFound` if the stream is over or does not exist.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_close`.
 */
export function closeGrpcStream(callId: u32): Status {
  return streams.has(callId) ? proxy_grpc_close(callId) : Status.NotFound;
}

/**
 * Cancels a call or a stream; no callback follows. `NotFound` if it is over.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_cancel`.
 */
export function cancelGrpcCall(callId: u32): Status {
  return endGrpcCall(callId) ? proxy_grpc_cancel(callId) : Status.NotFound;
}

/**
 * The Protobuf message `GrpcService` that names the cluster. Envoy accepts a bare name too, but mistakes names such as
 * `empty`, `users` and `inventory` for Protobuf and crashes.
 */
function encodeTarget(cluster: string): Uint8Array {
  return encodeFirstField(encodeFirstField(encodeUtf8(cluster)));
}

/** A Protobuf message whose field 1 is `bytes`. */
function encodeFirstField(bytes: Uint8Array): Uint8Array {
  const head: u8[] = [0x0a];
  let size = bytes.length;
  for (; size > 0x7f; size >>= 7) head.push(<u8>(size | 0x80));
  head.push(<u8>size);
  const start = new Uint8Array(head.length);
  start.set(head);
  return concat(start, bytes);
}

// The rest is for the callbacks in exports/.

export function isGrpcStream(callId: u32): bool {
  return streams.has(callId);
}

/** `false` if it was over already. */
export function endGrpcCall(callId: u32): bool {
  streams.delete(callId);
  return endCall(callId);
}

/**
 * The message that belongs to the status in `proxy_on_grpc_close`.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_status`.
 */
export function getGrpcStatusMessage(): string {
  const bytes = take(proxy_get_status(RETURNED_NUMBER, UNREAD, UNREAD));
  return bytes === null ? "" : decodeUtf8Lossy(bytes);
}
