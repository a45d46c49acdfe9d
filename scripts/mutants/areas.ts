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
    files: ['src/lock-file.js', 'src/run-lock.js', 'src/owner.js', 'src/presence.js'],
    tests: ['lock-file.test.js', 'owner.test.js', 'run-lock.test.js'],
  },
  gates: {
    files: [
      'src/report/gates.js',
      'src/report/judge.js',
      'src/report/broken-gates.js',
      'src/report/verdict-line.js',
    ],
    tests: [
      'report/gates.test.js',
      'report/judge.test.js',
      'report/compare-metrics.test.js',
      'report/broken-gates.test.js',
      'report/verdict-line.test.js',
    ],
  },
  secrets: {
    files: [
      'src/secrets/forms.js',
      'src/secrets/in-address.js',
      'src/secrets/known-secrets.js',
      'src/secrets/secrets.js',
      'src/secrets/worth-hiding.js',
    ],
    tests: [
      'secrets/secrets.test.js',
      'secrets/declared.test.js',
      'secrets/by-name.test.js',
      'secrets/forms.test.js',
      'secrets/in-address.test.js',
      'secrets/known-secrets.test.js',
      'secrets/worth-hiding.test.js',
    ],
  },
  events: {
    files: ['src/github/event.js', 'src/github/job.js'],
    tests: ['github/event.test.js', 'github/job.test.js'],
  },
  baton: {
    files: ['src/github/baton.js', 'src/job/apply-batons.js', 'src/job/uncached-files.js'],
    tests: ['github/baton.test.js', 'job/apply-batons.test.js', 'job/uncached-files.test.js'],
  },
  sandbox: {
    files: ['src/container/sandbox.js', 'src/container/create-container.js'],
    tests: ['container/sandbox.test.js', 'container/create-container.test.js'],
  },
  staleness: {
    files: ['src/dvc/stage-reasons.js', 'src/dvc/pipeline-status.js', 'src/unchanged.js'],
    tests: ['dvc/stage-reasons.test.js', 'dvc/pipeline-status.test.js', 'unchanged.test.js'],
  },
};
