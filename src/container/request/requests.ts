import * as v from 'valibot';
import type { FailureKind } from '../../errors.ts';

/** A request that Sibling makes of the engine. */
export interface EngineRequest {
  /** `METHOD /path`, with `*` for what is named. */
  readonly template: string;
  /** Ends the sentence "the container engine refused to …". */
  readonly asked: string;
  /** Of a refusal that says nothing better. */
  readonly kind: FailureKind;
  /** What is read of the answer, with what may be left out filled in; undefined where nothing is. */
  readonly answer?: v.GenericSchema;
}

const text = v.nullish(v.string(), '');
const texts = v.nullish(v.array(v.string()), []);
const things = v.nullish(v.record(v.string(), v.any()), {});
const made = v.looseObject({ Id: v.string() });
const state = v.looseObject({
  Running: v.nullish(v.boolean(), false),
  OOMKilled: v.nullish(v.boolean(), false),
  ExitCode: v.nullish(v.number(), 0),
  Status: text,
});
const mount = v.looseObject({ Type: text, Source: text, Destination: text });
const container = v.looseObject({
  Id: text,
  State: state,
  Config: v.nullish(v.looseObject({ Image: text }), { Image: '' }),
  HostConfig: v.nullish(v.looseObject({ Tmpfs: things }), { Tmpfs: {} }),
  Mounts: v.nullish(v.array(mount), []),
  NetworkSettings: v.nullish(
    v.looseObject({
      Networks: v.nullish(v.record(v.string(), v.looseObject({ NetworkID: text })), {}),
      Ports: v.nullish(
        v.record(v.string(), v.nullable(v.array(v.looseObject({ HostPort: text })))),
        {},
      ),
    }),
    { Networks: {}, Ports: {} },
  ),
});
const listedContainer = v.looseObject({
  Id: v.string(),
  Names: texts,
  Labels: v.nullish(v.record(v.string(), v.string()), {}),
  State: text,
});
const version = v.looseObject({
  Version: text,
  ApiVersion: v.string(),
  Os: text,
  Arch: text,
  Components: v.nullish(v.array(v.looseObject({ Name: text })), []),
});
const info = v.looseObject({
  Name: text,
  NCPU: v.nullish(v.number(), 1),
  MemTotal: v.nullish(v.number(), 4 * 1024 ** 3),
  SecurityOptions: texts,
  DockerRootDir: text,
});
const ended = v.looseObject({ StatusCode: v.number() });
const exec = v.looseObject({ Running: v.boolean(), ExitCode: v.nullable(v.number()) });
const images = v.array(v.looseObject({ Id: v.string(), RepoTags: texts, RepoDigests: texts }));
const image = v.looseObject({
  Id: v.string(),
  Os: text,
  Architecture: text,
  Config: v.nullish(v.looseObject({ Labels: v.nullish(v.record(v.string(), v.string()), {}) })),
});
const network = v.looseObject({ Id: v.string(), Name: text, Created: text });

type Words = (id: string) => string;

/** Method, path without its query (`*`: whatever is named), words, kind of a refusal, answer. */
const known: readonly [string, string, Words, FailureKind, v.GenericSchema?][] = [
  ['GET', '/_ping', () => 'say whether it is there', 'engine'],
  ['GET', '/version', () => 'tell its version', 'engine', version],
  ['GET', '/info', () => 'tell what it is', 'engine', info],
  ['GET', '/containers/json', () => 'list containers', 'engine', v.array(listedContainer)],
  ['POST', '/containers/create', () => 'create a container', 'engine', made],
  ['GET', '/containers/*/json', (id) => `describe the container ${id}`, 'engine', container],
  ['DELETE', '/containers/*', (id) => `remove the container ${id}`, 'engine'],
  ['POST', '/containers/*/attach', (id) => `attach to the container ${id}`, 'engine'],
  ['POST', '/containers/*/start', (id) => `start the container ${id}`, 'engine'],
  ['POST', '/containers/*/stop', (id) => `stop the container ${id}`, 'engine'],
  ['POST', '/containers/*/wait', (id) => `wait for the container ${id}`, 'engine', ended],
  ['GET', '/containers/*/logs', (id) => `show the log of the container ${id}`, 'engine'],
  ['HEAD', '/containers/*/archive', (id) => `look into the container ${id}`, 'engine'],
  ['GET', '/containers/*/archive', (id) => `hand out files of the container ${id}`, 'engine'],
  ['PUT', '/containers/*/archive', (id) => `take files into the container ${id}`, 'engine'],
  ['POST', '/containers/*/exec', (id) => `run a command in the container ${id}`, 'engine', made],
  ['POST', '/exec/*/start', () => 'start a command in a container', 'engine'],
  ['GET', '/exec/*/json', () => 'tell how a command in a container ended', 'engine', exec],
  ['GET', '/images/json', () => 'list images', 'engine', images],
  ['POST', '/images/create', () => 'pull or import an image', 'image'],
  ['GET', '/images/*/json', (name) => `describe the image ${name}`, 'engine', image],
  ['POST', '/images/*/tag', (name) => `name the image ${name} anew`, 'image'],
  ['POST', '/images/*/push', (name) => `push the image ${name}`, 'image'],
  ['DELETE', '/images/*', (name) => `remove the image ${name}`, 'engine'],
  ['GET', '/distribution/*/json', (name) => `ask the registry for ${name}`, 'image'],
  ['POST', '/build', () => 'build an image', 'image'],
  ['GET', '/networks', () => 'list networks', 'engine', v.array(network)],
  ['POST', '/networks/create', () => 'create a network', 'engine', made],
  ['POST', '/networks/*/connect', () => 'put a container on a network', 'engine'],
  ['DELETE', '/networks/*', (name) => `remove the network ${name}`, 'engine'],
  ['DELETE', '/volumes/*', (name) => `remove the volume ${name}`, 'engine'],
];

/** The request that Sibling knows as `METHOD /path`; undefined for one that it never makes. */
export function engineRequest(method: string, path: string): EngineRequest | undefined {
  const plain = path.replace(/\?.*/s, '').replace(/^\/v\d[\d.]*(?=\/)/, '');
  for (const [itsMethod, template, words, kind, answer] of known) {
    if (itsMethod !== method) continue;
    const [before = '', after] = template.split('*');
    if (after === undefined ? plain !== template : !isBetween(plain, before, after)) continue;
    const id = plain.slice(before.length, plain.length - (after?.length ?? 0));
    // An id is as `docker ps` shows it, a name whole.
    const short = /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : safely(id);
    return {
      template: `${method} ${template}`,
      asked: words(short),
      kind,
      ...(answer && { answer }),
    };
  }
  return undefined;
}

function isBetween(path: string, before: string, after: string): boolean {
  return (
    path.length > before.length + after.length && path.startsWith(before) && path.endsWith(after)
  );
}

function safely(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
