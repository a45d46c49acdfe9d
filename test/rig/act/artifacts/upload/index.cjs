const { cpSync, existsSync, rmSync } = require('node:fs');
const { join } = require('node:path');

const target = join(process.env.ARTIFACTS_FOLDER, process.env.INPUT_NAME);
if (existsSync(target) && process.env.INPUT_OVERWRITE !== 'true') {
  throw new Error(`an artifact named ${process.env.INPUT_NAME} already exists`); // as version 4 refuses it
}
rmSync(target, { recursive: true, force: true });
cpSync(process.env.INPUT_PATH, target, { recursive: true });
