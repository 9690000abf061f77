import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, vi } from 'vitest';
import type { Language } from '../../../src/languages/index.ts';
import type { Template } from '../../../src/templates/index.ts';
import { Registry } from '../../support/registry.ts';
import type { Mesh, Place } from '../control-planes/mesh.ts';
import { Project } from './project.ts';
import { startUpstreams } from './upstreams.ts';

/** What the tests of a mesh share. */
export type World = Readonly<{
  mesh: () => Mesh;
  registry: () => Registry;
  /** Generates a project before the tests of the current `describe`, and pushes its image. */
  ship: (language: Language, template: Template) => () => Project;
}>;

/** Starts a mesh before the tests of the current file, with what its proxy needs. */
export function startWorld(upstreams: string, startMesh: (place: Place) => Promise<Mesh>): World {
  let folder: string;
  let registry: Registry;
  let stopUpstreams: () => void;
  let mesh: Mesh;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-cluster-'));
    registry = await Registry.start();
    stopUpstreams = await startUpstreams(upstreams);
    mesh = await startMesh({ folder, upstreams });
  });
  // There is none if it did not start.
  afterAll(async () => {
    await mesh?.stop();
    stopUpstreams?.();
    await registry?.stop();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  });
  const ship = (language: Language, template: Template) => {
    let project: Project;
    beforeAll(async () => {
      const env = { KUBECONFIG: mesh.api.kubeconfig };
      project = await Project.ship({ language, template }, folder, registry.host, env);
    });
    afterAll(() => project?.remove());
    return () => project;
  };
  return { mesh: () => mesh, registry: () => registry, ship };
}

/**
 * What the echo got as x-hello, or the status if that is not 200. On a connection of its own: a proxy that gets another
 * configuration serves the open ones with the old one for a while.
 */
export async function readHello(url: string): Promise<string | number | undefined> {
  const [response] = (await once(get(`${url}/headers`, { agent: false }), 'response')) as [IncomingMessage];
  const body = await text(response);
  if (response.statusCode !== 200) return response.statusCode;
  return (JSON.parse(body) as { headers: Record<string, string> }).headers['x-hello'];
}

/** Waits until a check passes: the proxy gets what was applied a little later. */
export function soon(check: () => Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 200 });
}
