/**
 * Asks Docker Compose's own reader of `.env` again for every text of test/project/env-file/compose-answers.json,
 * and writes down what it says. A new text is added there by hand, without an answer.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { askCompose } from '../test/rig/compose-dotenv/reference.ts';

const path = 'test/project/env-file/compose-answers.json';
const questions = JSON.parse(readFileSync(path, 'utf8')).map(
  ({ text, env }: { text: string; env?: Record<string, string> }) => ({
    text,
    ...(env && { env }),
  }),
);
const answers = askCompose(questions);
const lines = questions.map((question: object, at: number) =>
  JSON.stringify({ ...question, ...answers[at] }),
);
writeFileSync(path, `[\n${lines.join(',\n')}\n]\n`);
