/** The direction of dependencies: contracts <- kernel <- mind <- messaging, service, llm <- services. */
const lib = (name) => `^libs/${name}/`;
const only = (name, allowed) => ({
  name: `${name}-imports-only`,
  severity: 'error',
  comment: `libs/${name} may import only: ${allowed.join(', ') || 'no other library'}`,
  from: { path: lib(name), pathNot: ['\\.spec\\.ts$', '/testing/'] },
  to: { path: '^(libs|services|deploy|test)/', pathNot: [lib(name), ...allowed.map(lib)] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'types alone may know each other',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('contracts', []),
    only('kernel', ['contracts']),
    only('mind', ['contracts', 'kernel']),
    only('messaging', ['contracts', 'kernel', 'mind']),
    only('service', ['contracts', 'kernel', 'mind', 'messaging']),
    only('llm', ['contracts', 'kernel', 'mind']),
    only('client', ['contracts']),
    only('cli', ['contracts', 'kernel', 'mind', 'client']),
    {
      name: 'services-are-islands',
      severity: 'error',
      comment: 'a service knows of the others only through events and subjects',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'rules import only contracts, kernel, mind and zod',
      from: { path: '^services/[^/]+/src/core/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/(contracts|kernel|mind)/', '/src/core/', 'node_modules/zod/'] },
    },
    {
      name: 'mind-is-pure',
      severity: 'error',
      from: { path: '^libs/mind/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/(contracts|kernel|mind)/', 'node_modules/zod/'] },
    },
    {
      name: 'app-knows-no-adapter',
      severity: 'error',
      from: { path: '^services/[^/]+/src/app/', pathNot: '\\.spec\\.ts$' },
      to: { path: '/src/adapters/' },
    },
    {
      name: 'production-knows-no-test',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'checker-is-independent',
      severity: 'error',
      comment: 'what checks the system uses nothing of it, not even by way of others or for a type',
      from: { path: ['^test/chaos/checker/', '^test/replay/oracle/'] },
      to: { path: '^(libs|services|deploy|test/support)/', reachable: true },
    },
    {
      name: 'only-the-log-knows-postgres',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: ['^services/event-log/', '\\.spec\\.ts$'] },
      to: { path: 'node_modules/(pg|typeorm|@nestjs/typeorm)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['require', 'node', 'default'],
    },
  },
};
