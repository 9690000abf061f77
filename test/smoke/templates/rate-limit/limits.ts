import { Agent, request } from 'node:http';
import { configureFirst } from '../../support/bootstrap.ts';
import type { Deployment, Project } from '../../support/project.ts';

type Fields = Readonly<Record<string, string | number>>;

/** So slow that no bucket gets a token during a test. */
export const slow = { requests_per_second: 0.001 };

/** Deploys the project with this plugin configuration. `variables` are make's. */
export function deployLimited<Result>(
  project: Project,
  fields: Fields,
  use: (deployment: Deployment) => Promise<Result>,
  variables: readonly string[] = [],
): Promise<Result> {
  return project.withBootstrap(configureFirst(JSON.stringify(fields)), () =>
    project.deploy(use, {}, variables),
  );
}

/** Sends requests over so many connections. Returns how many had each status. */
export async function send(
  port: number,
  count: number,
  connections = 1,
  headers: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<number, number>>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses: Record<number, number> = {};
  let left = count;
  const sendNext = async (): Promise<void> => {
    while (left-- > 0) {
      const status = await sendOne(port, agent, headers);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, sendNext));
  agent.destroy();
  return statuses;
}

/** Sends a request. Returns its status. */
export function sendOne(
  port: number,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent, headers }, (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0)).resume();
    });
    sent.on('error', reject).end();
  });
}
