import { formatCommand, quotePath } from './command-line.ts';
import type { FilterProject } from './project.ts';

/** What to tell the author of a new project. */
export function nextSteps(project: FilterProject, fileCount: number): readonly string[] {
  const { directory, name, language, template, generatorVersion } = project;
  const isHere = /^\.[/\\]*$/.test(directory);
  return [
    `Created ${name}: an Envoy ${template.context.label} in ${language.label}, ${fileCount} files.`,
    '',
    'Next:',
    ...(isHere ? [] : [`  cd ${quotePath(directory)}`]),
    '  make test      # unit tests, then the filter inside a real Envoy',
    '  make deploy    # runs it in Envoy; meanwhile, in another terminal:',
    `  ${template.tryIt}`,
    '',
    'The same again, without questions:',
    `  ${formatCommand(project, generatorVersion)}`,
  ];
}
