import { http } from '../contexts.ts';
import type { Template } from './template.ts';

export const body: Template = {
  id: 'body',
  label: 'Change a body',
  hint: 'replaces the values of fields in JSON responses',
  context: http,
  tries: [
    { command: 'curl localhost:8080/user', answer: '"password": "[redacted]"' },
    { command: 'curl localhost:8080/large', answer: 'too large to be redacted' },
  ],
  layers: ['base', 'config', 'http', 'metrics', 'body'],
};
