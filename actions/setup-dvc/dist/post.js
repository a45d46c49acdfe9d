import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url); const __filename = (await import("node:url")).fileURLToPath(import.meta.url); const __dirname = (await import("node:path")).dirname(__filename);

// node_modules/@actions/core/lib/command.js
import * as os from "os";

// node_modules/@actions/core/lib/utils.js
function toCommandValue(input) {
  if (input === null || input === void 0) {
    return "";
  } else if (typeof input === "string" || input instanceof String) {
    return input;
  }
  return JSON.stringify(input);
}
function toCommandProperties(annotationProperties) {
  if (!Object.keys(annotationProperties).length) {
    return {};
  }
  return {
    title: annotationProperties.title,
    file: annotationProperties.file,
    line: annotationProperties.startLine,
    endLine: annotationProperties.endLine,
    col: annotationProperties.startColumn,
    endColumn: annotationProperties.endColumn
  };
}

// node_modules/@actions/core/lib/command.js
function issueCommand(command, properties, message) {
  const cmd = new Command(command, properties, message);
  process.stdout.write(cmd.toString() + os.EOL);
}
var CMD_STRING = "::";
var Command = class {
  constructor(command, properties, message) {
    if (!command) {
      command = "missing.command";
    }
    this.command = command;
    this.properties = properties;
    this.message = message;
  }
  toString() {
    let cmdStr = CMD_STRING + this.command;
    if (this.properties && Object.keys(this.properties).length > 0) {
      cmdStr += " ";
      let first = true;
      for (const key in this.properties) {
        if (this.properties.hasOwnProperty(key)) {
          const val = this.properties[key];
          if (val) {
            if (first) {
              first = false;
            } else {
              cmdStr += ",";
            }
            cmdStr += `${key}=${escapeProperty(val)}`;
          }
        }
      }
    }
    cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
    return cmdStr;
  }
};
function escapeData(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}

// node_modules/@actions/core/lib/core.js
import * as os3 from "os";

// node_modules/@actions/core/lib/summary.js
import { EOL as EOL2 } from "os";
import { constants, promises } from "fs";
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
    function fulfilled(value) {
      try {
        step(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step(result) {
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var { access, appendFile, writeFile } = promises;
var SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
  constructor() {
    this._buffer = "";
  }
  /**
   * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
   * Also checks r/w permissions.
   *
   * @returns step summary file path
   */
  filePath() {
    return __awaiter(this, void 0, void 0, function* () {
      if (this._filePath) {
        return this._filePath;
      }
      const pathFromEnv = process.env[SUMMARY_ENV_VAR];
      if (!pathFromEnv) {
        throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
      }
      try {
        yield access(pathFromEnv, constants.R_OK | constants.W_OK);
      } catch (_a) {
        throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
      }
      this._filePath = pathFromEnv;
      return this._filePath;
    });
  }
  /**
   * Wraps content in an HTML tag, adding any HTML attributes
   *
   * @param {string} tag HTML tag to wrap
   * @param {string | null} content content within the tag
   * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
   *
   * @returns {string} content wrapped in HTML element
   */
  wrap(tag, content, attrs = {}) {
    const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
    if (!content) {
      return `<${tag}${htmlAttrs}>`;
    }
    return `<${tag}${htmlAttrs}>${content}</${tag}>`;
  }
  /**
   * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
   *
   * @param {SummaryWriteOptions} [options] (optional) options for write operation
   *
   * @returns {Promise<Summary>} summary instance
   */
  write(options) {
    return __awaiter(this, void 0, void 0, function* () {
      const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
      const filePath = yield this.filePath();
      const writeFunc = overwrite ? writeFile : appendFile;
      yield writeFunc(filePath, this._buffer, { encoding: "utf8" });
      return this.emptyBuffer();
    });
  }
  /**
   * Clears the summary buffer and wipes the summary file
   *
   * @returns {Summary} summary instance
   */
  clear() {
    return __awaiter(this, void 0, void 0, function* () {
      return this.emptyBuffer().write({ overwrite: true });
    });
  }
  /**
   * Returns the current summary buffer as a string
   *
   * @returns {string} string of summary buffer
   */
  stringify() {
    return this._buffer;
  }
  /**
   * If the summary buffer is empty
   *
   * @returns {boolen} true if the buffer is empty
   */
  isEmptyBuffer() {
    return this._buffer.length === 0;
  }
  /**
   * Resets the summary buffer without writing to summary file
   *
   * @returns {Summary} summary instance
   */
  emptyBuffer() {
    this._buffer = "";
    return this;
  }
  /**
   * Adds raw text to the summary buffer
   *
   * @param {string} text content to add
   * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
   *
   * @returns {Summary} summary instance
   */
  addRaw(text, addEOL = false) {
    this._buffer += text;
    return addEOL ? this.addEOL() : this;
  }
  /**
   * Adds the operating system-specific end-of-line marker to the buffer
   *
   * @returns {Summary} summary instance
   */
  addEOL() {
    return this.addRaw(EOL2);
  }
  /**
   * Adds an HTML codeblock to the summary buffer
   *
   * @param {string} code content to render within fenced code block
   * @param {string} lang (optional) language to syntax highlight code
   *
   * @returns {Summary} summary instance
   */
  addCodeBlock(code, lang) {
    const attrs = Object.assign({}, lang && { lang });
    const element = this.wrap("pre", this.wrap("code", code), attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML list to the summary buffer
   *
   * @param {string[]} items list of items to render
   * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
   *
   * @returns {Summary} summary instance
   */
  addList(items, ordered = false) {
    const tag = ordered ? "ol" : "ul";
    const listItems = items.map((item) => this.wrap("li", item)).join("");
    const element = this.wrap(tag, listItems);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML table to the summary buffer
   *
   * @param {SummaryTableCell[]} rows table rows
   *
   * @returns {Summary} summary instance
   */
  addTable(rows) {
    const tableBody = rows.map((row) => {
      const cells = row.map((cell) => {
        if (typeof cell === "string") {
          return this.wrap("td", cell);
        }
        const { header, data, colspan, rowspan } = cell;
        const tag = header ? "th" : "td";
        const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
        return this.wrap(tag, data, attrs);
      }).join("");
      return this.wrap("tr", cells);
    }).join("");
    const element = this.wrap("table", tableBody);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds a collapsable HTML details element to the summary buffer
   *
   * @param {string} label text for the closed state
   * @param {string} content collapsable content
   *
   * @returns {Summary} summary instance
   */
  addDetails(label, content) {
    const element = this.wrap("details", this.wrap("summary", label) + content);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML image tag to the summary buffer
   *
   * @param {string} src path to the image you to embed
   * @param {string} alt text description of the image
   * @param {SummaryImageOptions} options (optional) addition image attributes
   *
   * @returns {Summary} summary instance
   */
  addImage(src, alt, options) {
    const { width, height } = options || {};
    const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
    const element = this.wrap("img", null, Object.assign({ src, alt }, attrs));
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML section heading element
   *
   * @param {string} text heading text
   * @param {number | string} [level=1] (optional) the heading level, default: 1
   *
   * @returns {Summary} summary instance
   */
  addHeading(text, level) {
    const tag = `h${level}`;
    const allowedTag = ["h1", "h2", "h3", "h4", "h5", "h6"].includes(tag) ? tag : "h1";
    const element = this.wrap(allowedTag, text);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML thematic break (<hr>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addSeparator() {
    const element = this.wrap("hr", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML line break (<br>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addBreak() {
    const element = this.wrap("br", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML blockquote to the summary buffer
   *
   * @param {string} text quote text
   * @param {string} cite (optional) citation url
   *
   * @returns {Summary} summary instance
   */
  addQuote(text, cite) {
    const attrs = Object.assign({}, cite && { cite });
    const element = this.wrap("blockquote", text, attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML anchor tag to the summary buffer
   *
   * @param {string} text link text/content
   * @param {string} href hyperlink
   *
   * @returns {Summary} summary instance
   */
  addLink(text, href) {
    const element = this.wrap("a", text, { href });
    return this.addRaw(element).addEOL();
  }
};
var _summary = new Summary();

// node_modules/@actions/core/lib/platform.js
import os2 from "os";

// node_modules/@actions/io/lib/io-util.js
import * as fs from "fs";
var { chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, symlink, unlink } = fs.promises;
var IS_WINDOWS = process.platform === "win32";
var READONLY = fs.constants.O_RDONLY;

// node_modules/@actions/exec/lib/toolrunner.js
var IS_WINDOWS2 = process.platform === "win32";

// node_modules/@actions/core/lib/platform.js
var platform = os2.platform();
var arch = os2.arch();

// node_modules/@actions/core/lib/core.js
var ExitCode;
(function(ExitCode2) {
  ExitCode2[ExitCode2["Success"] = 0] = "Success";
  ExitCode2[ExitCode2["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
function getInput(name, options) {
  const val = process.env[`INPUT_${name.replace(/ /g, "_").toUpperCase()}`] || "";
  if (options && options.required && !val) {
    throw new Error(`Input required and not supplied: ${name}`);
  }
  if (options && options.trimWhitespace === false) {
    return val;
  }
  return val.trim();
}
function error(message, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function info(message) {
  process.stdout.write(message + os3.EOL);
}
function getState(name) {
  return process.env[`STATE_${name}`] || "";
}

// build/src/github/credentials-file.js
import { existsSync, readFileSync } from "node:fs";
import { mkdir as mkdir2, rm as rm2, writeFile as writeFile2 } from "node:fs/promises";
import { join } from "node:path";
var credentialsVariable = "SIBLING_CREDENTIALS_FILE";
function withCredentials(env) {
  const path = env[credentialsVariable];
  if (!path || !existsSync(path)) return env;
  return { ...env, ...JSON.parse(readFileSync(path, "utf8")) };
}
async function removeCredentials(path) {
  await rm2(join(path, ".."), { recursive: true, force: true });
}

// build/src/github/report-failure.js
import { posix } from "node:path";

// build/src/errors.js
var ExpectedFailure = class extends Error {
  failure;
  constructor(failure2, options) {
    super(failure2.cause, options);
    this.name = "ExpectedFailure";
    this.failure = failure2;
  }
};

// build/src/failure-text.js
function failureText(failure2, style2) {
  const place = failure2.place ? `${placeText(failure2.place)}: ` : "";
  return [
    `${style2.red("error:")} ${place}${style2.bold(failure2.cause)}.`,
    ...(failure2.details ?? []).map((line) => `  ${style2.dim("|")} ${line}`),
    failure2.hint
  ].join("\n");
}
function placeText(place) {
  return [place.file, place.line, place.column].filter((part) => part !== void 0).join(":");
}
function errorText(error2, style2) {
  if (error2 instanceof ExpectedFailure) return failureText(error2.failure, style2);
  const stack = error2 instanceof Error ? error2.stack ?? error2.message : String(error2);
  return `${style2.red("unexpected error:")} ${stack}
This is a bug in Sibling: please report it with the lines above.`;
}

// build/src/interruption.js
import { setMaxListeners } from "node:events";
var interruption = new AbortController();
setMaxListeners(0, interruption.signal);
function errorBehind(error2) {
  const { aborted, reason } = interruption.signal;
  return aborted && error2?.name === "AbortError" ? reason : error2;
}

// build/src/secrets/forms.js
function secretForms(secret, users = []) {
  if (secret === "") return [];
  const pairs = users.map((user) => `${user}:${secret}`);
  const lines = secret.split(/\r?\n/);
  const forms = [
    ...[secret, ...lines].flatMap((text) => [text, ...written(text)]),
    ...[secret, ...pairs].flatMap(base64),
    ...withinBase64(secret)
  ];
  const found = new Set(forms.map((form) => form.trim()).filter((form) => form.length > 3));
  return [...found].sort((one, other) => other.length - one.length);
}
function written(text) {
  const inJson = JSON.stringify(text).slice(1, -1);
  const url = encoded(text);
  return [
    inJson,
    // JSON as Python's json writes it, and of JSON in JSON.
    ...[inJson.replace(/[\u0080-\uffff]/g, unicodeEscape), JSON.stringify(inJson).slice(1, -1)],
    ...[url, url.replaceAll("%20", "+"), url.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())],
    // As RFC 3986 and Python's quote have it, and an address that is parsed and printed.
    ...[url.replace(/[!'()*]/g, percent), encodeURI(wellFormed(text))],
    ...[htmlOf(text, "&#39;"), htmlOf(text, "&#x27;"), htmlOf(text, "'")],
    ...[text.replaceAll("'", `'\\''`), text.replace(/[\s"'\\$`&|;<>()*?!#~=%{}[\]]/g, "\\$&")],
    text.replace(/["\\$`]/g, "\\$&")
  ];
}
function encoded(text) {
  return encodeURIComponent(wellFormed(text));
}
function wellFormed(text) {
  return text.replace(new RegExp("\\p{Surrogate}", "gu"), "\uFFFD");
}
function percent(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
function unicodeEscape(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
function htmlOf(text, quote) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", quote);
}
function base64(text) {
  const padded = Buffer.from(text).toString("base64");
  return [padded, padded.replace(/=+$/, ""), Buffer.from(text).toString("base64url")];
}
function withinBase64(secret) {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from("-".repeat(before) + secret);
    const first = Math.ceil(before * 4 / 3);
    const last = Math.floor(bytes.length * 4 / 3);
    return [bytes.toString("base64"), bytes.toString("base64url")].map(
      (text) => text.slice(first, last)
    );
  });
}

// build/src/secrets/in-address.js
var secretParameter = /token|passw|secret|sig(?:nature)?$|(?:^|[_-])key$|credential|auth$/i;
var shortestToken = 16;
function addressSecrets(text) {
  const [, rest] = /^[a-z][a-z\d+.-]*:\/\/(.*)$/is.exec(text.trim()) ?? [];
  if (rest === void 0) return [];
  const who = /^([^/?#]*)@/.exec(rest)?.[1] ?? /^([^/?#@]*:.*)@[^@/]+/.exec(rest)?.[1] ?? "";
  const colon = who.indexOf(":");
  const [user, password] = colon === -1 ? [who, ""] : [who.slice(0, colon), who.slice(colon + 1)];
  const query = /\?([^#]*)/.exec(rest)?.[1] ?? "";
  const found = [
    password,
    ...user.length >= shortestToken ? [user] : [],
    ...query.split("&").flatMap((pair) => {
      const [name = "", ...value] = pair.split("=");
      return secretParameter.test(name) ? [value.join("=")] : [];
    })
  ].filter((value) => value !== "");
  return [...new Set(found.flatMap((value) => [value, decoded(value)]))];
}
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// build/src/secrets/worth-hiding.js
import { existsSync as existsSync2 } from "node:fs";
var shortestSecret = 6;
var settings = /^(?:DAGSHUB|MLFLOW|SIBLING|DVC|AWS|GIT|GITHUB|RUNNER|ACTIONS|NODE|NPM|DOCKER|COMPOSE|PYTHON|OMP|CUDA|LC|XDG|SSH)_|^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|LANG|LANGUAGE|TZ|TERM|TMPDIR|HOSTNAME|EDITOR|PAGER|CI|(?:HTTPS?|ALL|NO)_PROXY)$|_(?:HOST|PORT|REGION|LEVEL|NAME|MODE|DIR|PATH|FILE|BUCKET)$/i;
var ordinaryWords = /^(?:default|enabled?|disabled?|production|staging|development|testing|release|warning|verbose|required|optional|internet|tracking|localhost|unknown)$/i;
function isWorthHiding(name, value, publicText) {
  if (value.length < shortestSecret || settings.test(name)) return false;
  if (ordinaryWords.test(value) || /^[+-]?[\d._]{1,7}(?:e[+-]?\d+)?$/i.test(value)) return false;
  if (/^[a-z]{2}-[a-z]+-\d$/.test(value)) return false;
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(value)) return false;
  if (value.includes("/") && existsSync2(value)) return false;
  return !publicText.includes(value);
}

// build/src/secrets/secrets.js
var secretName = /TOKEN|PASSWORD|PASSPHRASE|SECRET|ACCESS_KEY|ACCOUNT_KEY|STORAGE_KEY|API_KEY|CONNECTION_STRING|CREDENTIAL/i;
var placesOfSecrets = /^(?:SIBLING_REMOTE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS|.*_CREDENTIALS?_FILE|.*_TOKEN_FILE)$/i;
function secretsOf(env, declared) {
  const names = new Set(declared?.names ?? []);
  const found = Object.entries(env).flatMap(([name, value = ""]) => {
    const inAddress2 = addressSecrets(value);
    const isWhole = secretName.test(name) && !placesOfSecrets.test(name) || names.has(name) && isWorthHiding(name, value, declared?.publicText ?? "");
    return isWhole ? [value, ...inAddress2] : inAddress2;
  });
  return [...new Set(found)].filter((value) => value.length >= shortestSecret);
}
var inAddress = /\/\/[^/@\s"'\\<>]*@/g;
function secretPattern(env, declared) {
  const users = Object.entries(env).flatMap(
    ([name, value]) => value && /USER/i.test(name) ? [value] : []
  );
  const forms = secretsOf(env, declared).flatMap((secret) => secretForms(secret, users)).sort((one, other) => other.length - one.length);
  const unique = [...new Set(forms)];
  return unique.length > 0 ? new RegExp(unique.map(escaped).join("|"), "g") : void 0;
}
function secretHider(env, declared) {
  const any = secretPattern(env, declared);
  return (text) => {
    const hidden2 = any ? text.replace(any, "***") : text;
    return hidden2.includes("//") ? hidden2.replace(inAddress, "//***@") : hidden2;
  };
}
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

// build/src/secrets/known-secrets.js
var known = {
  hiders: [],
  patterns: [],
  isPrinted: false
};
function keepSecret(env, declared) {
  known.hiders.push(secretHider(env, declared));
  const pattern = secretPattern(env, declared);
  if (pattern) known.patterns.push(pattern);
  if (known.isPrinted) return;
  known.isPrinted = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = ((chunk, ...rest) => write(typeof chunk === "string" ? printed(chunk) : chunk, ...rest));
  }
}
function hidden(text) {
  return known.hiders.reduce((shown, hide) => hide(shown), text);
}
function printed(text) {
  return text.startsWith("::add-mask::") ? text : hidden(text);
}

// build/src/dvc/not-understood.js
var NotUnderstood = class extends Error {
  /** What it is, with its article, so that "… is not read here" makes a sentence. */
  construct;
  place;
  constructor(construct, place) {
    super(construct);
    this.name = "NotUnderstood";
    this.construct = construct;
    this.place = place;
  }
};

// build/src/system/read-whole.js
var largestWhole = 64 * 2 ** 20;
var NotReadWhole = class extends Error {
  path;
  /** The end of a sentence about it. */
  what;
  code;
  constructor(path, what, code) {
    super(`${path} ${what}`);
    this.name = "NotReadWhole";
    this.path = path;
    this.what = what;
    this.code = code;
  }
};

// build/src/system/system-error.js
var meanings = {
  ENOENT: [
    "it is not there",
    "Look whether something removes it meanwhile, or a link leads nowhere."
  ],
  EACCES: [
    "you have no permission",
    "Look at its owner and rights, and at those of the folders above it (ls -ld), then run again."
  ],
  EPERM: [
    "the system does not permit it",
    "Look at its owner and attributes (ls -ld, lsattr), and whether the file system takes such a change."
  ],
  ENOTDIR: [
    "a part of the path is a file where a folder is needed",
    "Move that file away, or change the path."
  ],
  EISDIR: ["it is a folder where a file is needed", "Move the folder away, or change the path."],
  EEXIST: ["something else is there", "Move it away, then run again."],
  ENOTEMPTY: [
    "the folder is not empty",
    "Something writes there meanwhile: stop it, then run again."
  ],
  EROFS: [
    "the file system is read-only",
    "Mount it for writing, or work in a copy of the project."
  ],
  EMFILE: [
    "too many files are open in this process",
    "Raise the limit (ulimit -n 65536), then run again."
  ],
  ENFILE: [
    "too many files are open on this machine",
    "Close programs, or raise fs.file-max, then run again."
  ],
  ELOOP: ["links lead in a circle", "Remove one of the links (ls -l shows where they lead)."],
  ENAMETOOLONG: [
    "the name is too long for the file system",
    "Shorten it: a name has at most 255 bytes, a path 4,096."
  ],
  ENOSPC: [
    "no space is left on the disk",
    "Free some (df -h shows it; sibling clean --images helps), then run again."
  ],
  EDQUOT: ["your quota of the disk is used up", "Free some space, then run again."],
  EFBIG: ["the file is too large for the file system", "Put it on another file system."],
  EIO: ["the disk reports an error", "Look at the system\u2019s log (dmesg), and at the disk."],
  EAGAIN: [
    "the system has nothing left to give at this moment: processes or memory",
    "Close programs, or raise the limit of processes (ulimit -u), then run again."
  ],
  ENOMEM: ["no memory is left", "Close programs, then run again."],
  ENOBUFS: ["no memory is left for what is sent and received", "Close programs, then run again."],
  ESTALE: ["the network file system has lost it", "Mount it anew, then run again."],
  EBUSY: ["it is in use, or a mount", "Unmount it, or stop what uses it, then run again."],
  EXDEV: ["it lies on another file system", "Move the folders to one file system."],
  ETXTBSY: ["it is a program that runs", "Stop it, then run again."],
  EINVAL: [
    "the file system does not take it",
    "Look whether it is a file system for Linux (mount)."
  ],
  EOPNOTSUPP: [
    "the file system cannot do it",
    "Look whether it is a file system for Linux (mount)."
  ],
  ENOTSUP: ["the file system cannot do it", "Look whether it is a file system for Linux (mount)."],
  ENXIO: ["nothing can be read from it", "Put a regular file there."],
  ENODEV: ["nothing can be read from it", "Put a regular file there."],
  E2BIG: [
    "its arguments and variables are too long for the system",
    "Shorten the environment: Linux takes 131,072 bytes a variable."
  ]
};
var ofMachine = /* @__PURE__ */ new Set([
  ...["EMFILE", "ENFILE", "ENOSPC", "EDQUOT", "EIO", "EROFS", "EAGAIN", "ENOMEM", "ENOBUFS"]
]);
var ofFiles = /^(read|write|open|fstat|fsync|ftruncate|pipe|scandir|copyfile)/;
var ofNode = {
  ERR_FS_FILE_TOO_LARGE: [
    "a file that has to be read as a whole is larger than 2 GiB",
    "Look which text file of the project is that large (find . -size +2G): dvc.yaml, params, metrics and plots are meant to be small."
  ],
  ERR_WORKER_INIT_FAILED: [
    "no further thread can be started",
    "Close programs, or raise the limits of processes and files (ulimit -u, ulimit -n)."
  ],
  ERR_WORKER_OUT_OF_MEMORY: ["no memory is left for a thread", "Close programs, then run again."],
  ERR_STRING_TOO_LONG: [
    "a file that has to be read as a whole is larger than 512 MiB",
    "Look which text file of the project is that large (find . -size +512M): dvc.yaml, params, metrics and plots are meant to be small."
  ]
};
function meaningOf(code) {
  const [why, hint] = meanings[code] ?? [];
  return why === void 0 || hint === void 0 ? void 0 : { why, hint };
}
function explainSystemError(error2) {
  if (error2 instanceof ExpectedFailure) return error2;
  if (error2 instanceof NotUnderstood) {
    const hint2 = "DVC itself may read it: dvc status and dvc config --list show what it makes of it.";
    const cause = `${error2.construct} is not read here`;
    const place = error2.place && { place: error2.place };
    return new ExpectedFailure({ kind: "configuration", cause, hint: hint2, ...place }, { cause: error2 });
  }
  if (error2 instanceof NotReadWhole) {
    const hint2 = "Put a text file of usual size there, or remove it.";
    return failure("configuration", error2.message, hint2, error2);
  }
  const {
    code = "",
    syscall = "",
    path,
    dest,
    message = ""
  } = Object(error2);
  const limit = ofNode[code];
  if (limit) return failure("configuration", limit[0], limit[1], error2);
  if (code === "ERR_INVALID_ARG_VALUE" && /without null bytes/.test(message)) {
    const hint2 = "Look for \\0 or \\x00 in a path of dvc.yaml, dvc.lock or .env.";
    return failure(
      "configuration",
      "a path has a null byte in it, which no file can have",
      hint2,
      error2
    );
  }
  const isOfFile = typeof path === "string" || ofFiles.test(syscall);
  if (!isOfFile && !ofMachine.has(code)) return error2;
  const known2 = meaningOf(code);
  if (known2 === void 0) return error2;
  const { why: meaning, hint } = known2;
  const kind = code === "ENOSPC" || code === "EDQUOT" ? "stage" : "configuration";
  if (!isOfFile) return failure(kind, `${meaning}${during(syscall)}`, hint, error2);
  if (syscall.startsWith("spawn")) {
    const why = code === "ENOENT" ? "it is not installed, or not in PATH" : meaning;
    const what = code === "ENOENT" ? "Install it, then run again." : hint;
    return failure(kind, `the program ${path} cannot be started: ${why}`, what, error2);
  }
  const file = path === void 0 ? "a file of the project: " : `${path}${dest === void 0 ? "" : ` \u2192 ${dest}`}: `;
  return failure(kind, `${file}${meaning}${during(syscall)}`, hint, error2);
}
function during(syscall) {
  return syscall === "" ? "" : ` (${syscall})`;
}
function failure(kind, cause, hint, error2) {
  return new ExpectedFailure({ kind, cause, hint }, { cause: error2 });
}

// build/src/system/written.js
function written2(stream) {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

// build/src/terminal/style.js
var namedColours = [36, 35, 34, 33, 32, 96, 95, 94];
function style(colour) {
  const wrap = (on, off) => (text) => colour ? `\x1B[${on}m${text}\x1B[${off}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    named: (name, text) => {
      const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
      return wrap(namedColours[sum % namedColours.length] ?? 36, 39)(text);
    }
  };
}

// build/src/github/report-failure.js
async function runAction(recipe) {
  try {
    keepSecret(withCredentials(process.env));
    await recipe();
  } catch (error2) {
    annotate(explainSystemError(errorBehind(error2)));
    process.exitCode = 1;
  }
  await Promise.all([process.stdout, process.stderr].map(written2));
  process.exit();
}
function inRepository(file) {
  const folder = getInput("working-directory");
  const isWhole = folder === "" || posix.isAbsolute(folder) || posix.isAbsolute(file);
  return isWhole ? file : posix.join(folder, file);
}
function annotate(error2) {
  const text = errorText(error2, style(false));
  const place = error2 instanceof ExpectedFailure ? error2.failure.place : void 0;
  error(text, {
    title: error2 instanceof ExpectedFailure ? error2.failure.cause : "unexpected error",
    ...place && { file: inRepository(place.file) },
    ...place?.line !== void 0 && { startLine: place.line },
    ...place?.column !== void 0 && { startColumn: place.column }
  });
}

// build/actions/setup-dvc/post.js
await runAction(async () => {
  const path = getState("credentials");
  if (!path) return;
  await removeCredentials(path);
  info("Removed the credentials of this job");
});
