/** What filter.test.js calls. */

import { Config } from "../../assembly/config";
import { Body, bodyEnd, Headers, Outcome, Plan, plan, Step } from "../../assembly/filter";
import { Redactor } from "../../assembly/redactor";

/** Each header is its name, and its value. */
class HeaderList extends Headers {
  constructor(private readonly list: string[][]) {
    super();
  }

  override getText(name: string): string | null {
    for (let i = 0; i < this.list.length; i++) if (this.list[i][0] === name) return this.list[i][1];
    return null;
  }
}

export function planFor(config: Config, headers: string[][]): Plan {
  return plan(config, new HeaderList(headers));
}

export function bodyEndFor(headers: string[][]): i64 {
  return bodyEnd(new HeaderList(headers));
}

export class Result {
  step: Step = Step.Pass;
  outcome: Outcome = Outcome.None;
  /** What goes on to the client. */
  output: Uint8Array = new Uint8Array(0);
}

/** How the last piece comes. */
export enum Last {
  More,
  EndOfStream,
  Trailers,
}

/** What becomes of the pieces of a body and, if they come, of the trailers. */
export function runBody(config: Config, end: i64, pieces: Uint8Array[], last: Last): Result[] {
  const body = new Body(config, new Redactor(config.redact, config.replacement), end);
  const results: Result[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const step = body.add(pieces[i], last === Last.EndOfStream && i === pieces.length - 1);
    results.push(toResult(body, step, pieces[i]));
  }
  if (last === Last.Trailers) results.push(toResult(body, body.finish(), new Uint8Array(0)));
  return results;
}

function toResult(body: Body, step: Step, piece: Uint8Array): Result {
  const result = new Result();
  result.step = step;
  result.outcome = body.outcome;
  if (step === Step.Send) result.output = body.output;
  else if (step === Step.Pass) result.output = piece;
  return result;
}
