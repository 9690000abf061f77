import { contexts } from '../contexts.ts';
import { languages } from '../languages/index.ts';
import { options } from '../options.ts';
import { type Shell, shells } from '../shells.ts';
import { templates } from '../templates/index.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

/** The name of the command, without a package manager. */
export const command = 'create-envoy-filter';

/** An option of the command, as far as completion needs it. */
export type Completed = Readonly<{
  name: string;
  short?: string | undefined;
  help: string;
  /** The values to choose from. An option without them takes none. */
  choices?: readonly Readonly<{ id: string; hint?: string }>[] | undefined;
  /** Whether the value may also be a path. */
  takesPath?: boolean;
}>;

type Options = typeof options;

type WithValue = {
  [Name in keyof Options]: Options[Name]['type'] extends 'string' ? Name : never;
}[keyof Options];

const choices: Readonly<Record<WithValue, Completed['choices']>> = {
  language: languages,
  context: contexts,
  template: templates,
  completion: shells,
};

const writers = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** A script that makes a shell complete the options of this tool and their values. */
export function completionScript({ id }: Shell, completed = listOptions()): string {
  return writers[id](completed);
}

function listOptions(): readonly Completed[] {
  return Object.entries<Readonly<{ short?: string; help: string }>>(options).map(([name, option]) => ({
    name,
    short: option.short,
    help: option.help,
    choices: choices[name as WithValue],
    takesPath: name === 'template',
  }));
}
