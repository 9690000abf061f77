import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { connect } from 'node:tls';
import type { Env } from '../args.ts';
import { MissingError, UnreachableError } from './errors.ts';
import { tooLarge } from './inspection.ts';
import { limits, readUpTo } from './limits.ts';
import { findProxy, openTunnel } from './proxy.ts';

const redirectsAllowed = 5;

/**
 * Downloads an archive. Throws MissingError if the host says that there is none, or sends something else, such as a
 * login page. Throws UnreachableError if the host does not answer, or fails.
 */
export async function download(address: string, env: Env, signal: AbortSignal): Promise<Buffer> {
  const response = await follow(new URL(address), env, signal, redirectsAllowed);
  try {
    const bytes = await readUpTo(limits.bytes, response, () => tooLarge('download'));
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    if (isGzip) return bytes;
  } catch (error) {
    throw response.errored === error ? toUnreachable(address, error) : error;
  } finally {
    response.destroy();
  }
  throw new MissingError(`${address} is not an archive`);
}

async function follow(url: URL, env: Env, signal: AbortSignal, left: number): Promise<IncomingMessage> {
  const response = await request(url, env, signal);
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return response;
  response.destroy();
  if ([301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined) {
    const next = URL.canParse(headers.location, url.href) ? new URL(headers.location, url) : undefined;
    if (next?.protocol !== 'https:')
      throw new UnreachableError(`${url.host} redirects to an address without https`);
    if (left === 0) throw new UnreachableError(`${url.host} redirects too often`);
    return follow(next, env, signal, left - 1);
  }
  if ([401, 403, 404, 410].includes(statusCode)) throw new MissingError(`${url.href} does not exist`);
  throw new UnreachableError(`${url.host} answered ${statusCode}`, 'try again later');
}

async function request(url: URL, env: Env, signal: AbortSignal): Promise<IncomingMessage> {
  const proxy = findProxy(env, url.hostname);
  const socket =
    proxy === undefined ? undefined : await openTunnel(proxy, `${url.hostname}:${url.port || 443}`, signal);
  const options: RequestOptions = {
    signal,
    defaultPort: 443,
    headers: { 'user-agent': 'create-envoy-filter' },
    ...(socket && { createConnection: () => connect({ socket, servername: url.hostname }) }),
  };
  return new Promise((resolve, reject) => {
    get(url, options, resolve).on('error', (error) => reject(toUnreachable(url.href, error)));
  });
}

function toUnreachable(address: string, error: unknown): UnreachableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UnreachableError(`cannot download ${address}: ${reason}`, undefined, { cause: error });
}
