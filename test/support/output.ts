import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

/** What `--json` prints, as far as tests use it. */
export type Output = Readonly<{
  kind: string;
  ok: boolean;
  exitCode: number;
  files: readonly Readonly<{ path: string; size: number }>[];
  repeat: string;
  error: Readonly<{ kind: string; message: string; hint: string | null; inTheWay: readonly string[] }>;
}> &
  Readonly<Record<string, unknown>>;

/** The JSON Schema of what `--json` prints. */
export const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schemas/output-1.json'), 'utf8'),
);

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  close({ ...schema, unevaluatedProperties: false }) as AnySchema,
);

/** Reads what `--json` has printed. Fails unless it is a line of ASCII with an object as in the schema, and no more. */
export function parseOutput(stdout: string): Output {
  expect(stdout).toMatch(/^[ -~]+\n$/);
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors ?? [], stdout).toEqual([]);
  return output;
}

/**
 * The schema without room for fields that it does not name. The one that ships has room, so that a script that validates
 * survives new fields.
 */
function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const isRecord = key === 'items' || key === 'error';
      const isObject = typeof value === 'object' && (value.type === 'object' || '$ref' in value);
      return [
        key,
        close(isRecord && isObject ? { type: 'object', ...value, unevaluatedProperties: false } : value),
      ];
    }),
  );
}
