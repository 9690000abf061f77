import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflate } from 'node:zlib';
import { withServer } from '../support/server.ts';

/** Answers a request to `https://<host><path>`. */
export type Answer = (host: string, request: IncomingMessage, response: ServerResponse) => void;

/** The hosts during a test: the environment that leads to them, and what they were asked. */
export type Hosts = Readonly<{ env: NodeJS.ProcessEnv; asked: string[]; proxied: string[] }>;

const domains = [
  'github.com',
  'codeload.github.com',
  'gitlab.com',
  'bitbucket.org',
  'git.sr.ht',
  'example.com',
];

/**
 * Stands in for the hosts on the internet during `use`: a proxy on loopback connects to a server that has a certificate for
 * their names.
 */
export async function withHosts<Result>(
  folder: string,
  answer: Answer,
  use: (hosts: Hosts) => Promise<Result>,
): Promise<Result> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = domains.map((name) => `DNS:${name}`).join();
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names}`, '-days', '2'];
  execFileSync('openssl', [...request, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const asked: string[] = [];
  const proxied: string[] = [];
  const sockets = new Set<Socket>();
  const options = { key: readFileSync(key), cert: readFileSync(cert) };
  const secure = createSecureServer(options, (request, response) => {
    const { host = '' } = request.headers;
    asked.push(`${request.method} ${host}${request.url}`);
    answer(host, request, response);
  });
  const proxy = createServer().on('connect', (request: IncomingMessage, socket: Socket) => {
    proxied.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    secure.emit('connection', socket);
  });
  return withServer(proxy, async (port) => {
    const env = {
      https_proxy: `http://127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: cert,
      GIT_SSL_CAINFO: cert,
    };
    try {
      return await use({ env, asked, proxied });
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
}

/** Answers as the hosts do, with the repositories below a folder: with archives of commits, and as a git server. */
export function serve(root: string): Answer {
  return (host, request, response) => {
    const path = request.url ?? '';
    const [, repository = '', commit = ''] =
      /^\/(.+?)\/(?:-\/archive|archive|get|tar\.gz)\/.*?([\da-f]{40})(?:\.tar\.gz)?$/.exec(path) ?? [];
    if (commit === '') return answerGit(root, request, response);
    if (host === 'github.com') {
      return response
        .writeHead(302, { location: `https://codeload.github.com/${repository}/tar.gz/${commit}` })
        .end();
    }
    const archive = packCommit(join(root, repository), commit);
    if (archive === undefined) response.writeHead(404).end('not here');
    else response.end(archive);
  };
}

function packCommit(repository: string, commit: string): Buffer | undefined {
  const args = ['archive', '--format=tar.gz', `--prefix=repo-${commit}/`, commit];
  const { status, stdout } = spawnSync('git', args, { cwd: repository, maxBuffer: 100_000_000 });
  return status === 0 ? stdout : undefined;
}

/** Asks for a password if there is no such repository: hosts do not say whether it is missing or private. */
function answerGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'https://host');
  const repository = join(root, url.pathname.replace(/\/(info\/refs|git-upload-pack)$/, ''), '.git');
  if (!existsSync(repository)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
    return;
  }
  const cgi = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(cgi.stdin);
  buffer(cgi.stdout).then((output) => {
    const end = output.indexOf('\r\n\r\n');
    const lines = output.subarray(0, end).toString().split('\r\n');
    const headers = lines.map((line) => line.split(': ', 2) as [string, string]);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), headers.flat());
    response.end(output.subarray(end + 4));
  });
}

/** Answers as a git server that sends one object without end. */
export function answerEndlessPack(_host: string, request: IncomingMessage, response: ServerResponse): void {
  const line = (text: string | Buffer) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
  };
  if (request.method === 'GET') {
    response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
    const lines = [
      '# service=git-upload-pack\n',
      '',
      'version 2\n',
      'fetch=shallow\n',
      'object-format=sha1\n',
      '',
    ];
    response.end(Buffer.concat(lines.map((text) => (text === '' ? Buffer.from('0000') : line(text)))));
    return;
  }
  response.setHeader('content-type', 'application/x-git-upload-pack-result');
  response.write(line('packfile\n'));
  // The header of a pack with one object, which is a blob of 2^39 bytes.
  const header = Buffer.from([0xb0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]);
  response.write(line(Buffer.concat([Buffer.from('\x01PACK\0\0\0\x02\0\0\0\x01', 'latin1'), header])));
  const deflate = createDeflate({ level: 0 });
  deflate.on('data', (chunk: Buffer) => {
    for (let start = 0; start < chunk.length; start += 60_000) {
      const isWritable = response.write(
        line(Buffer.concat([Buffer.from([1]), chunk.subarray(start, start + 60_000)])),
      );
      if (!isWritable) deflate.pause();
    }
  });
  response.on('drain', () => deflate.resume());
  Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1_000_000);
    })(),
  ).pipe(deflate);
  response.on('close', () => deflate.destroy());
}
