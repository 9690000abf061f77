import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remove } from 'fs-extra/esm';
import type { Env } from '../args.ts';
import { CliError, TemplateError } from '../errors.ts';
import { NoRepositoryError, UnreachableError } from './errors.ts';
import { copyFolder } from './folder.ts';
import { limits } from './limits.ts';
import { fetchRepository, type Session } from './repository.ts';
import type { RepositorySource, Source } from './source.ts';

/** What a fetch may use. With `offline`, only the cache. */
export type FetchOptions = Readonly<{ offline: boolean; signal: AbortSignal; env: Env }>;

/** A fetched template: a temporary folder of plain files, without `.git`. `commit` is undefined for a local folder. */
export type Fetched = Readonly<{ folder: string; commit: string | undefined; remove: () => Promise<void> }>;

/**
 * Fetches a template. Throws TemplateError, and the signal's reason if it is aborted. Then nothing is left, except in the
 * cache what has been checked.
 */
export async function fetchTemplate(source: Source, options: FetchOptions): Promise<Fetched> {
  const scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-'));
  const timeout = AbortSignal.timeout(limits.seconds * 1000);
  const session = { ...options, scratch, signal: AbortSignal.any([options.signal, timeout]) };
  try {
    const folder = join(scratch, 'template');
    const commit = await fill(folder, source, session);
    session.signal.throwIfAborted();
    return { folder, commit, remove: () => remove(scratch) };
  } catch (error) {
    await remove(scratch);
    options.signal.throwIfAborted();
    if (timeout.aborted)
      throw new TemplateError(
        `"${source.text}" took longer than ${limits.seconds} seconds`,
        'check your network and proxy',
      );
    throw error instanceof CliError ? error : toTemplateError(error, source);
  }
}

function toTemplateError(error: unknown, { text }: Source): TemplateError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TemplateError(`cannot fetch "${text}": ${reason}`, 'fix this and run the same command again', {
    cause: error,
  });
}

async function fill(folder: string, source: Source, session: Session): Promise<string | undefined> {
  if (source.kind === 'repository') return fetchFirst(folder, source, session);
  await mkdir(folder);
  await copyFolder(source.path, folder, session.signal);
  return undefined;
}

/** Fetches from the first repository that exists. */
async function fetchFirst(folder: string, source: RepositorySource, session: Session): Promise<string> {
  const failures: TemplateError[] = [];
  for (const repository of source.candidates) {
    try {
      return await fetchRepository(repository, source.ref ?? 'HEAD', folder, session);
    } catch (error) {
      const isNone = error instanceof NoRepositoryError || error instanceof UnreachableError;
      if (!isNone) throw error;
      failures.push(error);
    }
  }
  throw failures[0];
}
