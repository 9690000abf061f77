/** Names that stand for devices on Windows, with any extension. */
const device = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

const longest = 1_000;

/** What prevents a path below a folder from being written on every system, if anything. It has forward slashes. */
export function findPathProblem(path: string): string | undefined {
  if (path.length > longest) return `it has more than ${longest} characters`;
  if (path.startsWith('/')) return 'it is an absolute path';
  return path
    .split('/')
    .map(findNameProblem)
    .find((problem) => problem !== undefined);
}

function findNameProblem(name: string): string | undefined {
  if (name === '') return 'it has an empty name between slashes';
  if (name === '..' || name === '.') return `it contains "${name}"`;
  if (/^\.git$/i.test(name)) return 'a folder ".git" would be a repository';
  if (/[\p{Cc}\p{Bidi_Control}<>:"|?*\\]/u.test(name))
    return 'Windows allows no <>:"|?*\\ and no control characters';
  if (/[. ]$/.test(name)) return 'on Windows, a name cannot end in a dot or a space';
  if (device.test(name)) return `"${name}" is a device on Windows`;
  return Buffer.byteLength(name) > 255 ? 'a name has more than 255 bytes' : undefined;
}
