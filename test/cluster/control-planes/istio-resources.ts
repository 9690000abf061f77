import { upstreamPorts } from '../support/upstreams.ts';

/** Services outside of the mesh: istiod gives their clusters the names that the manifests' comments say. */
export function describeUpstreams(address: string): string {
  return Object.entries(upstreamPorts)
    .map(
      ([name, port]) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: default }
spec:
  hosts: [${name}.default.svc.cluster.local]
  location: MESH_EXTERNAL
  resolution: STATIC
  ports:
  - { number: ${name === 'tcp' ? 9000 : 80}, name: main, protocol: ${name === 'tcp' ? 'TCP' : 'HTTP'} }
  endpoints: [{ address: ${address}, ports: { main: ${port} } }]
`,
    )
    .join('---');
}

export function describeGateway(): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: my-gateway, namespace: default }
spec:
  gatewayClassName: istio
  listeners:
  - { name: http, port: 8080, protocol: HTTP, allowedRoutes: { namespaces: { from: Same } } }
  - { name: tcp, port: 9000, protocol: TCP, allowedRoutes: { namespaces: { from: Same } } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: echo, namespace: default }
spec:
  parentRefs: [{ name: my-gateway, sectionName: http }]
  rules:
  - backendRefs: [{ group: networking.istio.io, kind: Hostname, name: echo.default.svc.cluster.local, port: 80 }]
---
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: { name: tcp, namespace: default }
spec:
  parentRefs: [{ name: my-gateway, sectionName: tcp }]
  rules:
  - backendRefs: [{ group: networking.istio.io, kind: Hostname, name: tcp.default.svc.cluster.local, port: 9000 }]
`;
}

/** The pod of the Gateway, and its Service, which istiod makes from a template of its Helm chart. */
export function describeProxy(): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: my-gateway-istio, namespace: default, labels: { gateway.networking.k8s.io/gateway-name: my-gateway } }
spec:
  selector: { gateway.networking.k8s.io/gateway-name: my-gateway }
  ports:
  - { name: http, port: 8080, targetPort: 8080 }
  - { name: tcp, port: 9000, targetPort: 9000 }
---
apiVersion: v1
kind: Pod
metadata:
  name: router
  namespace: default
  labels: { istio: ingressgateway, gateway.networking.k8s.io/gateway-name: my-gateway }
spec: { serviceAccountName: default, nodeName: node, containers: [{ name: istio-proxy, image: proxy }] }
`;
}
