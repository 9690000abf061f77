/**
 * What a test wants a filter to do, and what came of it.
 *
 * A script is `callback: operation argument argument; operation | callback: operation`. The result of each operation is
 * a line of Envoy's log: `said <tag> <result>`.
 */

import { decodeUtf8, encodeUtf8 } from "./bytes";
import { Action } from "./envoy/action";
import { Header } from "./envoy/headers";
import { LogLevel, log } from "./envoy/log";
import { Status } from "./envoy/status";

export class Script {
  private readonly operations: Map<string, string[]> = new Map<string, string[]>();

  constructor(
    readonly tag: string,
    text: string,
  ) {
    const callbacks = text.split(" | ");
    for (let i = 0; i < callbacks.length; i++) {
      const parts = callbacks[i].split(": ");
      if (parts.length === 2) this.operations.set(parts[0], parts[1].split("; "));
    }
  }

  of(callback: string): string[] {
    return this.operations.has(callback) ? this.operations.get(callback) : [];
  }

  /** Without a tag nobody listens. */
  say(result: string): void {
    if (this.tag === "") return;
    log(LogLevel.Critical, `said ${this.tag} ${result}`);
  }
}

/** Who runs the operations of a script. */
export abstract class Runner {
  private action: Action = Action.Continue;

  constructor(readonly script: Script) {}

  /** Gives the result of an operation. */
  abstract run(operation: string, args: string[]): string;

  /** Runs what the script has for a callback; gives what the callback is to return. */
  call(callback: string): Action {
    this.action = Action.Continue;
    const operations = this.script.of(callback);
    for (let i = 0; i < operations.length; i++) {
      const words = operations[i].split(" ");
      if (words[0] === "pause") this.action = Action.Pause;
      else this.script.say(this.run(words[0], words.slice(1)));
    }
    return this.action;
  }
}

export function showStatus(status: Status): string {
  return `status:${status}`;
}

/** Text in quotes, other bytes as numbers. */
export function show(bytes: Uint8Array | null): string {
  if (bytes === null) return "null";
  const text = decodeUtf8(bytes);
  return text === null ? `[${bytes.join(",")}]` : `'${text}'`;
}

export function showText(text: string | null): string {
  return text === null ? "null" : `'${text}'`;
}

/** An argument is text without spaces; `_` is none. */
export function toBytes(argument: string): Uint8Array {
  return argument === "_" ? new Uint8Array(0) : encodeUtf8(argument);
}

/** `name=value name=value` */
export function toHeaders(args: string[]): Header[] {
  const headers: Header[] = [];
  for (let i = 0; i < args.length; i++) {
    const at = args[i].indexOf("=");
    if (at > 0) headers.push(new Header(args[i].slice(0, at), encodeUtf8(args[i].slice(at + 1))));
  }
  return headers;
}

export function showHeaders(headers: Header[]): string {
  return headers.map<string>((header) => `${header.name}=${show(header.value)}`).join(" ");
}

export function toNumber(argument: string): i64 {
  return I64.parseInt(argument);
}
