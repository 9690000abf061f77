/** How meshes run the filters of a context type. */
export type Expectation = Readonly<{
  /** Istio's type of plugin. */
  istioType: 'HTTP' | 'NETWORK';
  /** Whether Envoy Gateway can run them. */
  isForEnvoyGateway: boolean;
}>;
