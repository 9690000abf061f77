import { type Change, replace, replaceMatch } from '../support/project.ts';
import { log, returnFalse, trap, writeModule } from './module.ts';

/** A module or a bootstrap that Envoy rejects, and the hint. */
type Mistake = readonly [what: string, broken: Buffer | Change, hint: string];

const good = writeModule();

function importing(module: string, name: string): Buffer {
  return writeModule({ imports: [[module, name]] });
}

/** What the module does when Envoy calls this. */
function doing(callback: string, type: 'none' | 'answer' | 'create', code: readonly number[]): Buffer {
  return writeModule({ exports: { [callback]: [type, code] } });
}

export const mistakes: readonly Mistake[] = [
  [
    'an import of wasm-bindgen',
    importing('__wbindgen_placeholder__', '__wbindgen_throw'),
    'Build it for wasm32-wasip1',
  ],
  ['Math.random', importing('env', 'seed'), 'Use `getRandomBytes` from assembly/envoy/random.ts'],
  ['Date.now', importing('env', 'Date.now'), 'Use `getCurrentTime` from assembly/envoy/clock.ts'],
  ['console.log', importing('env', 'console.log'), 'Use `log` from assembly/envoy/log.ts'],
  ['trace', importing('env', 'trace'), 'Use `log` from assembly/envoy/log.ts'],
  ["AssemblyScript's abort", importing('env', 'abort'), 'back into asconfig.json'],
  [
    'a hostcall of another ABI',
    importing('env', 'proxy_get_map_values'),
    'no supported Envoy offers proxy_get_map_values',
  ],
  [
    'a WASI call that no Envoy has',
    importing('wasi_snapshot_preview1', 'proc_raise'),
    'Envoy has no WASI function proc_raise',
  ],
  ['an import from elsewhere', importing('host', 'call'), 'the module calls call of `host`'],
  [
    'an import of another type',
    importing('env', 'proxy_log'),
    'Envoy has env.proxy_log, but with other parameters',
  ],
  [
    'a callback of another type',
    doing('proxy_on_configure', 'none', []),
    "the module's proxy_on_configure has other",
  ],
  ['no ABI marker', writeModule({ abi: 'other' }), 'the module does not export which ABI it uses'],
  [
    'a future ABI marker',
    writeModule({ abi: 'proxy_abi_version_0_3_0' }),
    'the module does not export which ABI it uses',
  ],
  ['no malloc', writeModule({ allocator: 'other' }), 'neither `malloc` nor `proxy_on_memory_allocate`'],
  [
    'no memory',
    writeModule({
      hasMemory: false,
      imports: [['env', 'proxy_log']],
      importType: 'log',
      exports: { proxy_on_configure: ['answer', log] },
    }),
    'It does so if a module does not export its memory',
  ],
  [
    'a file that is no module',
    Buffer.from('<!DOCTYPE html>'),
    'the module file is not WebAssembly, or part of it is missing',
  ],
  [
    'half a module',
    good.subarray(0, good.length / 2),
    'the module file is not WebAssembly, or part of it is missing',
  ],
  ['an empty module file', Buffer.alloc(0), 'the module file is probably empty'],
  ['a crash at the start', doing('_initialize', 'none', trap), 'the module crashed as it started'],
  ['a crash in _start', doing('_start', 'none', trap), 'the module crashed as it started'],
  [
    'a crash in proxy_on_configure',
    doing('proxy_on_configure', 'answer', trap),
    'crashed as it read the plugin configuration',
  ],
  [
    'a crash in proxy_on_vm_start',
    doing('proxy_on_vm_start', 'answer', trap),
    'crashed as Envoy created its context',
  ],
  [
    'a configuration rejected without a word',
    doing('proxy_on_configure', 'answer', returnFalse),
    'its callback for the configuration returned false',
  ],
  [
    'a start refused without a word',
    doing('proxy_on_vm_start', 'answer', returnFalse),
    'its callback for the start of the VM returned false',
  ],
  ['no module file', replaceMatch(/build\/.*\.wasm/, 'build/plugin.wasm'), 'Run: make build'],
  ['another file that is missing', replace('echo.lua', 'eco.lua'), 'there is no file eco.lua'],
  [
    'a runtime that Envoy lacks',
    replace('vm_id: ', 'runtime: envoy.wasm.runtime.wasmtime #'),
    'Remove `runtime`',
  ],
  ['wrong indentation', replace('  - name: echo\n', '   - name: echo\n'), 'is not YAML, at line 62 or above'],
  ['a tab', replace('  clusters:', '\tclusters:'), 'there is a tab at line '],
  ['a misspelt field', replace('vm_id:', 'vmid:'), 'envoy.extensions.wasm.v3.VmConfig has no field `vmid`'],
  ['a misspelt field at the top', replace('admin:', 'admn:'), 'the bootstrap has no field `admn`'],
  [
    'a misspelt value',
    replace('FAIL_RELOAD', 'FAIL_RELAOD'),
    '`FAIL_RELAOD` is not a valid value for its field',
  ],
  [
    'a value of another type',
    replace('use_remote_address: true', 'use_remote_address: 1'),
    'has the wrong type. It is at static_resources.listeners[0].',
  ],
  [
    'a misspelt type',
    replace('http.wasm.v3.Wasm', 'http.wasm.v3.Wsam'),
    'no extension type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wsam',
  ],
  [
    'an empty value',
    replace('stat_prefix: ingress', 'stat_prefix: ""'),
    'HttpConnectionManagerValidationError.StatPrefix',
  ],
  [
    'a route to no cluster',
    replace('cluster: upstream }', 'cluster: upstrem }'),
    'points to cluster `upstrem`, which does not exist',
  ],
];
