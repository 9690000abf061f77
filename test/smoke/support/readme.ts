import { startDeployment } from '../../../scripts/deployment.mjs';
import { runToEnd } from '../../support/command.ts';

/** The commands of a README's `sh` blocks, in order. */
export function readCommands(readme: string): readonly string[] {
  return [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
}

/** Runs commands in order, `make deploy` as in another terminal. Throws if one fails. */
export async function follow(commands: readonly string[], cwd: string): Promise<void> {
  let deployment: Awaited<ReturnType<typeof startDeployment>> | undefined;
  try {
    for (const command of commands) {
      if (command.startsWith('make deploy')) {
        await deployment?.stop();
        const port = Number(command.match(/ PORT=(\d+)/)?.[1] ?? 8080);
        const adminPort = Number(command.match(/ ADMIN_PORT=(\d+)/)?.[1] ?? 19000);
        deployment = await startDeployment(command.split(' '), { cwd, env: process.env, port, adminPort });
      } else {
        await runToEnd(['sh', '-c', command], { cwd });
      }
    }
  } finally {
    await deployment?.stop();
  }
}
