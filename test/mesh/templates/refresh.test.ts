import { describe, expect, it } from 'vitest';
import { languages } from '../../../src/languages/index.ts';
import { refresh } from '../../../src/templates/refresh.ts';
import { generate } from '../../support/generate.ts';
import { readPlugin } from '../mesh.ts';

describe.each(languages)('the manifests of the background service in $label', (language) => {
  const { tree } = generate({ language, template: refresh });
  const manifests = [...tree].filter(([path]) => /^deploy\/.*\.yaml$/.test(path));

  // The name of a cluster in a mesh is not a host name, which the request needs.
  it.each(manifests)('name the host to ask besides the cluster: %s', (_path, text) => {
    const { refresh_cluster, refresh_authority } = readPlugin(text).pluginConfig;
    expect(refresh_cluster).toMatch(/[^a-z.]/);
    expect(refresh_authority).toMatch(/^[a-z.]+$/);
  });
});
