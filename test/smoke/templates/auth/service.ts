import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { withServer } from '../../../support/server.ts';
import { configureFirst } from '../../support/bootstrap.ts';
import { all, type Change, type Deployment, type Project, replace } from '../../support/project.ts';

/** An auth service that answers as a test wants. By default, it allows everything. */
export class AuthService {
  /** What it was asked. */
  questions: IncomingMessage[] = [];
  answer: (question: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.end();

  readonly server = createServer((question, response) => {
    this.questions.push(question);
    this.answer(question, response);
  });
}

/** Differences from the other tests' deployment: fields of the configuration, changes of the bootstrap. */
type Differences = Readonly<{
  fields?: Readonly<Record<string, unknown>>;
  change?: Change;
}>;

/** Deploys the project with a filter that asks `service`. Slow machines must not make a call time out. */
export function deployAsking(
  project: Project,
  service: AuthService,
  { fields, change = (bootstrap) => bootstrap }: Differences,
  use: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const configuration = JSON.stringify({ auth_cluster: 'auth', auth_timeout_ms: 30_000, ...fields });
  return withServer(service.server, (port) =>
    project.withBootstrap(all(askPort(port), change, configureFirst(configuration)), () =>
      project.deploy(use),
    ),
  );
}

/** Makes the change that the comment at the cluster `auth` describes. */
function askPort(port: number): Change {
  return replace(
    'envoy_internal_address: { server_listener_name: auth }',
    `socket_address: { address: 127.0.0.1, port_value: ${port} }`,
  );
}
