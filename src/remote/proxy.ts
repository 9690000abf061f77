import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Env } from '../args.ts';
import { UnreachableError } from './errors.ts';

/** The proxy that the environment names for a host, if any. */
export function findProxy(env: Env, host: string): string | undefined {
  const proxy = env.https_proxy || env.HTTPS_PROXY || env.all_proxy || env.ALL_PROXY;
  const excluded = (env.no_proxy ?? env.NO_PROXY ?? '')
    .split(/[\s,]+/)
    .map((name) => name.replace(/^\*?\./, ''));
  const isExcluded = excluded.some(
    (name) => name === '*' || name === host || (name && host.endsWith(`.${name}`)),
  );
  return isExcluded ? undefined : proxy || undefined;
}

/** Opens a connection to `host:port` through a proxy. Throws UnreachableError. */
export async function openTunnel(proxy: string, target: string, signal: AbortSignal): Promise<Duplex> {
  const address = proxy.includes('://') ? proxy : `http://${proxy}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const send = url?.protocol === 'http:' ? plainRequest : url?.protocol === 'https:' ? request : undefined;
  if (url === undefined || send === undefined) {
    throw new UnreachableError(
      'the address of the proxy does not begin with http:// or https://',
      'check https_proxy',
    );
  }
  const user = [url.username, url.password].map(decodeURIComponent).join(':');
  const authorization = { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
  const headers = { host: target, ...(user === ':' ? {} : authorization) };
  return new Promise((resolve, reject) => {
    send({ host: url.hostname, port: url.port, method: 'CONNECT', path: target, headers, signal })
      .on('connect', ({ statusCode }, socket) => {
        if (statusCode === 200) return resolve(socket);
        socket.destroy();
        reject(new UnreachableError(`the proxy ${url.host} answered ${statusCode}`, 'check https_proxy'));
      })
      .on('error', ({ message }) => {
        reject(
          new UnreachableError(`the proxy ${url.host} cannot be reached: ${message}`, 'check https_proxy'),
        );
      })
      .end();
  });
}
