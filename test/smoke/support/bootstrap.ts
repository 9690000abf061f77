import type { Change } from './project.ts';

/** A plugin configuration: its indentation, its text. */
const configurations = /^( *)value: \|\n((?:\1 .*\n)+)/gm;

/** Replaces the first plugin configuration. */
export function configureFirst(text: string): Change {
  return (bootstrap) => configure(bootstrap, 0, text);
}

/** Replaces the last plugin configuration. */
export function configureLast(text: string): Change {
  return (bootstrap) => configure(bootstrap, -1, text);
}

/** Gives the change of every plugin configuration to this text. */
export function configureAll(text: string): Change {
  return (bootstrap) => {
    const count = [...bootstrap.matchAll(configurations)].length;
    return Array(count)
      .fill(configureFirst(text))
      .reduce((changed, change) => change(changed), bootstrap);
  };
}

/** The last plugin configuration. */
export function readLastConfiguration(bootstrap: string): Readonly<Record<string, unknown>> {
  return JSON.parse(find(bootstrap, -1)[2] ?? '');
}

function configure(bootstrap: string, which: number, text: string): string {
  const old = find(bootstrap, which);
  const value = `${old[1]}value: '${text.replaceAll("'", "''")}'\n`;
  return bootstrap.slice(0, old.index) + value + bootstrap.slice(old.index + old[0].length);
}

function find(bootstrap: string, which: number): RegExpExecArray {
  const found = [...bootstrap.matchAll(configurations)].at(which);
  if (found === undefined) throw new Error('the bootstrap has no plugin configuration');
  return found;
}

/** Makes the change that the comment at the cluster `upstream` describes, with this address instead of httpbin.org. */
export function useRealUpstream(port: number): Change {
  return (bootstrap) => {
    const [, type, address] = bootstrap.match(/# {3}(type: \S+)\n +# {3}(address: .*)\n/) ?? [];
    if (type === undefined || address === undefined) throw new Error('the bootstrap shows no real upstream');
    const real = address
      .replace('httpbin.org', '127.0.0.1')
      .replace('port_value: 80 ', `port_value: ${port} `);
    return bootstrap.replace(`#   ${type}`, type).replace(/address: \{ envoy_internal_address: .*/, real);
  };
}
