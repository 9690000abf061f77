import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeFolder } from '../support/folder.ts';

/** A git repository on the disk. */
export class Repository {
  readonly folder: string;

  constructor(folder: string = join(makeFolder(), 'repo')) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  /** The URL that needs no server. */
  get url(): string {
    return pathToFileURL(this.folder).href;
  }

  git(...args: readonly string[]): string {
    const settings = ['user.name=Test', 'user.email=test@example.com', 'core.hooksPath=/dev/null'];
    return execFileSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** Commits these files, and no others, and returns the commit's hash. */
  commit(files: Readonly<Record<string, string | Buffer>>): string {
    this.git('rm', '-r', '--quiet', '--force', '--ignore-unmatch', '.');
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(this.folder, dirname(path)), { recursive: true });
      writeFileSync(join(this.folder, path), content, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
    }
    return this.commitAll();
  }

  /** Commits what is in the working tree. */
  commitAll(): string {
    this.git('add', '--all', '--force');
    this.git('commit', '--quiet', '--allow-empty', '--message=commit');
    return this.git('rev-parse', 'HEAD');
  }

  /** Commits a path that the disk of this system may not be able to have. */
  commitEntry(mode: '100644' | '120000' | '160000', path: string, content = 'x'): string {
    const file = join(this.folder, '.git/content');
    writeFileSync(file, content);
    const hash = mode === '160000' ? '1'.repeat(40) : this.git('hash-object', '-w', file);
    this.git(
      '-c',
      'core.protectNTFS=false',
      'update-index',
      '--add',
      '--cacheinfo',
      `${mode},${hash},${path}`,
    );
    this.git('commit', '--quiet', '--message=commit');
    rmSync(file);
    return this.git('rev-parse', 'HEAD');
  }
}
