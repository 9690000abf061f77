import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';

const json = { 'content-type': 'application/json' };

/** Answers with the headers of the request, as the echo of a project's bootstrap does, or with a user. */
const echo = createHttpServer(({ url, headers }, response) => {
  const body = url === '/user' ? { name: 'alice', password: 'secret' } : { headers };
  response.writeHead(200, json).end(JSON.stringify(body));
});

const greeter = createHttpServer((_request, response) => {
  response.writeHead(200, json).end('{"greeting": "Hello again"}');
});

/** Lets alice in, as the service of a project's bootstrap does. */
const auth = createHttpServer(({ headers: { authorization } }, response) => {
  if (authorization === 'Bearer alice') response.writeHead(200, { 'x-auth-user': 'alice' }).end();
  else if (authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
  else response.writeHead(403).end();
});

const tcp = createTcpServer((socket) => socket.on('error', () => {}).pipe(socket));

export const upstreamPorts = { echo: 3000, greeter: 3001, tcp: 3002, auth: 3003 } as const;

const servers: Readonly<Record<keyof typeof upstreamPorts, Server>> = { echo, greeter, tcp, auth };

/** Starts what the proxies forward to. Returns how to stop it. */
export async function startUpstreams(address: string): Promise<() => void> {
  for (const [name, port] of Object.entries(upstreamPorts)) {
    const server = servers[name as keyof typeof upstreamPorts].listen(port, address);
    await once(server, 'listening');
  }
  return () => {
    for (const server of Object.values(servers)) server.close();
  };
}
