/** What exists on the stand-in. Tests may change it at any time. */
export interface World {
  readonly users: User[];
  readonly repositories: Repository[];
  /** Whether the aliases of models are accepted and not kept. */
  forgetsAliases?: boolean;
}

export interface User {
  readonly name: string;
  readonly token: string;
}

export interface Repository {
  readonly owner: string;
  readonly name: string;
  /** A private one does not exist for those who may not read it. */
  readonly private: boolean;
  readonly collaborators: Readonly<Record<string, 'read' | 'write'>>;
  /** Whether it is connected to a repository elsewhere, whose commits it mirrors. */
  readonly mirror: boolean;
  /** How often its mirror was told to synchronise. */
  mirrorSyncs: number;
}

export type Need = 'read' | 'write';

export type Verdict =
  | { readonly kind: 'allowed'; readonly repository: Repository }
  | { readonly kind: 'unknown-repository' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'forbidden' };

/** Whether `user` (undefined: nobody in particular) may do it. */
export function judge(
  world: World,
  user: User | undefined,
  place: { readonly owner: string; readonly name: string },
  need: Need,
): Verdict {
  const repository = world.repositories.find(
    ({ owner, name }) => owner === place.owner && name === place.name,
  );
  const right = repository === undefined ? undefined : rightOf(user, repository);
  if (repository === undefined || right === undefined) {
    return user === undefined ? { kind: 'anonymous' } : { kind: 'unknown-repository' };
  }
  if (need === 'read' || right === 'write') return { kind: 'allowed', repository };
  return user === undefined ? { kind: 'anonymous' } : { kind: 'forbidden' };
}

function rightOf(user: User | undefined, repository: Repository): Need | undefined {
  if (user?.name === repository.owner) return 'write';
  const right = user && repository.collaborators[user.name];
  return right ?? (repository.private ? undefined : 'read');
}

/** The repository that a path such as `/OWNER/NAME.s3/…` is about, and what follows it. */
export function splitPath(
  path: string,
  service: 's3' | 'mlflow',
): { owner: string; name: string; rest: string } | undefined {
  const match = new RegExp(`^/([^/?]+)/([^/?]+)[.]${service}(?=[/?]|$)(.*)$`).exec(path);
  const [, owner, name, rest] = match ?? [];
  if (owner === undefined || name === undefined || rest === undefined) return undefined;
  return { owner, name, rest: rest.startsWith('/') ? rest : `/${rest}` };
}
