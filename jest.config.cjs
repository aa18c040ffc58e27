/**
 * One project per kind of test: `unit` is pure and fast, `replay` folds whole logs, `simulate` plays the whole system in
 * one process, `int` talks to real servers, `e2e` starts the whole system, `chaos` makes it fail under load. Specs that
 * are called `.long.` run only where `CI` is set.
 */
const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^#libs/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^#deploy/(.*)$': '<rootDir>/deploy/$1.ts',
    '^#test/(.*)$': '<rootDir>/test/$1.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
};

const LONG_IGNORED = process.env.CI ? [] : ['\\.long\\.spec\\.ts$'];

module.exports = {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.int\\.spec\\.ts$', '<rootDir>/test/'],
    },
    {
      ...base,
      displayName: 'replay',
      testMatch: ['<rootDir>/test/{replay,bench}/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.(?:int|long)\\.spec\\.ts$'],
    },
    {
      ...base,
      displayName: 'simulate',
      testMatch: ['<rootDir>/test/simulate/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...LONG_IGNORED],
    },
    { ...base, displayName: 'int', testMatch: ['<rootDir>/**/*.int.spec.ts'] },
    { ...base, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    {
      ...base,
      displayName: 'chaos',
      testMatch: ['<rootDir>/test/chaos/**/*.spec.ts', '<rootDir>/test/bench/**/*.long.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...LONG_IGNORED],
    },
  ],
};
