import { http } from '../contexts.ts';
import type { Template } from './template.ts';

export const hello: Template = {
  id: 'hello',
  label: 'Hello',
  hint: 'sets a request header',
  context: http,
  tries: [{ command: 'curl localhost:8080/headers', answer: 'Hello world from ' }],
  layers: ['base', 'config', 'http', 'hello'],
};
