/** Runs `system.ts` in a bare Node process from the sources, without a build. */
import Module, { createRequire } from 'node:module';
import { transformFileSync } from '@swc/core';

Module._extensions['.ts'] = (module, file) => module._compile(transformFileSync(file).code, file);
createRequire(import.meta.url)('./system.ts');
