/** What json.test.js calls. */

import { Fields } from "../../assembly/json/fields";
import { JsonReader } from "../../assembly/json/reader";
import { Json, JsonType } from "../../assembly/json/value";

export class Answer {
  rewritten: string | null = null;
  error: string = "";
}

/** Reads `json` and writes what was read as JSON again. */
export function readJson(json: string): Answer {
  const answer = new Answer();
  const reader = new JsonReader(json);
  const value = reader.read();
  answer.error = reader.error;
  if (value !== null) answer.rewritten = write(value);
  return answer;
}

function write(value: Json): string {
  const parts: string[] = [];
  switch (value.type) {
    case JsonType.String:
      return quote(value.text);
    case JsonType.Array:
      for (let i = 0; i < value.items.length; i++) parts.push(write(value.items[i]));
      return `[${parts.join(",")}]`;
    case JsonType.Object:
      for (let i = 0; i < value.items.length; i++) parts.push(`${quote(value.names[i])}:${write(value.items[i])}`);
      return `{${parts.join(",")}}`;
    default:
      return value.text;
  }
}

/** Every character by its number. */
function quote(text: string): string {
  const parts: string[] = [];
  for (let i = 0; i < text.length; i++) parts.push(`\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`);
  return `"${parts.join("")}"`;
}

export class Sample {
  text: string = "none";
  line: string = "none";
  path: string = "/";
  prefix: string = "/check";
  flag: bool = false;
  count: i32 = 5;
  mode: i32 = 1;
  timeout: i32 = 1_000;
  interval: u64 = 1;
  list: string[] = ["a"];
  headers: string[] = ["x-a"];
  error: string | null = null;
}

/** Reads an object with a field of each type. */
export function readFields(json: Uint8Array): Sample {
  const sample = new Sample();
  const fields = new Fields(json);
  sample.text = fields.string("text", sample.text);
  sample.line = fields.singleLine("line", sample.line);
  sample.path = fields.path("path", sample.path);
  sample.prefix = fields.pathPrefix("prefix", sample.prefix);
  sample.flag = fields.boolean("flag", sample.flag);
  sample.count = fields.integer("count", sample.count, -1, 10);
  sample.mode = fields.choice("mode", sample.mode, ["off", "on", "auto"]);
  sample.timeout = fields.milliseconds("timeout", sample.timeout);
  sample.interval = fields.perSecond("interval", sample.interval);
  sample.list = fields.strings("list", sample.list);
  sample.headers = fields.headerNames("headers", sample.headers);
  sample.error = fields.error();
  return sample;
}

/** What is wrong with an object that must have the field `text`. */
export function requireText(json: Uint8Array): string | null {
  const fields = new Fields(json);
  fields.string("text", "none");
  fields.require("text");
  return fields.error();
}

export class ClusterSample {
  cluster: string = "";
  error: string | null = null;
}

/** Reads an object that must have the field `cluster`. */
export function readCluster(json: Uint8Array): ClusterSample {
  const sample = new ClusterSample();
  const fields = new Fields(json);
  sample.cluster = fields.cluster("cluster");
  sample.error = fields.error();
  return sample;
}
