import { LogLevel, log } from "./log";

/**
 * AssemblyScript calls this before it traps, when something throws or an index is out of range. asconfig.json makes it
 * replace an import that Envoy does not provide.
 *
 * The files that this needs must not allocate at their top: that would run before the garbage collector is ready.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  log(LogLevel.Critical, `${message} at ${file}:${line}`);
}
