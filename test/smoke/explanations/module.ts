const [i32, f64] = [0x7f, 0x7c];

/** The types of functions that modules have here: parameters and results. */
const types = {
  none: [[], []],
  toNumber: [[], [f64]],
  allocate: [[i32], [i32]],
  answer: [[i32, i32], [i32]],
  create: [[i32, i32], []],
  log: [[i32, i32, i32], [i32]],
} as const;

type Type = keyof typeof types;

/** What is in a module besides a memory and `malloc`. The code of functions is in bytes. */
type Parts = Readonly<{
  abi?: string;
  hasMemory?: boolean;
  allocator?: string;
  imports?: readonly (readonly [module: string, name: string])[];
  importType?: Type;
  exports?: Readonly<Record<string, readonly [type: Type, code: readonly number[]]>>;
}>;

/** Instructions. */
export const trap = [0x00];
export const returnFalse = [0x41, 0];
export const log = [0x41, 2, 0x41, 0, 0x41, 4, 0x10, 0];

/** The bytes of a Wasm module of less than 128 bytes in each part. */
export function writeModule(parts: Parts = {}): Buffer {
  const {
    abi = 'proxy_abi_version_0_2_1',
    hasMemory = true,
    allocator = 'malloc',
    importType = 'none',
  } = parts;
  const names = Object.keys(types);
  const functions = Object.entries({
    [abi]: ['none', []] as const,
    [allocator]: ['allocate', returnFalse] as const,
    ...parts.exports,
  });
  const imports = parts.imports ?? [];
  const exports = functions.map(([name], index) => [...text(name), 0, imports.length + index]);
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      Object.values(types).map(([parameters, results]) => [0x60, ...vector(parameters), ...vector(results)]),
    ),
    ...section(
      2,
      imports.map(([module, name]) => [...text(module), ...text(name), 0, names.indexOf(importType)]),
    ),
    ...section(
      3,
      functions.map(([, [type]]) => [names.indexOf(type)]),
    ),
    ...section(5, hasMemory ? [[0, 1]] : []),
    ...section(7, hasMemory ? [...exports, [...text('memory'), 2, 0]] : exports),
    ...section(
      10,
      functions.map(([, [, code]]) => [code.length + 2, 0, ...code, 0x0b]),
    ),
  ]);
}

function section(id: number, items: readonly (readonly number[])[]): readonly number[] {
  const bytes = [items.length, ...items.flat()];
  // A size of up to 16,383, as WebAssembly writes it.
  return [id, (bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes];
}

function vector(bytes: readonly number[]): readonly number[] {
  return [bytes.length, ...bytes];
}

function text(value: string): readonly number[] {
  return vector([...Buffer.from(value)]);
}
