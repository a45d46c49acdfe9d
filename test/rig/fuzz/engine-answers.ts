import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { followProgress } from '../../../src/container/request/progress.ts';
import type { Dice } from '../differential/dice.ts';
import { type StubEngine, startStubEngine } from '../stub-engine.ts';

/** Each request that Sibling makes, with what the caller does first with its answer. */
const requests: readonly ((docker: Docker) => Promise<unknown>)[] = [
  async (docker) => (await docker.version()).Components?.map(({ Name }) => Name.startsWith('P')),
  async (docker) => (await docker.info()).SecurityOptions?.includes('x'),
  async (docker) =>
    (await docker.listContainers()).map(({ Names, Labels }) => [Names[0]?.length, Labels.x]),
  async (docker) => (await docker.createContainer({ Image: 'x' })).id.slice(0, 3),
  async (docker) => {
    const { State, Mounts, HostConfig, Config, NetworkSettings } = await docker
      .getContainer('x')
      .inspect();
    const ids = Object.values(NetworkSettings.Networks).map(({ NetworkID }) => NetworkID.length);
    const port = NetworkSettings.Ports['5000/tcp']?.[0]?.HostPort.length;
    const mounts = Mounts.map(({ Destination }) => Destination.length);
    return [
      State.Running,
      Object.keys(HostConfig.Tmpfs ?? {}),
      Config.Image.length,
      ids,
      port,
      mounts,
    ];
  },
  async (docker) => (await docker.getContainer('x').wait()).StatusCode.toFixed(),
  async (docker) => docker.getContainer('x').start(),
  async (docker) => docker.getContainer('x').remove(),
  async (docker) => (await docker.getContainer('x').exec({ Cmd: ['x'] })).id.length,
  async (docker) => (await docker.getExec('x').inspect()).Running,
  async (docker) =>
    (await docker.listImages()).map(({ RepoTags }) => RepoTags?.map((t) => t.length)),
  async (docker) => (await docker.getImage('x').inspect()).Id.length,
  async (docker) =>
    (await docker.listNetworks()).map(({ Id, Created }) => [Id.length, Created.length]),
  async (docker) => (await docker.createNetwork({ Name: 'x' })).id.length,
  async (docker) => followProgress('pull x', await docker.pull('x')),
  async (docker) => followProgress('build x', await docker.buildImage(Readable.from(['x']))),
];

/** The shapes that engines answer with, to be changed in places. */
const shapes: readonly string[] = [
  '{"Id": "abc", "Warnings": null}',
  '{"Version": "20.10.24", "ApiVersion": "1.41", "Components": [{"Name": "Engine"}]}',
  '{"Name": "vm", "NCPU": 2, "MemTotal": 4294967296, "SecurityOptions": ["name=seccomp"]}',
  '[{"Id": "abc", "Names": ["/a"], "Labels": {"sibling.run": "x"}, "State": "running", "RepoTags": ["a:b"], "Name": "n", "Created": "1"}]',
  '{"Id": "abc", "State": {"Running": true, "ExitCode": 0, "OOMKilled": false, "Status": "x"}, "Config": {"Image": "x"}, "HostConfig": {"Tmpfs": {"/a": ""}}, "Mounts": [{"Type": "bind", "Source": "/a", "Destination": "/b"}], "NetworkSettings": {"Networks": {"n": {"NetworkID": "x"}}, "Ports": {"5000/tcp": [{"HostPort": "1"}]}}}',
  '{"StatusCode": 0}',
  '{"Running": false, "ExitCode": 0}',
  '{"stream": "Step 1"}\n{"errorDetail": {"message": "x"}, "error": "x"}\n',
  '{"message": "no"}',
  '[]',
  'null',
  '3',
  '',
];

export class AnsweringEngine {
  private body = '';
  private status = 200;
  private isCut = false;
  private type: string | undefined;
  private coding: 'length' | 'chunked' | 'garbage' = 'length';
  private readonly stub: StubEngine;

  private constructor(stub: StubEngine) {
    this.stub = stub;
  }

  static async start(): Promise<AnsweringEngine> {
    const made: { engine?: AnsweringEngine } = {};
    const stub = await startStubEngine(() => (response) => made.engine?.answer(response));
    made.engine = new AnsweringEngine(stub);
    return made.engine;
  }

  /** Makes one request and answers it as the dice say; `garble` changes the answer's text. */
  async try(dice: Dice, garble: (texts: readonly string[]) => Buffer): Promise<unknown> {
    this.body = (dice.chance(0.3) ? dice.pick(shapes) : garble(shapes)).toString();
    this.status = dice.pick([
      ...[200, 200, 200, 200, 201, 204, 206, 301, 302, 304, 400, 401, 404, 407, 409, 418],
      ...[426, 429, 500, 503, 599, 999],
    ]);
    this.isCut = dice.chance(0.1);
    this.type = dice.pick([
      undefined,
      'application/json',
      'text/html',
      'text/plain; charset=x',
      '',
    ]);
    this.coding = dice.pick(['length', 'length', 'chunked', 'garbage']);
    return await dice.pick(requests)(this.stub.engine.docker);
  }

  describe(): string {
    return `${this.status}, ${this.type}, ${this.coding}${this.isCut ? ', cut off' : ''}: ${JSON.stringify(this.body)}`;
  }

  end(): void {
    this.stub.stop();
  }

  private answer(
    response: Parameters<
      Extract<ReturnType<Parameters<typeof startStubEngine>[0]>, (...of: never) => unknown>
    >[0],
  ): void {
    const hasBody = ![204, 304].includes(this.status);
    const type = this.type === undefined ? {} : { 'content-type': this.type };
    if (this.status === 302 || this.status === 301) response.setHeader('location', '/elsewhere');
    if (this.coding === 'garbage' && hasBody) {
      // Said to be in chunks, and is not.
      response.socket?.end(
        `HTTP/1.1 ${this.status} x\r\ntransfer-encoding: chunked\r\n\r\n${this.body}`,
      );
      return;
    }
    const length = Buffer.byteLength(this.body) + (this.isCut ? 10 : 0);
    const sized = hasBody && this.coding === 'length' ? { 'content-length': length } : {};
    response.writeHead(this.status, { ...type, ...sized });
    if (hasBody) response.write(this.body);
    if (this.isCut) response.socket?.destroySoon();
    else response.end();
  }
}
