/**
 * The hostcalls, as Proxy-Wasm ABI 0.2.1 declares them. AssemblyScript takes the name of the file for the module
 * to import from, so this one must be called `env`.
 *
 * Bytes are passed as their address and size. What a hostcall returns it writes to the addresses that are named
 * `returned…`; bytes that it returns are in memory that it has got from `malloc`.
 */

import { Status } from "./status";

export declare function proxy_log(level: i32, message: usize, messageSize: usize): Status;

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
