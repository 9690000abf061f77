import { TemplateError } from '../errors.ts';
import { MissingError, UnreachableError } from './errors.ts';

const unknown = /could not read Username|Authentication failed|not found|does not (exist|appear)|denied/i;
const unknownCommit = /not our ref|unadvertised object|remote ref/i;

const accessHint =
  'check the spelling; a private repository needs a URL that your git can fetch, such as git@github.com:user/repo.git';

/** Turns what git says into an error of ours. */
export function explain(status: number | Error, stderr: string, url: string): TemplateError {
  if (status instanceof Error) {
    const { code, message } = status as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'git is not installed' : `git cannot be run: ${message}`;
    return new TemplateError(
      `cannot fetch "${url}": ${problem}`,
      'install git: https://git-scm.com/downloads',
    );
  }
  if (unknownCommit.test(stderr)) return new MissingError(`"${url}" does not have this commit`);
  if (unknown.test(stderr))
    return new MissingError(`"${url}" does not exist, or you have no access`, accessHint);
  const lines = stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !/^(warning|hint): /.test(line));
  const line =
    lines.find((text) => /^(fatal|error|ssh): /i.test(text)) ?? lines[0] ?? `git ended with ${status}`;
  return new UnreachableError(`cannot fetch "${url}": ${line.replace(/^(fatal|error): /i, '')}`);
}
