import { encodeUtf8 } from "../bytes";
import { BufferType, getBuffer } from "./buffer";
import { Call } from "./call";
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

/** Filled in `onGrpcInitialMetadata` alone. */
export const grpcInitialMetadata = new HeaderMap(HeaderMapType.GrpcInitialMetadata);
/** Filled in `onGrpcTrailingMetadata` alone. */
export const grpcTrailingMetadata = new HeaderMap(HeaderMapType.GrpcTrailingMetadata);

/** The message that has come, as Protobuf bytes; no bytes outside of `onGrpcMessage`. */
export function getGrpcMessage(): Uint8Array {
  return getBuffer(BufferType.GrpcMessage);
}

/** What the server says of the status that `onGrpcClose` has been told; null where it says nothing. */
export function getGrpcStatusMessage(): string | null {
  const bytes = take(proxy_get_status(RETURNED_NUMBER, UNREAD, UNREAD));
  return bytes === null ? null : String.UTF8.decodeUnsafe(bytes.dataStart, bytes.length);
}

/**
 * Calls `method` of `service`, such as `grpc.health.v1.Health`, with one message, in Protobuf bytes, and for one answer.
 * `cluster` is an Envoy cluster that speaks HTTP/2. The callbacks `onGrpc…` of the context whose callback this is tell
 * of the answer; whatever happens, `onGrpcClose` is the last of them.
 *
 * `ParseFailure`: there is no such cluster. `InternalFailure`: the call could not be made.
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
  const clusterBytes = encodeUtf8(cluster);
  const serviceBytes = encodeUtf8(service);
  const methodBytes = encodeUtf8(method);
  const metadataBytes = encodeHeaders(metadata);
  const status = proxy_grpc_call(
    clusterBytes.dataStart,
    clusterBytes.length,
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
  return new Call(status, load<u32>(RETURNED_NUMBER));
}

/**
 * As `grpcCall`, for any number of messages both ways: `sendGrpcMessage` sends one.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_stream`.
 */
export function openGrpcStream(cluster: string, service: string, method: string, metadata: Header[]): Call {
  const clusterBytes = encodeUtf8(cluster);
  const serviceBytes = encodeUtf8(service);
  const methodBytes = encodeUtf8(method);
  const metadataBytes = encodeHeaders(metadata);
  const status = proxy_grpc_stream(
    clusterBytes.dataStart,
    clusterBytes.length,
    serviceBytes.dataStart,
    serviceBytes.length,
    methodBytes.dataStart,
    methodBytes.length,
    metadataBytes.dataStart,
    metadataBytes.length,
    RETURNED_NUMBER,
  );
  return new Call(status, load<u32>(RETURNED_NUMBER));
}

/**
 * Sends a message on a stream; `endOfStream`: it is the last. `NotFound` where the stream is over.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_send`.
 */
export function sendGrpcMessage(callId: u32, message: Uint8Array, endOfStream: bool): Status {
  return proxy_grpc_send(callId, message.dataStart, message.length, endOfStream);
}

/**
 * Says that no message follows on a stream. `NotFound` where it is over.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_close`.
 */
export function closeGrpcStream(callId: u32): Status {
  return proxy_grpc_close(callId);
}

/**
 * Drops a call or a stream; no callback follows. `NotFound` where it is over.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_grpc_cancel`.
 */
export function cancelGrpcCall(callId: u32): Status {
  return proxy_grpc_cancel(callId);
}
