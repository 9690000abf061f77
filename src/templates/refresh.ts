import { root } from '../contexts.ts';
import type { Template } from './template.ts';

export const refresh: Template = {
  id: 'refresh',
  label: 'Refresh',
  hint: 'fetches data over HTTP on a timer; an HTTP filter uses it',
  context: root,
  // The service may not have fetched another greeting yet.
  tries: [{ command: 'curl localhost:8080/headers', answer: 'Hello ' }],
  // The background service comes with an HTTP filter.
  layers: ['base', 'config', 'http', 'metrics', 'refresh'],
};
