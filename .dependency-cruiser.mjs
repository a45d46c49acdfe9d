/**
 * Dependencies point one way:
 * actions, cli → stage, report, export → dvc, container, github → errors.
 * A file on a lower level never imports one from a higher level, and the three folders above
 * errors know nothing of one another.
 */
const doors = '^(actions/|src/cli[.]ts$)';
const features = '^src/(report|export)/|^src/stage[.]ts$';
const foundations = '^src/(dvc|container|github)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Two files that need each other are one concept, or hide a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'An import that leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'errors-stand-alone',
      severity: 'error',
      comment: 'Every file may throw an expected failure, so errors.ts imports none of them.',
      from: { path: '^src/errors[.]ts$' },
      to: { path: '^(src|actions)/' },
    },
    {
      name: 'foundations-know-no-features',
      severity: 'error',
      comment: 'Reading DVC, running containers and talking to GitHub are used by features.',
      from: { path: foundations },
      to: { path: features },
    },
    {
      name: 'foundations-know-not-one-another',
      severity: 'error',
      comment: 'A feature joins DVC, containers and GitHub; types alone may be shared.',
      from: { path: '^src/(dvc|container|github)/' },
      to: { path: foundations, pathNot: '^src/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-client-of-the-engine',
      severity: 'error',
      comment: 'Every request goes through exchange.ts, which has words for each end of it.',
      from: { path: '^(src|actions)/', pathNot: '^src/container/request/engine-client[.]ts$' },
      to: { path: 'node_modules/(dockerode|docker-modem)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-a-door',
      severity: 'error',
      comment: 'The command line and the actions are where a run starts.',
      from: { path: '^src/', pathNot: doors },
      to: { path: doors },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      comment: 'What is bundled must not reach into the tests, the benchmarks or the scripts.',
      from: { path: '^(src|actions)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'only-some-commands-ask-servers',
      severity: 'error',
      comment: 'bin/sibling keeps the certificates that fetch may need from Node for all others.',
      from: {
        path: '^src/commands/',
        pathNot:
          '^src/commands/(setup-env|git-sync|transfer|promote|models|reproduce|doctor|mlflow-access|bring-here|registration|add-commands)[.]ts$',
      },
      to: { path: '^src/(dagshub-api|github/artifact-service|mlflow/client)[.]ts$', reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|actions/[^/]+/dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
