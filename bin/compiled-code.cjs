// What V8 compiled of the bundle is kept for the next start: compiling takes longer than a quick
// command. Node itself can do so from 22.8 on; this is for 20 too.
'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { homedir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');
const vm = require('node:vm');

const checksumSize = 32;
/** 30 days, in milliseconds. */
const maxAge = 30 * 24 * 3600 * 1000;

/** Runs a bundle and, as it asks for them, the chunks beside it. */
function requireCompiled(file) {
  const folder = cacheFolder();
  const toKeep = [];
  const loaded = new Map();
  const load = (path) => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    const source = fs.readFileSync(path, 'utf8');
    const kept = folder && join(folder, createHash('md5').update(path).digest('hex'));
    const cachedData = kept && readKept(kept, source);
    const script = new vm.Script(wrap(source), {
      filename: path,
      cachedData,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    if (kept && (cachedData === undefined || script.cachedDataRejected)) {
      toKeep.push({ kept, source, script });
    }
    const requireOther = createRequire(path);
    const require = (name) =>
      name.startsWith('./') ? load(join(dirname(path), name)) : requireOther(name);
    const run = script.runInThisContext();
    run.call(module.exports, module.exports, require, module, path, dirname(path));
    return module.exports;
  };
  // Not before: only functions that have run are compiled.
  process.on('exit', () => {
    if (toKeep.length > 0) removeOld(folder);
    for (const each of toKeep) keep(each);
  });
  return load(file);
}

/** The user's own folder for what was compiled; undefined where there is none to be trusted. */
function cacheFolder() {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const { XDG_CACHE_HOME } = process.env;
  try {
    const base =
      XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
    const folder = join(base, 'sibling', 'compiled');
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = fs.statSync(folder);
    // What others can write there would run as this user.
    return uid === process.getuid?.() && (mode & 0o022) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** What was kept, unless it is of another source or damaged: V8 itself looks at little of both. */
function readKept(kept, source) {
  try {
    const bytes = fs.readFileSync(kept);
    const code = bytes.subarray(checksumSize);
    return checksum(source, code).equals(bytes.subarray(0, checksumSize)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** That it cannot be kept only costs time later. */
function keep({ kept, source, script }) {
  const unfinished = `${kept}.${process.pid}`;
  try {
    const code = script.createCachedData();
    fs.writeFileSync(unfinished, Buffer.concat([checksum(source, code), code]), { mode: 0o600 });
    fs.renameSync(unfinished, kept);
  } catch {
    fs.rmSync(unfinished, { force: true });
  }
}

/** Removes what was kept long ago: its bundle may be gone, and if not it is soon kept again. */
function removeOld(folder) {
  try {
    for (const name of fs.readdirSync(folder)) {
      const path = join(folder, name);
      if (Date.now() - fs.statSync(path).mtimeMs > maxAge) fs.rmSync(path);
    }
  } catch {
    // Another start removes it at the same time.
  }
}

function checksum(source, code) {
  return createHash('sha256').update(source).update('\0').update(code).digest();
}

module.exports = { requireCompiled };
