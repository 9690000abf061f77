/** The filter's decisions, without Proxy-Wasm. */

import { ByteBuffer } from "./byte-buffer";
import { concat, encodeUtf8 } from "./bytes";
import { Config, Oversize } from "./config";
import { isDigit, isWhitespace } from "./json/characters";
import { toLowerCaseAscii } from "./json/header-name";
import { Nesting } from "./nesting";
import { Redactor } from "./redactor";

/** The answer in place of a response that is too large. */
export const TOO_LARGE = "the response is too large to be redacted\n";

/** Headers that no longer hold when the body changes. Digests can also be trailers. */
export const BROKEN_HEADERS: string[] = ["content-length", "content-digest", "repr-digest", "digest", "content-md5"];

/** JSON in a stream, whose end may never come. */
const STREAMS: string[] = ["text/event-stream", "application/x-ndjson", "application/json-seq"];

/**
 * How much of a body Envoy may hold back until trailers come: Envoy Gateway's limit for what a filter pauses is 32 KiB,
 * and Envoy resets a response that exceeds it.
 */
const MOST_HELD = 16 * 1024;

// How the end of a body shows, if not by its length. Both are negative, which no length is.
/** By the end of the stream: no trailers follow. */
export const END_OF_STREAM: i64 = -1;
/** Only afterwards: trailers may follow, as in HTTP/2. */
export const UNKNOWN_END: i64 = -2;

/** The most digits that an `i64` surely has room for. */
const MOST_DIGITS = 18;

/** What happens to a response. */
export enum Plan {
  /** It is not JSON, or has no body. */
  Ignore,
  /** It may hold JSON, but none that can be changed. */
  Skip,
  Oversize,
  Collect,
}

/** The headers of a response. */
export abstract class Headers {
  /** The first value of a header; null if there is none. */
  abstract getText(name: string): string | null;

  /** Like `getText`, in lower case; empty if there is none. */
  get(name: string): string {
    const value = this.getText(name);
    return value === null ? "" : toLowerCaseAscii(value);
  }

  has(name: string): bool {
    return this.getText(name) !== null;
  }
}

/** Decides by the headers. */
export function plan(config: Config, headers: Headers): Plan {
  const status = headers.get(":status");
  if (status.charAt(0) === "1" || status === "204" || status === "304") return Plan.Ignore;
  const contentType = headers.get("content-type").split(";");
  const mediaType = contentType[0].trim();
  if (STREAMS.includes(mediaType)) return Plan.Skip;
  if (!isJson(mediaType)) return Plan.Ignore;
  const encoding = headers.get("content-encoding");
  const isPlain = encoding === "" || encoding === "identity";
  if (!isPlain || !isReadable(contentType) || status === "206" || headers.has("content-range")) return Plan.Skip;
  return bodyEnd(headers) > config.maxBytes ? Plan.Oversize : Plan.Collect;
}

/** The length of the body, `END_OF_STREAM` or `UNKNOWN_END`. */
export function bodyEnd(headers: Headers): i64 {
  const length = readLength(headers.get("content-length"));
  if (length >= 0) return length;
  // HTTP/2 has neither. Envoy drops trailers of HTTP/1, unless it is told otherwise.
  const isHttp1 = headers.has("transfer-encoding") || headers.has("connection");
  return isHttp1 && !headers.has("trailer") ? END_OF_STREAM : UNKNOWN_END;
}

function isJson(mediaType: string): bool {
  return mediaType === "application/json" || mediaType === "text/json" || mediaType.endsWith("+json");
}

/** Whether the parameters of the content type leave the body in UTF-8. */
function isReadable(contentType: string[]): bool {
  for (let i = 1; i < contentType.length; i++) {
    const parameter = contentType[i].trim();
    if (!parameter.startsWith("charset=")) continue;
    const charset = parameter.substring("charset=".length).replaceAll('"', "");
    if (charset !== "utf-8" && charset !== "utf8" && charset !== "us-ascii") return false;
  }
  return true;
}

/** -1 if the text is not a number. */
function readLength(text: string): i64 {
  if (text === "" || text.length > MOST_DIGITS) return -1;
  let length: i64 = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isDigit(text.charCodeAt(i))) return -1;
    length = length * 10 + text.charCodeAt(i) - 0x30;
  }
  return length;
}

/**
 * The entity tag of a changed body. A weak one promises the same meaning, not the same bytes. As `If-Match` it never
 * matches, so no client can write back what it has read redacted.
 */
export function weaken(etag: Uint8Array): Uint8Array {
  const isWeak = etag.length > 1 && etag[0] === 0x57 && etag[1] === 0x2f;
  return isWeak ? etag : concat(encodeUtf8("W/"), etag);
}

/** What to do with the bytes that have come. */
export enum Step {
  /** They are taken. Trailers may come next, and the body must then still be there. */
  Hold,
  /** They are taken. */
  Take,
  /** Pass on `output` in their place. */
  Send,
  /** Pass them on. */
  Pass,
  /** The client must not get them, nor any after them. */
  Break,
}

/** What a response counts as. */
export enum Outcome {
  None,
  Changed,
  Invalid,
  Oversize,
}

enum State {
  Collecting,
  SentUnchanged,
  SentChanged,
  /** The rest passes as it is. */
  Passing,
  /** The rest is lost. */
  Broken,
}

/** A body that comes in pieces. */
export class Body {
  /** What came of the last step. */
  outcome: Outcome = Outcome.None;
  output: Uint8Array = new Uint8Array(0);

  private bytes: ByteBuffer = new ByteBuffer();
  private readonly nesting: Nesting = new Nesting();
  private state: State = State.Collecting;

  constructor(
    private readonly config: Config,
    private readonly redactor: Redactor,
    private readonly end: i64,
  ) {
    if (end > 0) this.bytes.reserve(<i32>end);
  }

  /** `piece` has come. */
  add(piece: Uint8Array, endOfStream: bool): Step {
    this.outcome = Outcome.None;
    switch (this.state) {
      case State.Collecting:
        return this.collect(piece, endOfStream);
      case State.Passing:
        return Step.Pass;
      case State.Broken:
        return Step.Take;
      default:
        return this.follow(piece);
    }
  }

  /** Trailers have come, so the body is over. */
  finish(): Step {
    this.outcome = Outcome.None;
    const size = this.bytes.length;
    if (this.state !== State.Collecting || size === 0) return Step.Pass;
    if (size <= MOST_HELD && this.end === UNKNOWN_END) return this.send();
    // Envoy no longer accepts a body. It was not JSON, or it would have been sent when it was complete.
    return this.breakOff(Outcome.Invalid);
  }

  private collect(piece: Uint8Array, endOfStream: bool): Step {
    this.bytes.append(piece);
    const size = this.bytes.length;
    if (size > this.config.maxBytes) return this.giveUp();
    let isComplete = size === this.end;
    if (this.end === UNKNOWN_END) {
      this.nesting.follow(piece);
      if (!endOfStream && size <= MOST_HELD) return Step.Hold;
      isComplete = this.nesting.isClosed;
    }
    return isComplete || endOfStream ? this.send() : Step.Take;
  }

  private giveUp(): Step {
    if (this.config.oversize === Oversize.Refuse) return this.breakOff(Outcome.Oversize);
    this.outcome = Outcome.Oversize;
    return this.sendAs(this.bytes.view(), State.Passing);
  }

  private breakOff(outcome: Outcome): Step {
    this.outcome = outcome;
    this.bytes = new ByteBuffer();
    this.state = State.Broken;
    return Step.Break;
  }

  private send(): Step {
    if (this.bytes.length === 0) return Step.Pass;
    const redacted = this.redactor.redact(this.bytes);
    if (!redacted.isValid) {
      this.outcome = Outcome.Invalid;
      return this.sendAs(redacted.bytes, State.Passing);
    }
    if (!redacted.isChanged) return this.sendAs(redacted.bytes, State.SentUnchanged);
    this.outcome = Outcome.Changed;
    return this.sendAs(redacted.bytes, State.SentChanged);
  }

  private sendAs(output: Uint8Array, state: State): Step {
    this.output = output;
    this.bytes = new ByteBuffer();
    this.state = state;
    return Step.Send;
  }

  /** After what looked like the end, only white space is JSON. Anything else passes if nothing was changed. */
  private follow(piece: Uint8Array): Step {
    if (isBlank(piece)) return Step.Pass;
    if (this.state === State.SentChanged) return this.breakOff(Outcome.Invalid);
    this.outcome = Outcome.Invalid;
    this.state = State.Passing;
    return Step.Pass;
  }
}

function isBlank(piece: Uint8Array): bool {
  for (let i = 0; i < piece.length; i++) if (!isWhitespace(piece[i])) return false;
  return true;
}
