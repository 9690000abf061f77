/** The options, for parsing, for the help text and for completion. */
export const options = {
  language: { type: 'string', short: 'l', help: 'language of the filter' },
  context: { type: 'string', short: 'c', help: 'context type of the filter' },
  template: {
    type: 'string',
    short: 't',
    help: 'what the new filter does; implies the context type',
  },
  offline: { type: 'boolean', help: 'take a remote template from the cache' },
  yes: { type: 'boolean', short: 'y', help: 'take the defaults for anything omitted' },
  'dry-run': { type: 'boolean', help: 'list the files, and what is in the way; write nothing' },
  json: { type: 'boolean', help: 'print one JSON object; never prompt' },
  list: { type: 'boolean', help: 'print the languages, context types and templates' },
  completion: { type: 'string', help: 'print a completion script for bash, zsh or fish' },
  verbose: { type: 'boolean', help: 'print the stack trace of an error' },
  help: { type: 'boolean', short: 'h', help: 'print this text' },
  version: { type: 'boolean', short: 'V', help: 'print the version' },
} as const;
