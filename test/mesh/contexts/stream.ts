import type { Expectation } from './context.ts';

export default { istioType: 'NETWORK', isForEnvoyGateway: false } satisfies Expectation;
