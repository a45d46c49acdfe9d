/** What is decided in some files, and the unit tests that must notice when it is decided otherwise. */
export interface Area {
  /** Compiled files, below build/. */
  readonly files: readonly string[];
  /** Compiled test files, below build/test/. */
  readonly tests: readonly string[];
}

/** What must never be decided wrongly: pure decisions, whose tests take no engine and little time. */
export const areas: Readonly<Record<string, Area>> = {
  lock: {
    files: [
      'src/run/lock/file.js',
      'src/run/lock/lock.js',
      'src/run/lock/owner.js',
      'src/run/lock/presence.js',
    ],
    tests: ['run/lock/file.test.js', 'run/lock/owner.test.js', 'run/lock/lock.test.js'],
  },
  gates: {
    files: [
      'src/metrics/gates.js',
      'src/metrics/judge.js',
      'src/report/render/broken-gates.js',
      'src/report/render/verdict-line.js',
    ],
    tests: [
      'metrics/gates.test.js',
      'metrics/judge.test.js',
      'report/compare/metrics.test.js',
      'report/render/broken-gates.test.js',
      'report/render/verdict-line.test.js',
    ],
  },
  secrets: {
    files: [
      'src/secrets/forms.js',
      'src/secrets/in-address.js',
      'src/secrets/known.js',
      'src/secrets/secrets.js',
      'src/secrets/worth-hiding.js',
    ],
    tests: [
      'secrets/secrets.test.js',
      'secrets/declared.test.js',
      'secrets/by-name.test.js',
      'secrets/forms.test.js',
      'secrets/in-address.test.js',
      'secrets/known.test.js',
      'secrets/worth-hiding.test.js',
    ],
  },
  events: {
    files: ['src/github/job/event.js', 'src/github/job/job.js'],
    tests: ['github/job/event.test.js', 'github/job/job.test.js'],
  },
  baton: {
    files: [
      'src/github/baton/baton.js',
      'src/job/results/apply-batons.js',
      'src/job/results/uncached-files.js',
    ],
    tests: [
      'github/baton/baton.test.js',
      'job/results/apply-batons.test.js',
      'job/results/uncached-files.test.js',
    ],
  },
  sandbox: {
    files: ['src/container/sandbox.js', 'src/container/create.js'],
    tests: ['container/sandbox.test.js', 'container/create.test.js'],
  },
  staleness: {
    files: [
      'src/dvc/status/stage-reasons.js',
      'src/dvc/status/pipeline-status.js',
      'src/run/unchanged.js',
    ],
    tests: [
      'dvc/status/stage-reasons.test.js',
      'dvc/status/pipeline-status.test.js',
      'run/unchanged.test.js',
    ],
  },
};
