import { stream } from '../contexts.ts';
import type { Template } from './template.ts';

export const tcp: Template = {
  id: 'tcp',
  label: 'Greet, deny, count',
  hint: 'greets clients, closes connections that begin with a denied prefix, counts bytes',
  context: stream,
  tries: [{ command: 'echo hi | curl -sm1 telnet://localhost:8080', answer: 'Hello world from ' }],
  layers: ['base', 'config', 'stream', 'metrics', 'tcp'],
};
