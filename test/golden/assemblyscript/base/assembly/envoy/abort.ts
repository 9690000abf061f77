import { LogLevel, log } from "./log";

/**
 * AssemblyScript calls this when something throws or an index is out of range, and then traps. asconfig.json puts it
 * in the place of a function that Envoy would have to provide.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  log(LogLevel.Critical, `${message} at ${file}:${line}`);
}
