/** Strikes each kind of request that commands make of the engine: `npm run strikes -- --only build`. */
import { parseArgs } from 'node:util';
import { blows, fits, StrikeRig, struckCommands } from '../test/rig/faults/strikes.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    request: { type: 'string', default: '' },
    blow: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
});
const rig = new StrikeRig();
await rig.begin();
let tries = 0;
let failed = 0;
let violations = 0;
const begun = Date.now();
try {
  for (const name of Object.keys(struckCommands)) {
    if (values.only && !values.only.split(',').includes(name)) continue;
    const requests = await rig.requestsOf(name);
    console.log(
      `${name}: ${[...requests].map(([request, count]) => `${count} ${request}`).join(', ')}`,
    );
    for (const [template, count] of requests) {
      if (!template.includes(values.request)) continue;
      // The first of them, the last, and all.
      const which = count > 1 ? [{ nth: 0 }, { nth: count - 1 }, { always: true }] : [{ nth: 0 }];
      for (const [blowName, blow] of Object.entries(blows)) {
        if (values.blow && blowName !== values.blow) continue;
        if (!fits(blow, template)) continue;
        for (const each of which) {
          const outcome = await rig.strike(name, { template, blow, ...each });
          tries++;
          if (outcome.code !== 0) failed++;
          const head = `${name}: ${template} ${JSON.stringify(each)} ${blowName}: exit ${outcome.code}, struck ${outcome.struck}`;
          if (outcome.violations.length > 0) violations++;
          if (outcome.violations.length > 0 || values.verbose) {
            console.log(`${head}: ${outcome.violations.join('; ')}\n${outcome.output}`);
          }
        }
      }
    }
  }
} finally {
  await rig.end();
}
const seconds = (Date.now() - begun) / 1000;
console.log(
  `${tries} strikes, ${failed} failed and said so, ${violations} with a violation, ${(seconds / tries).toFixed(1)} s each`,
);
process.exit(violations > 0 ? 1 : 0);
