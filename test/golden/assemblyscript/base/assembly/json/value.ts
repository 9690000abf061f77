/** The kinds of JSON values; `TYPE_NAMES` has a name for each. */
export enum JsonType {
  Null,
  Boolean,
  Number,
  String,
  Array,
  Object,
}

export const TYPE_NAMES: string[] = ["null", "a boolean", "a number", "a string", "an array", "an object"];

/** A JSON value. */
export class Json {
  /** An array's items, or the values of an object's fields. */
  readonly items: Json[] = [];
  /** The names of an object's fields, in the order of their values. */
  readonly names: string[] = [];

  constructor(
    readonly type: JsonType,
    /** The text of a string. null, booleans and numbers as they are written, so that no digit is lost. */
    readonly text: string,
  ) {}

  /** The value of an object's field, the last if there are several, or null. */
  get(name: string): Json | null {
    const which = this.names.lastIndexOf(name);
    return which < 0 ? null : this.items[which];
  }
}
