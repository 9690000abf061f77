import { expect, it } from 'vitest';
import { envoyVersions } from '../../scripts/envoys.mjs';
import { formatProof } from '../../scripts/proof.mjs';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { listPairs } from '../support/pairs.ts';

const tests = envoyVersions.flatMap((version) =>
  listPairs().flatMap(([language, template]) =>
    ['is there', 'passes'].map((name) => ({
      fullName: `a generated ${language} ${template} in Envoy ${version} ${name}`,
      status: 'passed',
    })),
  ),
);

it('the table counts the tests of each project in each version', () => {
  expect(formatProof(tests, languages, templates)).toContain(
    `| ${envoyVersions[0]} | ${languages[0].label} | ${templates.map(() => 2).join(' | ')} |\n`,
  );
});

it.each(['failed', 'skipped'])('there is no table if a test was %s', (status) => {
  const [first, ...others] = tests;
  const changed = [{ fullName: first?.fullName ?? '', status }, ...others];
  expect(() => formatProof(changed, languages, templates)).toThrow(/ 1 of 2 passed$/);
});

it('there is no table if a project was not tested', () => {
  expect(() => formatProof(tests.slice(2), languages, templates)).toThrow(/ 0 of 0 passed$/);
});
