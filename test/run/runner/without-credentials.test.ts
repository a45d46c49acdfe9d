import { expect, test } from '@jest/globals';
import { withoutCredentials } from '../../../src/run/runner/without-credentials.ts';

test.each([
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'],
  ...['DAGSHUB_TOKEN', 'DAGSHUB_USER_TOKEN', 'MLFLOW_TRACKING_PASSWORD', 'MLFLOW_TRACKING_TOKEN'],
  ...['SIBLING_REGISTRY_PASSWORD'],
])('DVC does not get %s as a variable', (name) => {
  expect(withoutCredentials({ [name]: 'x', PATH: '/bin' })).toEqual({ PATH: '/bin' });
});

test.each(['PATH', 'HOME', 'MY_AWS_PROFILE', 'MLFLOW_EXPERIMENT_NAME', 'SIBLING_FILES', 'AWS'])(
  'DVC gets %s',
  (name) => {
    expect(withoutCredentials({ [name]: 'x' })).toEqual({ [name]: 'x' });
  },
);
