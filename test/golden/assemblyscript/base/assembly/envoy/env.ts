/**
 * The hostcalls, as Proxy-Wasm ABI 0.2.1 declares them. AssemblyScript names the module to import from after the file,
 * so this file must be called `env`.
 *
 * Bytes are passed as address and size. A hostcall writes its results to the addresses named `returned…`. It gets
 * memory for bytes that it returns from `malloc`.
 */

import { Status } from "./status";

export declare function proxy_log(level: i32, message: usize, messageSize: usize): Status;

export declare function proxy_get_log_level(returnedLevel: usize): Status;

export declare function proxy_get_current_time_nanoseconds(returnedTime: usize): Status;

export declare function proxy_set_tick_period_milliseconds(period: u32): Status;

export declare function proxy_set_effective_context(id: u32): Status;

export declare function proxy_done(): Status;

export declare function proxy_get_property(
  path: usize,
  pathSize: usize,
  returnedValue: usize,
  returnedValueSize: usize,
): Status;

export declare function proxy_set_property(path: usize, pathSize: usize, value: usize, valueSize: usize): Status;

export declare function proxy_get_buffer_bytes(
  type: i32,
  start: u32,
  size: u32,
  returnedBytes: usize,
  returnedSize: usize,
): Status;

export declare function proxy_set_buffer_bytes(
  type: i32,
  start: u32,
  size: u32,
  bytes: usize,
  bytesSize: usize,
): Status;

export declare function proxy_get_header_map_pairs(type: i32, returnedPairs: usize, returnedPairsSize: usize): Status;

export declare function proxy_set_header_map_pairs(type: i32, pairs: usize, pairsSize: usize): Status;

export declare function proxy_get_header_map_value(
  type: i32,
  name: usize,
  nameSize: usize,
  returnedValue: usize,
  returnedValueSize: usize,
): Status;

export declare function proxy_add_header_map_value(
  type: i32,
  name: usize,
  nameSize: usize,
  value: usize,
  valueSize: usize,
): Status;

export declare function proxy_replace_header_map_value(
  type: i32,
  name: usize,
  nameSize: usize,
  value: usize,
  valueSize: usize,
): Status;

export declare function proxy_remove_header_map_value(type: i32, name: usize, nameSize: usize): Status;

export declare function proxy_continue_stream(type: i32): Status;

export declare function proxy_close_stream(type: i32): Status;

export declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsSize: usize,
  body: usize,
  bodySize: usize,
  headers: usize,
  headersSize: usize,
  grpcStatus: i32,
): Status;

export declare function proxy_http_call(
  cluster: usize,
  clusterSize: usize,
  headers: usize,
  headersSize: usize,
  body: usize,
  bodySize: usize,
  trailers: usize,
  trailersSize: usize,
  timeoutMilliseconds: u32,
  returnedCallId: usize,
): Status;

export declare function proxy_grpc_call(
  cluster: usize,
  clusterSize: usize,
  service: usize,
  serviceSize: usize,
  method: usize,
  methodSize: usize,
  metadata: usize,
  metadataSize: usize,
  message: usize,
  messageSize: usize,
  timeoutMilliseconds: u32,
  returnedCallId: usize,
): Status;

export declare function proxy_grpc_stream(
  cluster: usize,
  clusterSize: usize,
  service: usize,
  serviceSize: usize,
  method: usize,
  methodSize: usize,
  initialMetadata: usize,
  initialMetadataSize: usize,
  returnedCallId: usize,
): Status;

export declare function proxy_grpc_send(callId: u32, message: usize, messageSize: usize, endOfStream: u32): Status;

export declare function proxy_grpc_close(callId: u32): Status;

export declare function proxy_grpc_cancel(callId: u32): Status;

export declare function proxy_get_status(
  returnedCode: usize,
  returnedMessage: usize,
  returnedMessageSize: usize,
): Status;

export declare function proxy_get_shared_data(
  key: usize,
  keySize: usize,
  returnedValue: usize,
  returnedValueSize: usize,
  returnedVersion: usize,
): Status;

export declare function proxy_set_shared_data(
  key: usize,
  keySize: usize,
  value: usize,
  valueSize: usize,
  version: u32,
): Status;

export declare function proxy_register_shared_queue(name: usize, nameSize: usize, returnedId: usize): Status;

export declare function proxy_resolve_shared_queue(
  vmId: usize,
  vmIdSize: usize,
  name: usize,
  nameSize: usize,
  returnedId: usize,
): Status;

export declare function proxy_enqueue_shared_queue(id: u32, bytes: usize, bytesSize: usize): Status;

export declare function proxy_dequeue_shared_queue(id: u32, returnedBytes: usize, returnedSize: usize): Status;

export declare function proxy_define_metric(type: i32, name: usize, nameSize: usize, returnedId: usize): Status;

export declare function proxy_increment_metric(id: u32, offset: i64): Status;

export declare function proxy_record_metric(id: u32, value: u64): Status;

export declare function proxy_get_metric(id: u32, returnedValue: usize): Status;

export declare function proxy_call_foreign_function(
  name: usize,
  nameSize: usize,
  argument: usize,
  argumentSize: usize,
  returnedResult: usize,
  returnedResultSize: usize,
): Status;
