import { upstreamPorts } from '../support/upstreams.ts';

/** Services with fixed addresses, and a route to each, which gives its cluster the name in the manifests' comments. */
export function describeUpstreams(address: string): string {
  return Object.entries(upstreamPorts)
    .map(([name, port]) => {
      const rule = name === 'echo' ? '' : `matches: [{ path: { value: /${name} } }], `;
      return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: default }
spec: { ports: [{ name: main, port: 80, targetPort: ${port} }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}, namespace: default, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ name: main, port: ${port}, protocol: TCP }]
endpoints: [{ addresses: [${address}], conditions: { ready: true } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: default }
spec: { parentRefs: [{ name: my-gateway }], rules: [{ ${rule}backendRefs: [{ name: ${name}, port: 80 }] }] }
---`;
    })
    .join('');
}

export function describeGateway(): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: eg }
spec: { controllerName: gateway.envoyproxy.io/gatewayclass-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: my-gateway, namespace: default }
spec: { gatewayClassName: eg, listeners: [{ name: http, port: 8888, protocol: HTTP }] }
`;
}
