/**
 * An environment without what says who its user is elsewhere. As in a container of its own, DVC gets
 * credentials with the remote that they are for, and not as variables: with these an S3 client signs
 * requests to any address that a dvc.yaml names.
 */
export function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !credentials.test(name)));
}

const credentials = /^(?:AWS|DAGSHUB|MLFLOW_TRACKING|SIBLING_REGISTRY)_/;
