import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort, findPorts, startGroup } from '../../scripts/deployment.mjs';
import { askOnce } from '../../scripts/load.mjs';
import { assemblyscript } from '../../src/languages/assemblyscript.ts';
import { hello } from '../../src/templates/hello.ts';
import { refresh } from '../../src/templates/refresh.ts';
import { tcp } from '../../src/templates/tcp.ts';
import { writeScript } from '../support/command.ts';
import { withServer } from '../support/server.ts';
import { useRealUpstream } from './support/bootstrap.ts';
import { Client, expectGreeted, expectReceived } from './support/client.ts';
import {
  breakSyntax,
  DevSession,
  findRemains,
  greeting,
  preposition,
  readBaseId,
  serving,
} from './support/dev-session.ts';
import { all, Project, replace } from './support/project.ts';
import { Recorder } from './support/recorder.ts';
import { refreshFrom } from './templates/refresh/bootstrap.ts';

const bootstrap = 'envoy-bootstrap.yml';
const { filter, glue } = assemblyscript.files;
const hang = replace('const authority =', 'while (memory.size() > 0) {}\n    const authority =');

// The languages share the script. This one builds fastest.
describe('`make dev`', () => {
  let project: Project;
  let scratch: string;

  beforeAll(async () => {
    project = await Project.create(assemblyscript, hello);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
  });
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  it('reacts to new contents, once to quick saves, and to nothing else', async () => {
    const path = (name: string) => join(project.directory, name);
    await DevSession.use(project, async (session) => {
      const now = Date.now() / 1_000;
      await utimes(path(filter), now, now);
      await chmod(path(filter), 0o600);
      await session.write(filter, await project.read(filter));
      await session.write('assembly/.filter.ts.swp', 'x');
      await session.write('assembly/filter.ts~', 'x');
      await session.write('assembly/4913', 'x');
      await session.write('build/output.ts', 'x');
      await session.write('README.md', 'x');
      await mkdir(path('assembly/new/folder'), { recursive: true });
      await session.write('assembly/new/folder/deep.ts', 'export const DEEP = "deep";\n');
      const first = await session.next(serving);
      expect(first).toMatch(/^assembly\/new\/folder\/deep\.ts: built \d+ kB, unchanged, still serving /);

      const text = await project.read(filter);
      for (let index = 0; index < 5; index++) {
        await session.write(filter, preposition(`save${index}`)(text));
        await session.write('assembly/other.ts', `export const OTHER = ${index};\n`);
        await sleep(20);
      }
      expect(await session.next(serving)).toMatch(/^assembly\/filter\.ts, assembly\/other\.ts: /);
      expect(await askOnce(session.run.port)).toContain(' save4 ');

      const script = await session.save('echo.lua', replace('"headers"', '"seen"'));
      expect(script).toMatch(/^echo\.lua: built \d+ kB, serving /);
      expect(await askOnce(session.run.port)).toContain('"seen"');
    });
  });

  const ends: readonly (readonly [
    how: string,
    signal: NodeJS.Signals,
    target: 'group' | 'make' | 'script',
  ])[] = [
    ['Ctrl-C', 'SIGINT', 'group'],
    ['a closed terminal', 'SIGHUP', 'group'],
    ['SIGKILL to make', 'SIGKILL', 'make'],
    ['SIGKILL to the script', 'SIGKILL', 'script'],
  ];
  it.each(ends)('leaves nothing behind after %s', async (_how, signal, target) => {
    await DevSession.useLed(project, async (session) => {
      const { pid = 0 } = session.run;
      const baseId = await readBaseId(project);
      await session.save(bootstrap, greeting(`Hello ${signal} ${target}`));
      // Two Envoys, the compiler, make, the script and what belongs to it.
      expect((await findRemains(project, baseId, pid)).length).toBeGreaterThan(6);
      const make = await findChild(pid);
      const targets = { group: -pid, make, script: await findChild(make) };
      process.kill(targets[target], signal);
      await expect.poll(() => findRemains(project, baseId, pid), { timeout: 10_000 }).toEqual([]);
    });
  });

  it('runs twice at the same time, and names a port that is taken', async () => {
    const other = await Project.create(assemblyscript, hello, 'another-filter');
    await DevSession.use(project, async (first) => {
      const { port, adminPort } = first.run;
      for (const [name, number] of [
        ['PORT', port],
        ['ADMIN_PORT', adminPort],
      ] as const) {
        const free = name === 'PORT' ? 'ADMIN_PORT' : 'PORT';
        const ports = [`${name}=${number}`, `${free}=${await findFreePort()}`];
        const { status, stderr } = await other.make(['dev', ...ports]);
        expect(stderr).toContain(
          `error: ${name} ${number} is already in use; choose another: make dev ${name}=NUMBER`,
        );
        expect(status).toBe(2);
      }
      await DevSession.use(other, async (second) => {
        await Promise.all([
          first.save(bootstrap, greeting('Hello first')),
          second.save(bootstrap, greeting('Hello second')),
        ]);
        expect(await askOnce(port)).toContain('Hello first ');
        expect(await askOnce(second.run.port)).toContain('Hello second ');
      });
    }).finally(() => other.remove());
  });

  it('with TRY=1, tries the filter after each swap, and shows what has changed', async () => {
    const use = async (session: DevSession) => {
      await session.save(bootstrap, greeting('Hello tried'));
      const printed = await session.next(/^ +\+ .*\n/m);
      expect(printed).toMatch(
        /^ {2}curl localhost:\d+\/headers\n +- +"x-hello": .*\n +\+ +"x-hello": "Hello tried /,
      );
      expect(session.news.trim()).toBe('');
      expect(session.run.output()).toContain('    status 200\n');
    };
    await DevSession.use(project, use, { variables: ['TRY=1'] });
  });

  it('rejects a log level that Envoy does not have', async () => {
    const { status, stderr } = await project.make(['dev', 'LOG=loud']);
    expect(stderr).toContain("error: LOG is 'loud', expected trace, debug, info, ");
    expect(status).toBe(2);
  });

  const envoys: readonly (readonly [what: string, message: string, script: string])[] = [
    [
      'has no hot restart',
      'This Envoy has no hot restart',
      '*--hot-restart-version*) echo disabled; exit ;;',
    ],
    [
      'cannot use shared memory',
      'This Envoy cannot use shared memory',
      '*-base-id*) echo "cannot open shared memory region"; exit 1 ;;',
    ],
  ];
  it.each(envoys)('restarts an Envoy that %s, and says so', async (_what, message, script) => {
    const refuse = `case "$*" in *--restart-epoch*) exit 1 ;; ${script} esac`;
    const ENVOY = await writeScript(scratch, `${refuse}\nexec '${process.env.ENVOY}' "$@"`);
    const use = async (session: DevSession) => {
      for (const text of ['Hello once', 'Hello twice']) {
        await session.save(bootstrap, greeting(text));
        expect(await askOnce(session.run.port)).toContain(`${text} `);
      }
      expect(session.run.output().split(message)).toHaveLength(2);
    };
    await DevSession.use(project, use, { env: { ENVOY } });
  });

  it('lets requests finish, however soon changes follow', async () => {
    const held: ServerResponse[] = [];
    const upstream = createServer((_, response) => held.push(response));
    const use = (port: number) =>
      project.withBootstrap(useRealUpstream(port), () =>
        DevSession.use(project, async (session) => {
          const answer = askOnce(session.run.port);
          await session.save(bootstrap, greeting('Hello first'));
          await session.write(bootstrap, greeting('Hello second')(await project.read(bootstrap)));
          // Time for a third Envoy, while the first may still run.
          await sleep(1_200);
          for (const response of held) response.end('at last');
          expect(await answer).toBe('200 at last');
          await session.next(serving);
        }),
      );
    await withServer(upstream, use);
  });

  it('starts Envoy again if it has ended', async () => {
    const recorder = await Recorder.create(scratch);
    const use = async (session: DevSession) => {
      await session.save(bootstrap, greeting('Hello before'));
      const { pid = 0 } = (await recorder.started()).at(-1) ?? {};
      process.kill(pid, 'SIGKILL');
      await session.next(/^Envoy has ended; .*\nserving \w+ again\n/m);
      await expect
        .poll(() => askOnce(session.run.port).catch(String), { timeout: 10_000 })
        .toContain('Hello before ');
      await session.save(bootstrap, greeting('Hello after'));
      expect(await askOnce(session.run.port)).toContain('Hello after ');
    };
    await DevSession.use(project, use, { env: recorder.env });
    expect(await recorder.leftOver()).toEqual([]);
  });

  it('ends the old Envoy if its filter never returns', async () => {
    const text = await project.read(glue);
    await DevSession.use(project, async (session) => {
      await session.save(glue, hang);
      const answer = askOnce(session.run.port).catch(String);
      await session.save(glue, () => text);
      await session.save(bootstrap, greeting('Hello at last'));
      expect(await askOnce(session.run.port)).toContain('Hello at last ');
      expect(session.run.output()).toContain('The old Envoy did not end, and was killed: one of its workers');
      expect(await answer).toContain('socket hang up');
    });
  });

  it('and `make deploy` end by Ctrl-C, even if the filter never returns', async () => {
    await project.withFile(glue, hang, async () => {
      let output = () => '';
      await project.deploy(async (deployment) => {
        output = deployment.output;
        const answer = askOnce(deployment.port).catch(String);
        expect(await Promise.race([answer, sleep(500, 'no answer yet')])).toBe('no answer yet');
      });
      expect(output()).toContain('error: Envoy does not end, and is killed: one of its workers is stuck');
      await DevSession.use(project, async (session) => {
        askOnce(session.run.port).catch(String);
        await sleep(500);
      });
    });
  });

  it('waits for a change if the first build fails', async () => {
    const { PORT: port = 0, ADMIN_PORT: adminPort = 0 } = await findPorts(project.directory);
    const command = ['make', 'dev', `PORT=${port}`, `ADMIN_PORT=${adminPort}`];
    const text = await project.read(filter);
    await writeFile(join(project.directory, filter), breakSyntax(text));
    const run = startGroup(command, project.surroundings());
    try {
      const printed = expect.poll(run.output, { timeout: 60_000 });
      await printed.toContain('at start: does not build; no filter is serving yet\n');
      expect(run.output()).not.toContain('Try it:');
      await writeFile(join(project.directory, filter), text);
      await expect
        .poll(run.output, { timeout: 60_000 })
        .toContain(`Try it: curl localhost:${port}/headers\n`);
      expect(run.output()).toMatch(serving);
    } finally {
      run.signal('SIGINT');
      await run.end();
    }
  });

  it('lets a service tick in both Envoys until the old one ends', async () => {
    const service = await Project.create(assemblyscript, refresh);
    /** Whose requests have come. Each Envoy has a connection of its own. */
    const callers: Socket[] = [];
    const upstream = createServer(({ socket }, response) => {
      callers.push(socket);
      response.end('{"greeting": "Hello again"}');
    });
    const use = async (session: DevSession) => {
      await expect.poll(() => callers.length, { timeout: 10_000 }).toBeGreaterThan(0);
      const [old] = callers.slice(-1);
      await session.save(bootstrap, (text) => `${text}# Changed.\n`);
      const isNew = (socket: Socket | undefined) => socket !== undefined && socket !== old;
      await expect.poll(() => callers.some(isNew), { timeout: 10_000 }).toBe(true);
      const soFar = callers.length;
      await expect.poll(() => callers.slice(soFar).includes(old as Socket), { timeout: 10_000 }).toBe(true);
      await expect.poll(() => old?.destroyed, { timeout: 10_000 }).toBe(true);
      const until = callers.length;
      await expect.poll(() => callers.slice(until).some(isNew), { timeout: 10_000 }).toBe(true);
    };
    const often = replace('"refresh_period_ms": 5000', '"refresh_period_ms": 100');
    await withServer(upstream, (port) =>
      service.withBootstrap(all(refreshFrom(port), often), () => DevSession.use(service, use)),
    ).finally(() => service.remove());
  });

  it('closes TCP connections two seconds after a swap', async () => {
    const filterOfBytes = await Project.create(assemblyscript, tcp);
    await DevSession.use(filterOfBytes, async (session) => {
      const client = await Client.connect(session.run.port);
      client.send('a');
      await expectGreeted(client, 'a');
      await session.save(bootstrap, greeting('Hello again'));
      client.send('b');
      await expectReceived(client, 'b');
      const next = await Client.connect(session.run.port);
      next.send('c');
      await expectGreeted(next, 'c', 'Hello again');
      expect((await client.receiveAll()).toString()).toBe('');
      next.send('d');
      await expectReceived(next, 'd');
      next.close();
    }).finally(() => filterOfBytes.remove());
  });
});

async function findChild(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}
