import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Project } from './support/project.ts';
import { readHello, soon, type World } from './support/world.ts';

type Change = (manifest: string) => string;

const keep: Change = (text) => text;
const misspell: Change = (text) => text.replace('"greeting"', '"greting"');
const spoilDigest: Change = (text) => text.replace(/sha256: "\w+"/, `sha256: "${'1'.repeat(64)}"`);
const moveRegistry: Change = (text) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');

/** What a client gets: the filter's answer, one without the filter, or a status. */
export type Seen = 'filtered' | 'unfiltered' | number;

/** What is applied one after the other, and what deploy/README.md says that clients get then. */
export type Failure = readonly [name: string, changes: readonly Change[], seen: Seen];

/** The rows of deploy/README.md, with the statuses of a mesh. */
export function listFailures(misspelt: Seen, withoutModule: Seen): readonly Failure[] {
  return [
    ['a misspelt configuration', [misspell], misspelt],
    ['a configuration that is misspelt later', [keep, misspell], 'filtered'],
    ['a wrong digest', [spoilDigest], withoutModule],
    ['a digest that is wrong later', [keep, spoilDigest], withoutModule],
    ['a registry that is down', [moveRegistry], withoutModule],
    ['a target that does not exist', [(text) => text.replace('my-gateway', 'other')], 'unfiltered'],
  ];
}

/** Tests what clients get where kubectl applies what make would have refused. */
export function describeFailures(
  world: World,
  project: () => Project,
  kind: string,
  failures: readonly Failure[],
): void {
  it.each(failures.map((failure, index) => [failure[0], index, failure] as const))(
    'is as documented with %s',
    async (_name, index, [, changes, seen]) => {
      const { api, url } = world.mesh();
      const { stdout } = await project().make('manifests');
      const manifest = stdout.split('---\n').find((one) => one.includes(`kind: ${kind}\n`)) ?? '';
      // A proxy keeps what it had under a name for a while.
      const named = manifest.replace(/^(metadata:\n {2}name: .*)/m, `$1-${index}`);
      const file = join(project().directory, 'broken.yaml');
      for (const [step, change] of changes.entries()) {
        await writeFile(file, change(named));
        await api.kubectl('apply', '-f', file);
        const expected = step === changes.length - 1 ? seen : 'filtered';
        await soon(async () => expect(await classify(url)).toBe(expected));
        await expectToLast(url, expected);
      }
      await api.kubectl('delete', '-f', file);
      await soon(async () => expect(await classify(url)).toBe('unfiltered'));
    },
  );
}

async function classify(url: string): Promise<Seen> {
  const hello = await readHello(url);
  if (typeof hello === 'number') return hello;
  return hello === undefined ? 'unfiltered' : 'filtered';
}

/** Fails unless it stays so for two seconds, in which a mesh applies a change. */
async function expectToLast(url: string, expected: Seen): Promise<void> {
  for (const end = Date.now() + 2_000; Date.now() < end; ) expect(await classify(url)).toBe(expected);
}
