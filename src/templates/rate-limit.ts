import { http } from '../contexts.ts';
import type { Template } from './template.ts';

export const rateLimit: Template = {
  id: 'rate-limit',
  label: 'Rate limit',
  hint: 'limits how many requests each client may send',
  context: http,
  tries: [
    { command: 'curl -i localhost:8080/headers', answer: 'ratelimit: "address";r=' },
    {
      command: "for i in 1 2 3 4 5 6; do curl -so /dev/null -w '%{http_code} ' localhost:8080; done",
      answer: '429',
    },
  ],
  layers: ['base', 'config', 'http', 'metrics', 'rate-limit'],
};
