import fc from 'fast-check';

// The same inputs in every run, so that failures can be reproduced.
fc.configureGlobal({ seed: 1 });
