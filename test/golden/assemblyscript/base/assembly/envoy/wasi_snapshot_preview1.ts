/** The one hostcall that is not in Proxy-Wasm ABI 0.2.1 but in WASI. Its file names the module, as env.ts does. */

export declare function random_get(bytes: usize, count: usize): i32;
