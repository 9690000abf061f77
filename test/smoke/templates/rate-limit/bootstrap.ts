import type { Change } from '../../support/project.ts';

/** Adds a listener with a plugin of this name. As in Istio, no plugin has a `vm_id`, so both share their data. */
export function addListener(name: string): Change {
  return (bootstrap) => {
    const [listener] = bootstrap.match(/^ {2}- name: ingress\n(?: {3}.*\n)+/m) ?? [];
    if (listener === undefined) throw new Error('the bootstrap has no listener `ingress`');
    const other = listener
      .replace('name: ingress', `name: ${name}`)
      .replace(/port_value: .*/, 'port_value: 0 }')
      .replace(/name: \S+(?=\n +root_id:)/, `name: ${name}`);
    return bootstrap.replace(listener, () => listener + other).replaceAll(/ vm_id: .*/g, ' vm_id: ""');
  };
}
