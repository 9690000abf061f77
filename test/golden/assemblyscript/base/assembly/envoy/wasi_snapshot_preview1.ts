/**
 * Hostcalls that are not in Proxy-Wasm ABI 0.2.1 but in WASI. AssemblyScript names the module to import from after the
 * file, as in env.ts.
 */

export declare function clock_time_get(clock: u32, precision: u64, returnedTime: usize): u32;

export declare function random_get(bytes: usize, count: usize): i32;
