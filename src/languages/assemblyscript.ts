import type { Language } from './language.ts';

export const assemblyscript: Language = {
  id: 'assemblyscript',
  label: 'AssemblyScript',
  hint: 'TypeScript syntax, small modules, tested by node --test',
  needs: 'The project needs `make`, and Node.js 20 or newer with npm.',
  requireField: 'call `fields.require("name")` in `parseConfig`, in `assembly/config.ts`',
  files: {
    glue: 'assembly/index.ts',
    filter: 'assembly/filter.ts',
    config: 'assembly/config.ts',
    envoyTests: 'test/envoy.test.js',
    recoveryTests: 'test/recovery.test.js',
  },
  // npm refuses to install a package into a project with the same name.
  reservedNames: ['assemblyscript', 'binaryen', 'long', 'node_modules'],
  afterRename: (_path, text) => text,
};
