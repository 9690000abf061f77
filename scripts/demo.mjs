// Creates a filter in each language, deploys it and shows a request with its answer, as a user would see it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deploy } from './deployment.mjs';
import { buildTool, findEnvoy, findRust, installPackages } from './setup.mjs';

installPackages();
buildTool();
const env = findEnvoy(findRust(process.env));

const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-demo-'));
try {
  for (const language of ['rust', 'assemblyscript']) await show(language);
} finally {
  rmSync(folder, { recursive: true });
}

/** Creates, deploys and asks a filter; throws if x-hello is not in the answer. */
async function show(language) {
  const name = `hello-${language}`;
  const bin = fileURLToPath(new URL('../dist/bin.cjs', import.meta.url));
  console.log(`\n$ npm create envoy-filter@latest ${name} -- --language ${language} --context http`);
  const { status } = spawnSync('node', [bin, name, '--language', language, '--context', 'http'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`create-envoy-filter has failed with status ${status}`);

  const deployment = await deploy({ cwd: join(folder, name), env });
  try {
    console.log(`\n$ ${deployment.command.join(' ')}\n${deployment.output().trim()}`);
    const answer = await (await fetch(`${deployment.url}/headers`)).text();
    console.log(`\n$ curl ${deployment.url}/headers\n${answer.trim()}`);
    if (!answer.includes('"x-hello": "Hello world from localhost:'))
      throw new Error('the answer has no x-hello');
  } finally {
    await deployment.stop();
  }
}
