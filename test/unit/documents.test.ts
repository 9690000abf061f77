import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/help.ts';
import { templates } from '../../src/templates/index.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

describe('README.md', () => {
  it('shows the help text', () => {
    expect(readme).toContain(`\n\`\`\`text\n${helpText()}\n\`\`\`\n`);
  });

  it('has a row for every template', () => {
    const rows = [...readme.matchAll(/^\| `([a-z-]+)` +\| ([^|]*?) +\|/gm)].map(([, id, context]) => [
      id,
      context,
    ]);
    expect(rows).toEqual(templates.map(({ id, context }) => [id, context.label]));
  });
});
