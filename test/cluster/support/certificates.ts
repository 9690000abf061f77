import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../../support/command.ts';

/** Writes the certificates of an API server on loopback, and of the authority that has signed them. */
export async function writeCertificates(folder: string): Promise<void> {
  const openssl = (line: string) => runToEnd(['openssl', ...line.split(' ')], { cwd: folder });
  await writeFile(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  await openssl('req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=authority -keyout ca.key -out ca.crt');
  await openssl('req -newkey rsa:2048 -nodes -subj /CN=kube-apiserver -keyout server.key -out server.csr');
  const signed = '-CA ca.crt -CAkey ca.key -CAcreateserial -days 9 -extfile names -out server.crt';
  await openssl(`x509 -req -in server.csr ${signed}`);
  await openssl('genrsa -out accounts.key 2048');
}
