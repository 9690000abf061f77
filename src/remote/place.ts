import { UsageError } from '../errors.ts';
import { type Host, hosts } from './hosts.ts';
import { findPathProblem } from './names.ts';

/** A repository, and the folder in it that is the template: '' is its root. */
export type Repository = Readonly<{
  /** As git takes it. */
  url: string;
  /** How to name it to the user. */
  name: string;
  /** The host, if it packs archives that anybody may download. */
  host: Host | undefined;
  folder: string;
}>;

/** The repositories that a source without its ref can mean. The address of a page also names a ref. */
export type Place = Readonly<{
  candidates: readonly Repository[];
  page?: Readonly<{ ref: string; text: string }>;
}>;

const rule =
  'a source is user/repo, user/repo/folder, gitlab:user/repo, https://example.com/repo.git, git@example.com:repo.git ' +
  'or ./folder; #branch, #tag or #<full hash of a commit> can follow. For example: acme/filter-template#v1';

const protocols = ['https:', 'ssh:', 'file:'];

export function invalid(text: string, reason: string): UsageError {
  return new UsageError(`invalid source "${text}": ${reason}`, rule);
}

export function parsePlace(text: string): Place {
  if (Object.values(hosts).some(({ domain }) => text.startsWith(`${domain}/`))) {
    return parseUrl(`https://${text}`, text);
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return parseUrl(text, text);
  const [, address, domain = '', path = ''] = /^(\w[\w.-]*@(\w[\w.-]*):)([^/].*)$/.exec(text) ?? [];
  if (address !== undefined) return { candidates: split(address, domain, path, text) };
  const [, prefix = 'github', rest = ''] = /^(?:([^:/]*):)?(.*)$/.exec(text) ?? [];
  const host = Object.hasOwn(hosts, prefix) ? hosts[prefix] : undefined;
  if (host !== undefined) {
    const path = host === hosts.sourcehut ? rest.replace(/^(?!~)/, '~') : rest;
    return { candidates: splitHosted(host, `https://${host.domain}/`, path, text) };
  }
  const beginnings = [
    ...Object.keys(hosts).map((name) => `${name}:`),
    ...protocols.map((name) => `${name}//`),
  ];
  throw invalid(text, `it does not begin with one of ${beginnings.join(', ')}`);
}

function parseUrl(address: string, text: string): Place {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) throw invalid(text, 'it is not a URL');
  const { protocol, hostname, username, password, search } = url;
  if (!protocols.includes(protocol)) {
    throw invalid(text, `expected https://, ssh:// or file://, not ${protocol}//`);
  }
  if (password !== '' || (protocol === 'https:' && username !== '')) {
    // The text is printed and kept in the project.
    throw invalid(`${protocol}//…@${url.host}${url.pathname}`, 'it contains a password or token');
  }
  if (search !== '') throw invalid(text, `it has a query, "${search}"`);
  if (protocol === 'file:' ? hostname !== '' : !/^[\w[]/.test(hostname)) {
    throw invalid(text, `"${hostname}" cannot be the host`);
  }
  const path = url.pathname.slice(1);
  const base = url.href.slice(0, url.href.length - path.length);
  const page = protocol === 'https:' ? parsePage(findHost(url.host), base, path) : undefined;
  if (page !== undefined) return page;
  if (protocol === 'file:') return { candidates: splitLocal(url.href, text) };
  const candidates = split(base, url.host, path, text);
  return { candidates: candidates.map((one) => ({ ...one, folder: decode(one.folder, text) })) };
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(text, `"${part}" is not valid in a URL: its percent-encoding is not UTF-8`);
  }
}

function findHost(domain: string): Host | undefined {
  return Object.values(hosts).find((host) => host.domain === domain);
}

/** The address of a folder's page: `https://github.com/user/repo/tree/main/folder`. */
function parsePage(host: Host | undefined, base: string, path: string): Place | undefined {
  const [, repository, page = ''] = host?.page?.exec(path) ?? [];
  if (repository === undefined) return undefined;
  const [ref = '', ...folder] = page.replace(/\/$/, '').split('/');
  const text = `${base}${[`${repository}.git`, ...folder].join('/')}`;
  return { ...parseUrl(text, text), page: { ref: decode(ref, text), text } };
}

/** Splits a path into the repository and the folder. A name that ends in `.git` ends the repository's. */
function split(base: string, domain: string, path: string, text: string): readonly Repository[] {
  const host = findHost(domain);
  if (host !== undefined) return splitHosted(host, base, path, text);
  const [, repository = '', folder = ''] = /^(.*?[^/]\.git)\/+(.+?)\/?$/.exec(path) ?? [undefined, path];
  if (repository === '') throw invalid(text, 'it names no repository');
  const url = base + repository;
  return [{ url, name: url, host: undefined, folder }];
}

/** A folder on the disk can be a repository, or be in one: then a folder above it is the repository. */
export function splitLocal(address: string, text: string): readonly Repository[] {
  const [, root = '', path = ''] = /^(file:\/\/[^/]*\/)(.*?)\/*$/.exec(address) ?? [];
  if (path === '') throw invalid(text, 'it names no repository');
  const names = path.split('/');
  const candidates = names.map((_, index) => {
    const end = names.length - index;
    const url = root + names.slice(0, end).join('/');
    return { url, name: url, host: undefined, folder: decode(names.slice(end).join('/'), text) };
  });
  return candidates.filter(({ folder }) => folder === '' || findPathProblem(folder) === undefined);
}

function splitHosted(host: Host, base: string, path: string, text: string): readonly Repository[] {
  const names = path.replace(/\/$/, '').split('/');
  const end = names.findIndex((name) => /.\.git$/.test(name)) + 1;
  const deepest = host.site === 'gitlab' ? names.length : 2;
  const lengths = end > 0 ? [end] : Array.from({ length: Math.max(deepest - 1, 1) }, (_, index) => index + 2);
  return lengths.map((length) => {
    const repository = names.slice(0, length);
    if (
      length < 2 ||
      repository.length < length ||
      !repository.every((name) => /^(?!\.+$|\.git$)~?[\w.][\w.-]*$/.test(name))
    ) {
      throw invalid(text, `"${repository.join('/')}" is not user/repo`);
    }
    const url = base + repository.join('/').replace(/\.git$/, '');
    return {
      url,
      name: url,
      host: base.startsWith('https:') ? host : undefined,
      folder: names.slice(length).join('/'),
    };
  });
}
