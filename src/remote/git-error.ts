import { quote } from '../command-line.ts';
import { TemplateError } from '../errors.ts';
import { MissingError, NoRepositoryError, UnreachableError } from './errors.ts';
import type { Repository } from './place.ts';

const unknown = /could not read Username|Authentication failed|not found|does not (exist|appear)|denied/i;
const unknownCommit = /not our ref|unadvertised object|remote ref/i;

const accessHint =
  'check the spelling; a private repository needs a URL that your git can fetch, such as git@github.com:user/repo.git';

const localHint = 'check the spelling; to take a folder as it is, name its path without "#"';

/** Turns what git says into an error of ours. */
export function explain(status: number | Error, stderr: string, { url, name }: Repository): TemplateError {
  if (status instanceof Error) {
    const { code, message } = status as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'git is not installed' : `git cannot be run: ${message}`;
    return new TemplateError(
      `cannot fetch "${name}": ${problem}`,
      'install git: https://git-scm.com/downloads',
    );
  }
  if (unknownCommit.test(stderr)) return new MissingError(`"${name}" does not have this commit`);
  if (unknown.test(stderr)) {
    return url.startsWith('file:')
      ? new NoRepositoryError(`"${name}" is not in a git repository that you can read`, localHint)
      : new NoRepositoryError(`"${name}" does not exist, or you have no access`, accessHint);
  }
  const lines = stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !/^(warning|hint): /.test(line));
  const line =
    lines.find((text) => /^(fatal|error|ssh): /i.test(text)) ?? lines[0] ?? `git ended with ${status}`;
  const problem = `cannot fetch "${name}": ${line.replace(/^(fatal|error): /i, '')}`;
  // On the disk, the network has no part in this.
  return new UnreachableError(
    problem,
    url.startsWith('file:') ? `git says more: git ls-remote ${quote(url)}` : undefined,
  );
}
