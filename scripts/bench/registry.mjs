// A registry of npm packages on this machine.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';

/**
 * @typedef {object} Tarball as `npm pack` makes it
 * @property {string} path
 * @property {Record<string, unknown>} manifest its package.json
 * @property {string} integrity
 */

/**
 * Serves tarballs, each as the only version of its package.
 *
 * @param {readonly Tarball[]} tarballs
 */
export async function startRegistry(tarballs) {
  const server = createServer((request, response) => {
    const url = `http://${request.headers.host}`;
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const found = tarballs.find(
      (tarball) => path === tarball.manifest.name || path === basename(tarball.path),
    );
    if (found === undefined) response.writeHead(404).end();
    else if (path === found.manifest.name) response.end(JSON.stringify(describe(found, url)));
    else response.end(readFileSync(found.path));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/`, stop: () => server.close() };
}

/**
 * What a registry tells about a package.
 *
 * @param {Tarball} tarball
 * @param {string} url
 */
function describe({ path, manifest, integrity }, url) {
  const { name, version } = manifest;
  const dist = { tarball: `${url}/${basename(path)}`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [String(version)]: { ...manifest, dist } } };
}
