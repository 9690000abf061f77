import type { Envoy } from './envoy.ts';
import { type Answer, type Message, request } from './http.ts';

/** What a filter does in each callback. */
export type Script = Readonly<Record<string, readonly string[]>>;

/** The names of `proxy_status_t` in Proxy-Wasm ABI 0.2.1. */
const statuses: readonly string[] = [
  'Ok',
  'NotFound',
  'BadArgument',
  'SerializationFailure',
  'ParseFailure',
  'BadExpression',
  'InvalidMemoryAccess',
  'Empty',
  'CasMismatch',
  'ResultMismatch',
  'InternalFailure',
  'BrokenConnection',
  'Unimplemented',
];

let tags = 0;

/** A tag for one run of a script, and the script as the filters read it. */
export function writeScript(script: Script): Readonly<{ tag: string; text: string }> {
  tags += 1;
  const callbacks = Object.entries(script).map(
    ([callback, operations]) => `${callback}: ${operations.join('; ')}`,
  );
  return { tag: `run${tags}-`, text: callbacks.join(' | ') };
}

/** What a log says under a tag, in order. */
export function readSaid(log: string, tag: string): readonly string[] {
  const said = [...log.matchAll(new RegExp(` said ${tag} (.*)$`, 'gm'))].map(([, result]) => result ?? '');
  return said.map((result) => result.replaceAll(/status:(\d+)/g, (_, number) => statuses[number] ?? number));
}

/** Waits until the context with a tag is deleted. Returns what it said. */
export function waitForEnd(envoy: Envoy, tag: string): Promise<readonly string[]> {
  return envoy.eventually(() => {
    const said = readSaid(envoy.log(), tag);
    return said.at(-1) === 'end' && said.slice(0, -1);
  }, `the end of ${tag}`);
}

/** Sends a request through a filter that runs a script. Returns what it said, and the answer. */
export async function runScript(
  envoy: Envoy,
  listener: string,
  script: Script,
  message: Message = {},
  send: typeof request = request,
): Promise<Answer & { said: readonly string[]; tag: string }> {
  const { tag, text } = writeScript(script);
  const headers = { 'x-tag': tag, 'x-script': text, ...message.headers };
  const answer = await send(await envoy.port(listener), { ...message, headers });
  const said = await waitForEnd(envoy, tag);
  return { ...answer, said, tag };
}

/** Waits for the access log's entry of a request: `<status> <details> <property mine>`. */
export function readAccess(envoy: Envoy, tag: string): Promise<string> {
  return envoy.eventually(
    () => envoy.log().match(new RegExp(`^access ${tag} (.*)$`, 'm'))?.[1],
    `access ${tag}`,
  );
}
