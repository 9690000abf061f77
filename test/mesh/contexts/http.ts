import type { Expectation } from './context.ts';

export default { istioType: 'HTTP', isForEnvoyGateway: true } satisfies Expectation;
