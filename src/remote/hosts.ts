/** A host that packs an archive of any commit, so that degit can fetch from it. */
export type Host = Readonly<{
  /** degit's name. */
  site: 'github' | 'gitlab' | 'bitbucket' | 'git.sr.ht';
  domain: string;
  /** The path of a page that shows a folder: the repository, then the ref and the folder. */
  page?: RegExp;
}>;

/** The hosts by the prefix of a source. */
export const hosts: Readonly<Record<string, Host>> = {
  github: { site: 'github', domain: 'github.com', page: /^([^/]+\/[^/]+)\/tree\/(.+)$/ },
  gitlab: { site: 'gitlab', domain: 'gitlab.com', page: /^(.+)\/-\/tree\/(.+)$/ },
  bitbucket: { site: 'bitbucket', domain: 'bitbucket.org', page: /^([^/]+\/[^/]+)\/src\/(.+)$/ },
  sourcehut: { site: 'git.sr.ht', domain: 'git.sr.ht' },
};
