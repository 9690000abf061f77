import { http } from '../contexts.ts';
import type { Template } from './template.ts';

export const auth: Template = {
  id: 'auth',
  label: 'Auth',
  hint: 'asks a service before it lets a request in',
  context: http,
  tries: [
    {
      command: "curl -H 'authorization: Bearer alice' localhost:8080/headers",
      answer: '"x-auth-user": "alice"',
    },
    { command: 'curl -i localhost:8080/headers', answer: 'www-authenticate: Bearer' },
    {
      command: "curl -i -H 'authorization: Bearer mallory' localhost:8080/headers",
      answer: '403 Forbidden',
    },
  ],
  layers: ['base', 'config', 'http', 'metrics', 'auth'],
};
