import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemblyscript } from '../../../../src/languages/assemblyscript.ts';
import { templates } from '../../../../src/templates/index.ts';
import { Project } from '../../support/project.ts';

const page = await readFile('templates/assemblyscript/base/assembly/README.md', 'utf8');
const sections = page.split(/^## /m).slice(1);
/** For each example: title, failing code, error message, working code. */
const traps = sections.flatMap((section) => {
  const title = section.split('\n')[0] ?? '';
  const blocks = [...section.matchAll(/^```(?:ts)?\n(.*?)^```$/gms)].map(([, text = '']) => text);
  return blocks.length > 0 ? [[title, ...blocks]] : [];
});

describe('“AssemblyScript is not TypeScript”', () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(assemblyscript, templates[0]);
    const index = join(project.directory, 'assembly/index.ts');
    // Only exported code is compiled.
    await writeFile(index, `${await readFile(index, 'utf8')}\nexport { sample } from "./sample";\n`);
  });
  afterAll(() => project.remove());

  it('shows an error and a solution for each trap', () => {
    expect(traps.length).toBeGreaterThan(5);
    expect(traps.map(({ length }) => length)).toEqual(traps.map(() => 4));
  });

  it.each(traps)('is right about: %s', async (_title, wrong = '', message = '', right = '') => {
    const file = join(project.directory, 'assembly/sample.ts');
    const lintAndCheck = async (code: string) => {
      await writeFile(file, code.includes('sample(') ? code : `${code}\nexport function sample(): void {}\n`);
      return project.make(['-k', 'lint', 'check']);
    };
    const failed = await lintAndCheck(wrong);
    // Where CI is set, asc prints in colour.
    const output = stripVTControlCharacters(`${failed.stdout}${failed.stderr}`);
    expect(output).toContain(message.trim());
    expect(failed.status).toBe(2);
    expect(await lintAndCheck(right)).toMatchObject({ status: 0 });
    await rm(file);
  });
});
