import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { basename, join } from 'node:path';
import { makeFolder } from '../support/folder.ts';
import { withServer } from '../support/server.ts';
import type { Repository } from './repository.ts';

/** A git server on loopback. */
export type GitServer = Readonly<{
  url: string;
  /** Where it keeps its repositories. */
  folder: string;
  /** What makes git trust it. */
  env: Readonly<Record<string, string>>;
}>;

/** Runs git's own server, `git http-backend`, behind TLS during `use`. */
export async function withGitServer<Result>(use: (server: GitServer) => Promise<Result>): Promise<Result> {
  const scratch = makeFolder();
  const folder = join(scratch, 'repositories');
  mkdirSync(folder);
  const [key, cert] = createCertificate(scratch);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) =>
    serve(folder, request, response),
  );
  return withServer(server, (port) =>
    use({ url: `https://127.0.0.1:${port}`, folder, env: { GIT_SSL_CAINFO: cert } }),
  );
}

/** Pushes a repository to the server. Returns its URL there. */
export function publish({ folder, url }: GitServer, repository: Repository): string {
  const name = `${basename(repository.folder)}.git`;
  repository.git('clone', '--quiet', '--bare', '.', join(folder, name));
  return `${url}/${name}`;
}

function createCertificate(folder: string): readonly [key: string, cert: string] {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')] as const;
  const key256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', ...key256, '-nodes', '-days', '2', ...names, ...files], {
    stdio: 'ignore',
  });
  return [key, cert];
}

/** Answers as a web server does that runs `git http-backend` as a CGI program. */
function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'https://localhost');
  const { 'content-type': type, 'content-length': length, 'content-encoding': encoding } = request.headers;
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_ADDR: '127.0.0.1',
      ...(type && { CONTENT_TYPE: type }),
      ...(length && { CONTENT_LENGTH: length }),
      ...(encoding && { HTTP_CONTENT_ENCODING: encoding }),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // git does not read what it does not need.
  backend.stdin.on('error', () => {});
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    for (const line of head.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(/: (.*)/);
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.flushHeaders();
    response.write(head.subarray(end + 4));
  });
  backend.on('close', () => response.end());
}
