import { remoteEndpoint } from '../../remote/remote.ts';
import { duration } from '../../terminal/table.ts';
import { type Check, type Finding, judged } from '../check.ts';
import { askServer, originOfUrl } from '../probes/server-answer.ts';
import type { Subject } from '../subject.ts';

/** Seconds by which clocks may differ; S3 refuses requests that were signed longer ago. */
const noticeable = 60;
const refused = 15 * 60;

/** Compares the clock with those of the servers that are used. */
export function clockCheck({ dagsHub, remote, tracking }: Subject): Check {
  const addresses = [
    'value' in dagsHub ? dagsHub.value?.host : undefined,
    remote && remoteEndpoint(remote),
    tracking?.kind === 'remote' ? tracking.uri : undefined,
  ].filter((address) => address !== undefined && /^https?:\/\//.test(address));
  const servers = [...new Set(addresses.map((address) => originOfUrl(address ?? '')))];
  return {
    name: 'clock',
    kind: 'configuration',
    needs: [],
    deadline: 12_000,
    async look(_given, signal) {
      if (servers.length === 0) {
        return {
          state: 'skipped',
          needs: 'a server elsewhere to compare with: all is on this machine',
        };
      }
      const skews = await Promise.all(servers.map((server) => skewOf(server, signal)));
      const known = skews.filter((skew) => skew !== undefined);
      if (known.length === 0)
        return { state: 'skipped', needs: `an answer of ${servers.join(', ')}` };
      const worst = known.reduce((a, b) => (Math.abs(b.seconds) > Math.abs(a.seconds) ? b : a));
      return judgeSkew(worst.seconds, worst.server);
    },
  };
}

async function skewOf(server: string, signal: AbortSignal) {
  const begun = Date.now();
  try {
    const { date } = await askServer({ url: `${server}/`, method: 'HEAD' }, 'remote', signal);
    if (date === undefined) return undefined;
    // The header has whole seconds, cut; it was written between question and answer.
    const theirs = date.getTime() + 500;
    return { server, seconds: ((begun + Date.now()) / 2 - theirs) / 1000 };
  } catch {
    return undefined; // another check tells of a server that does not answer
  }
}

/** `seconds`: how far our clock is ahead of the server's; negative when it is behind. */
export function judgeSkew(seconds: number, server: string): Finding {
  const size = Math.abs(seconds);
  const way = seconds > 0 ? 'ahead of' : 'behind';
  const text = `this machine's clock is ${duration(size)} ${way} that of ${server}`;
  const hint =
    'Set the clock (timedatectl set-ntp true), and look at that of a virtual machine’s host.';
  const fine = {
    text: `within ${noticeable} s of ${server}`,
    value: undefined,
    kind: 'configuration',
  } as const;
  if (size > refused) {
    return judged(
      [{ state: 'failure', text: `${text}: S3 refuses what is signed so`, hint }],
      fine,
    );
  }
  return judged(size > noticeable ? [{ state: 'warning', text, hint }] : [], fine);
}
