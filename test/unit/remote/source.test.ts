import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { parseSource, pinSource } from '../../../src/remote/source.ts';

const cwd = resolve('/somewhere');
const commit = '0123456789abcdef0123456789abcdef01234567';

/** A source in few words: the ref, and each candidate with its folder. */
function summarize(text: string): readonly (string | undefined)[] {
  const source = parseSource(text, cwd);
  if (source.kind === 'folder') return [source.path];
  const places = source.candidates.map(({ url, host, folder }) =>
    [host?.site ?? 'other', url, folder].filter((part) => part !== '').join(' '),
  );
  return [source.ref, ...places];
}

/** A path on the disk as each candidate: any folder above may be the repository. */
function listAbove(path: string): readonly string[] {
  const names = pathToFileURL(path).pathname.slice(1).split('/');
  return names.map((_, index) => {
    const [above, below] = [names.slice(0, names.length - index), names.slice(names.length - index)];
    return ['other', `file:///${above.join('/')}`, decodeURIComponent(below.join('/'))].join(' ').trim();
  });
}

function refuse(text: string): UsageError {
  try {
    parseSource(text, cwd);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`"${text}" was not refused`);
}

describe('parseSource', () => {
  it.each([
    ['user/repo', [undefined, 'github https://github.com/user/repo']],
    ['user/repo/', [undefined, 'github https://github.com/user/repo']],
    ['user/repo/some/folder#v1.0', ['v1.0', 'github https://github.com/user/repo some/folder']],
    ['github:user/.github', [undefined, 'github https://github.com/user/.github']],
    [`user/repo#${commit}`, [commit, 'github https://github.com/user/repo']],
    [`user/repo#${commit.toUpperCase()}`, [commit, 'github https://github.com/user/repo']],
    ['user/repo#feature/new-auth', ['feature/new-auth', 'github https://github.com/user/repo']],
    ['bitbucket:user/repo', [undefined, 'bitbucket https://bitbucket.org/user/repo']],
    ['sourcehut:~user/repo', [undefined, 'git.sr.ht https://git.sr.ht/~user/repo']],
    ['sourcehut:user/repo', [undefined, 'git.sr.ht https://git.sr.ht/~user/repo']],
    ['gitlab:user/repo', [undefined, 'gitlab https://gitlab.com/user/repo']],
    [
      'gitlab:group/sub/repo',
      [undefined, 'gitlab https://gitlab.com/group/sub repo', 'gitlab https://gitlab.com/group/sub/repo'],
    ],
    ['gitlab:group/sub/repo.git/a/b', [undefined, 'gitlab https://gitlab.com/group/sub/repo a/b']],
    ['github.com/user/repo', [undefined, 'github https://github.com/user/repo']],
    ['https://github.com/user/repo.git', [undefined, 'github https://github.com/user/repo']],
    [
      'https://github.com/user/repo/my%20folder',
      [undefined, 'github https://github.com/user/repo my folder'],
    ],
    ['https://github.com/user/repo/tree/v1/a/b', ['v1', 'github https://github.com/user/repo a/b']],
    ['https://github.com/user/repo/tree/v1/', ['v1', 'github https://github.com/user/repo']],
    ['https://gitlab.com/a/b/c/-/tree/main/d', ['main', 'gitlab https://gitlab.com/a/b/c d']],
    ['https://bitbucket.org/user/repo/src/main/a', ['main', 'bitbucket https://bitbucket.org/user/repo a']],
    ['https://example.com/team/repo', [undefined, 'other https://example.com/team/repo']],
    ['https://example.com:8443/repo.git/a/b#v1', ['v1', 'other https://example.com:8443/repo.git a/b']],
    ['https://github.com:8443/user/repo/a', [undefined, 'other https://github.com:8443/user/repo/a']],
    ['ssh://git@example.com:22/team/repo.git', [undefined, 'other ssh://git@example.com:22/team/repo.git']],
    ['ssh://git@github.com/user/repo/a', [undefined, 'other ssh://git@github.com/user/repo a']],
    ['git@github.com:user/repo.git', [undefined, 'other git@github.com:user/repo']],
    ['git@example.com:team/repo.git/a#v1', ['v1', 'other git@example.com:team/repo.git a']],
    [
      'file:///srv/repo.git/a',
      [
        undefined,
        'other file:///srv/repo.git/a',
        'other file:///srv/repo.git a',
        'other file:///srv repo.git/a',
      ],
    ],
    ['./folder', [resolve(cwd, 'folder')]],
    ['..', [resolve(cwd, '..')]],
    [resolve('/a/b'), [resolve('/a/b')]],
    ['file:///a%20b/c:/d', [undefined, 'other file:///a%20b/c:/d', 'other file:///a%20b/c: d']],
    ['./c#sharp#main', ['main', ...listAbove(resolve(cwd, 'c#sharp'))]],
    [`${resolve('/a/b')}#HEAD`, ['HEAD', ...listAbove(resolve('/a/b'))]],
  ])('reads %s', (text, expected) => {
    expect(summarize(text)).toEqual(expected);
  });

  it.each([
    ['', 'is not user/repo'],
    ['user', '"user" is not user/repo'],
    ['user/', '"user" is not user/repo'],
    ['/repo#', 'nothing follows the "#"'],
    ['user/repo#', 'nothing follows the "#"'],
    ['user//repo', 'is not user/repo'],
    ['../../x/..#a b', '"a b" cannot be the name'],
    ['github:../repo', '"../repo" is not user/repo'],
    ['user/..', '"user/.." is not user/repo'],
    ['user/.git', 'is not user/repo'],
    ['-user/repo', 'is not user/repo'],
    ['--upload-pack=x/repo', 'is not user/repo'],
    ['user/repo/../../x', 'it contains ".."'],
    ['user/repo//x', 'absolute path'],
    ['user/repo/.git', '".git"'],
    ['user/repo/.git/x', '".git"'],
    ['user/repo/aux', 'device on Windows'],
    ['https://github.com/user/repo/a%2f..%2f..%2fb', 'it contains ".."'],
    ['https://github.com/user/repo/%ff', 'its percent-encoding is not UTF-8'],
    ['https://example.com', 'it names no repository'],
    ['https://', 'it is not a URL'],
    ['http://example.com/repo', 'expected https://, ssh:// or file://, not http://'],
    ['git://example.com/repo', 'not git://'],
    [
      'ext::sh -c id/x',
      'it does not begin with one of github:, gitlab:, bitbucket:, sourcehut:, https://, ssh://, file://',
    ],
    ['ext://sh/x', 'not ext://'],
    ['constructor:user/repo', 'it does not begin with one of'],
    ['gist:user/repo', 'it does not begin with one of'],
    ['ssh://-oProxyCommand=id/x', 'cannot be the host'],
    ['-oProxyCommand=id@example.com:x', 'it does not begin with one of'],
    ['git@-oProxyCommand=id:x', 'it does not begin with one of'],
    ['file://server/share', '"server" cannot be the host'],
    ['https://example.com/repo?x=1', 'it has a query'],
    ['user/repo#-x', 'cannot be the name'],
    ['user/repo#--upload-pack=id', 'cannot be the name'],
    ['user/repo#a..b', 'cannot be the name'],
    ['user/repo#refs/*', 'cannot be the name'],
    ['user/repo#v1^{}', 'cannot be the name'],
    ['user/repo#a:b', 'cannot be the name'],
    ['user/repo#x.lock', 'cannot be the name'],
    ['user/repo\n', 'control characters'],
    ['user/\u202erepo', 'control characters'],
  ])('refuses %j with the rule and an example', (text, reason) => {
    const { message, hint } = refuse(text);
    expect(message).toMatch(/^invalid source "/);
    expect(message).toContain(reason);
    expect(hint).toMatch(/^a source is user\/repo,.* For example: acme\/filter-template#v1$/);
  });

  it.each([
    'https://user:secret@example.com/repo',
    'https://secret@github.com/user/repo',
    'ssh://git:secret@h/r',
  ])('does not repeat the password or token of %s', (text) => {
    const { message, hint } = refuse(text);
    expect(message).toContain('it contains a password or token');
    expect(`${message} ${hint}`).not.toContain('secret');
  });

  it('names a source so that parsing it again, with the commit, means the same', () => {
    for (const text of [
      'user/repo/a#v1',
      'https://github.com/user/repo/tree/v1/a%20b',
      './x#main',
      'git@h.org:r',
    ]) {
      const source = parseSource(text, cwd);
      const again = parseSource(pinSource(source, commit), cwd);
      expect(again).toEqual({ ...source, ref: commit });
    }
    expect(pinSource(parseSource('./folder', cwd), undefined)).toBe('./folder');
  });

  it('takes any text, and lets none be an option, leave its folder or name a ref that git reads otherwise', () => {
    const parts = fc.constantFrom(
      ...[
        'user',
        'repo',
        '.git',
        '..',
        '.',
        '-x',
        '~',
        '/',
        '//',
        ':',
        '#',
        '@',
        '%2e',
        '%2f',
        '\\',
        'github:',
      ],
      ...[
        'https://',
        'ssh://',
        'file:///',
        'gitlab:',
        'git@h:',
        'aux',
        commit,
        'ext::',
        '?',
        '*',
        '^',
        ' ',
        'é',
      ],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts, { maxLength: 9 }).map((all) => all.join('')),
    );
    let accepted = 0;
    fc.assert(
      fc.property(texts, (text) => {
        let source: ReturnType<typeof parseSource>;
        try {
          source = parseSource(text, cwd);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          return;
        }
        accepted += 1;
        if (source.kind === 'folder') return;
        expect(source.ref ?? 'HEAD').toMatch(/^(?![-/.])[^\s~^:?*[\\]+$/);
        for (const { url, folder } of source.candidates) {
          expect(url).toMatch(/^((https|ssh):\/\/(?!-)|file:\/\/\/|\w[\w.-]*@\w[\w.-]*:)/);
          expect(folder.split('/')).not.toContain('..');
          expect(folder).not.toMatch(/^\/|\\|\/$|(^|\/)\.git(\/|$)/i);
        }
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
