import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject, test, vi } from 'vitest';
import { compile } from './modules.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Node.js has it, but its types are only in those of browsers. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  Module: { exports(module: object): { name: string }[] };
};

const folder = dirname(inject('modules'));

/** What Envoy or the ABI layer needs of every module. */
const always = [
  '_initialize',
  'malloc',
  'memory',
  'proxy_abi_version_0_2_1',
  'proxy_on_context_create',
  'proxy_on_delete',
  'proxy_on_http_call_response',
  'proxy_on_vm_start',
];

/** Compiles `assembly/<name>.ts` and returns what the module exports. */
async function listExports(name: string): Promise<readonly string[]> {
  await compile(name, folder);
  const module = await WebAssembly.compile(readFileSync(join(folder, `build/${name}.wasm`)));
  return WebAssembly.Module.exports(module)
    .map((entry) => entry.name)
    .sort();
}

/** Writes `assembly/<name>.ts`: a module with these classes, which exports the callbacks of these files. */
function write(name: string, files: readonly string[], classes: string): void {
  const imports = `import { Action } from "./envoy/action";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { HttpContext } from "./envoy/http";
import { Peer, StreamContext } from "./envoy/stream";
${files.map((file) => `export * from "./envoy/exports/${file}";`).join('\n')}
setRootContext((id: u32) => new Root(id));
class Root extends RootContext {
  override createContext(id: u32): Context { return new Filter(id); }
}
`;
  writeFileSync(join(folder, `assembly/${name}.ts`), imports + classes);
}

test('hello exports the two callbacks that it overrides', async () => {
  expect(await listExports('index')).toEqual(
    [...always, 'proxy_on_configure', 'proxy_on_request_headers'].sort(),
  );
});

test('a filter without callbacks exports none', async () => {
  write('none', ['root', 'http', 'stream'], 'class Filter extends HttpContext {}');
  expect(await listExports('none')).toEqual(always);
});

test('a callback that a class inherits from one of the project is exported', async () => {
  const base = 'class Base extends HttpContext { override onLog(): void {} }';
  // Without the keyword `override`, which asc does not require, and in a namespace.
  const body = 'onResponseBody(size: u32, endOfStream: bool): Action { return Action.Pause; }';
  const filter = `namespace inner { export class Middle extends Base { ${body} } }
class Filter extends inner.Middle {}`;
  write('inherited', ['root', 'http'], `${base}\n${filter}`);
  expect(await listExports('inherited')).toEqual(
    [...always, 'proxy_on_log', 'proxy_on_response_body'].sort(),
  );
});

test('a filter that overrides every callback exports every callback', async () => {
  const files = readdirSync(join(folder, 'assembly/envoy/exports')).filter((file) => file.endsWith('.ts'));
  const sources = files.map((file) => readFileSync(join(folder, 'assembly/envoy/exports', file), 'utf8'));
  const declared = sources.flatMap((text) =>
    [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name),
  );
  const classes = ['HttpContext', 'StreamContext', 'RootContext'].map(
    (base) => `class Every${base} extends ${base} {
${listMethods(base)}
}`,
  );
  const filter =
    'class Filter extends EveryHttpContext {}\nexport function use(): void { new EveryStreamContext(0); }';
  const all = classes.join('\n').replace('class EveryRootContext', 'abstract class EveryRootContext');
  const names = files.map((file) => file.replace('.ts', ''));
  write('every', names, `${all}\n${filter}`);
  expect(await listExports('every')).toEqual([...new Set([...always, ...declared, 'use'])].sort());
});

/** Overrides of all callbacks that a class of the ABI layer declares. */
function listMethods(base: string): string {
  const file = { HttpContext: 'http', StreamContext: 'stream' }[base] ?? 'context';
  const text = readFileSync(join(folder, `assembly/envoy/${file}.ts`), 'utf8');
  return [...text.matchAll(/^ {2}(on\w+\(.*\): (\w+)) \{/gm)]
    .map(([, signature, type]) => {
      const value = { void: '', bool: 'return true;' }[type ?? ''] ?? `return ${type}.Continue;`;
      return `  override ${signature} { ${value} }`;
    })
    .join('\n');
}

test('an error says what to export for an override that Envoy would never call', async () => {
  const method = 'override onGrpcMessage(callId: u32, size: u32): void {}';
  write('forgotten', ['root', 'http'], `class Filter extends HttpContext { ${method} }`);
  await expect(compile('forgotten', folder)).rejects.toThrow(
    'Envoy never calls it unless assembly/forgotten.ts has: export * from "./envoy/exports/grpc";',
  );
});
