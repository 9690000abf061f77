import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import degit from 'degit';
import type { Env } from '../args.ts';
import { TemplateError } from '../errors.ts';
import { listFiles, repack, unzip } from './archive.ts';
import { Cache } from './cache.ts';
import { download } from './download.ts';
import { MissingError, NoRepositoryError, UnreachableError } from './errors.ts';
import { Git } from './git.ts';
import type { Repository } from './place.ts';
import { isCommit } from './source.ts';

/** What fetching may use. `scratch` is a temporary folder that the caller removes. */
export type Session = Readonly<{ scratch: string; offline: boolean; signal: AbortSignal; env: Env }>;

/**
 * Fetches a repository's folder at a ref, and returns the commit. degit says what to download, and unpacks the folder.
 * Refs are looked up and archives downloaded by our code. degit's actions are not run, and its own git client is not loaded.
 */
export async function fetchRepository(
  repository: Repository,
  ref: string,
  to: string,
  session: Session,
): Promise<string> {
  const { url, host, folder } = repository;
  // What is on the disk needs no network.
  const offline = session.offline && !url.startsWith('file:');
  const cache = new Cache(session.env, url);
  // degit leaves things behind when it fails.
  const work = await mkdtemp(join(session.scratch, 'degit-'));
  await cache.copyTo(work);
  const git = new Git(repository, join(session.scratch, 'git'), session.env, session.signal);
  const [user = '', name = ''] = url.split('/').slice(-2);
  let commit = ref;
  let tries = 0;
  const fetcher = degit('user/repo', {
    fetch: async (address, file) => {
      tries += 1;
      // A second try means that the cached archive was damaged.
      if (tries === 1 && (await cache.copyTo(work, basename(file)))) return;
      if (offline) throw notCached(repository, ref);
      const tar = await fetchArchive(address, repository, commit, git, session);
      await writeFile(file, await repack(tar, repository.name));
    },
  });
  const site = host?.site ?? 'github';
  fetcher.repo = { mode: 'tar', transport: 'https', site, user, name, ref, url, ssh: url };
  if (folder !== '') fetcher.repo.subdir = `/${folder}`;
  fetcher.getHash = async (_repo, known) => {
    commit = await findCommit(repository, ref, known, git, offline);
    return commit;
  };
  fetcher.cloneWithGit = async () => {
    throw new TemplateError(
      `"${repository.name}" keeps files in Git LFS`,
      'a template must contain the files themselves',
    );
  };
  Object.assign(fetcher, { getRepoDir: () => work });
  try {
    await fetcher.cloneWithTar(to);
  } catch (error) {
    throw explain(error, repository);
  }
  await checkFiles(join(work, `${commit}.tar.gz`), repository, to);
  await cache.keep(work);
  return commit;
}

/** A full hash needs no look-up. What the cache remembers of a ref counts only if the host does not answer. */
async function findCommit(
  repository: Repository,
  ref: string,
  known: Readonly<Record<string, string>>,
  git: Git,
  offline: boolean,
): Promise<string> {
  if (isCommit(ref)) return ref;
  const remembered = Object.hasOwn(known, ref) ? known[ref] : undefined;
  try {
    if (!offline) return await git.findCommit(ref);
  } catch (error) {
    if (!(error instanceof UnreachableError) || remembered === undefined) throw error;
  }
  if (remembered === undefined) throw notCached(repository, ref);
  return remembered;
}

/** The tar archive of a commit. What a host does not give to everybody, the user's git may still fetch. */
async function fetchArchive(
  address: string,
  { host }: Repository,
  commit: string,
  git: Git,
  { env, signal }: Session,
): Promise<Buffer> {
  if (host === undefined) return git.archiveCommit(commit);
  try {
    return await unzip(await download(address, env, signal));
  } catch (error) {
    if (error instanceof MissingError) return git.archiveCommit(commit);
    throw error;
  }
}

/** degit leaves out files that cannot be written, on a full disk for example, and does not say so. */
async function checkFiles(archive: string, { name, folder }: Repository, to: string): Promise<void> {
  const files = await listFiles(await readFile(archive), folder);
  if (folder !== '' && files.size === 0) throw new MissingError(`"${name}" has no files in "${folder}"`);
  for (const [path, size] of files) {
    const info = await stat(join(to, path)).catch(() => undefined);
    if (info?.size === size) continue;
    throw new TemplateError(`cannot write "${join(to, path)}"`, 'check the free space on the disk');
  }
}

function notCached({ name }: Repository, ref: string): NoRepositoryError {
  const what = ref === 'HEAD' ? `"${name}"` : `"${ref}" of "${name}"`;
  return new NoRepositoryError(`${what} is not in the cache`, 'run the same command once without --offline');
}

function explain(error: unknown, { name, folder }: Repository): unknown {
  const { code, original } = error as Readonly<{ code?: string; original?: unknown }>;
  if (original instanceof Error) return original;
  return code === 'MISSING_SUBDIR' ? new MissingError(`"${name}" has no folder "${folder}"`) : error;
}
