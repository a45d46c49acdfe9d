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

// build/src/secrets/known-secrets.js
import { isUtf8 } from "node:buffer";

// build/src/git.js
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

// build/src/git-trust/git-settings.js
var plain = [
  ...[
    "core.pager=cat",
    "core.fsmonitor=false",
    "color.ui=false",
    "core.quotePath=false",
    "log.showSignature=false"
  ],
  ...["diff.relative=false", "diff.noprefix=false", "diff.mnemonicPrefix=false"],
  ...["status.relativePaths=false", "advice.detachedHead=false"]
].flatMap((setting2) => ["-c", setting2]);
var unattended = [
  ...["core.hooksPath=/dev/null", "core.editor=true"],
  ...["sequence.editor=true", "commit.gpgSign=false", "tag.gpgSign=false", "push.gpgSign=false"],
  ...[
    "commit.template=",
    "commit.cleanup=whitespace",
    "commit.verbose=false",
    "commit.status=false"
  ],
  ...["rebase.autoStash=false", "rebase.autoSquash=false", "rebase.updateRefs=false"],
  ...["rebase.missingCommitsCheck=ignore", "rerere.enabled=false", "push.followTags=false"],
  ...["push.recurseSubmodules=no", "fetch.recurseSubmodules=false", "fetch.prune=false"],
  ...[
    "submodule.recurse=false",
    "init.templateDir=",
    "gc.auto=0",
    "maintenance.auto=false",
    "core.safecrlf=false"
  ]
].flatMap((setting2) => ["-c", setting2]);

// build/src/git-trust/foreign-submodules.js
var signs = [Buffer.from([0, 0, 224, 0]), Buffer.from("link")];

// build/src/git.js
var run = promisify(execFile);

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

// build/src/secrets/public-text.js
var committed = ["yaml", "yml", "json", "toml", "py", "lock", "dvc"].map((end) => `*.${end}`);

// build/src/secrets/forms.js
function secretForms(secret, users = []) {
  if (secret === "") return [];
  const pairs = users.map((user) => `${user}:${secret}`);
  const lines = secret.split(/\r?\n/).filter(isTelling);
  const forms = [
    ...[secret, ...lines].flatMap((text) => [text, ...written(text)]),
    ...[secret, ...pairs].flatMap(base64),
    ...withinBase64(secret)
  ];
  const found = new Set(forms.map((form) => form.trim()).filter((form) => form.length > 3));
  return [...found].sort((one, other) => other.length - one.length);
}
function isTelling(line) {
  return line.length >= 16 || line.length >= 6 && /\d/.test(line) && /[a-z]/i.test(line);
}
function written(text) {
  const inJson2 = JSON.stringify(text).slice(1, -1);
  const url = encoded(text);
  const urls = [url, url.replace(/[!'()*]/g, percent)].flatMap((each) => [
    each,
    each.replaceAll("%2F", "/")
  ]);
  return [
    inJson2,
    // JSON as Python's json writes it, and of JSON in JSON.
    ...[inJson2.replace(/[\u0080-\uffff]/g, unicodeEscape), JSON.stringify(inJson2).slice(1, -1)],
    ...urls.flatMap((each) => [each, each.replaceAll("%20", "+")]).flatMap(withSmallHex),
    // An address that is parsed and printed.
    encodeURI(wellFormed(text)),
    // As PHP and some of JavaScript write slashes, and Python's repr() a text with both quotes.
    ...[inJson2.replaceAll("/", "\\/"), text.replaceAll("/", "\\/")],
    text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n"),
    ...inHex(text),
    ...[htmlOf(text, "&#39;"), htmlOf(text, "&#x27;"), htmlOf(text, "'")],
    ...[text.replaceAll("'", `'\\''`), text.replace(/[\s"'\\$`&|;<>()*?!#~=%{}[\]]/g, "\\$&")],
    text.replace(/["\\$`]/g, "\\$&")
  ];
}
function withSmallHex(url) {
  return [url, url.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())];
}
function inHex(text) {
  const hex = Buffer.from(text).toString("hex");
  return [hex, hex.toUpperCase()];
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
  const who = /^([^/?#]*)@/.exec(rest)?.[1] ?? /^([^/?#@:]*:(?!\d*\/).*)@[^@/]+/.exec(rest)?.[1] ?? "";
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
function pathTokens(text) {
  const path = /^[a-z][a-z\d+.-]*:\/\/[^/?#]+([^?#]*)/is.exec(text.trim())?.[1] ?? "";
  return path.split("/").filter((part) => {
    return part.length >= shortestToken && [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(part));
  });
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
var secretName = /(?:^|_)(?:TOKEN|PAT)(?:_|$)|[A-Z]TOKEN$|PASSWORD|PASSWD|(?:^|_)PASS$|PASSPHRASE|SECRET|(?:ACCESS|ACCOUNT|STORAGE|API|PRIVATE)_KEY|CONNECTION_STRING|CREDENTIAL|AUTH_CONFIG/i;
var notItself = /_(?:LIMIT|MODE|PATH|FILE|DIR|NAME|URL|URI|HOST|PORT|TTL|COUNT|SIZE|LENGTH|TYPE|EXPIRY|EXPIRES|TIMEOUT|PROVIDER|STORE|HELPER|VERSION|ALGORITHM|REQUIRED|ENABLED)$|^(?:SIBLING_REMOTE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS)$/i;
function isSecretByName(name) {
  return secretName.test(name) && !notItself.test(name);
}
var settings = /^(?:DAGSHUB|MLFLOW|SIBLING|DVC|AWS|GIT|GITHUB|RUNNER|ACTIONS|NODE|NPM|DOCKER|COMPOSE|PYTHON|OMP|CUDA|LC|XDG|SSH)_|^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|LANG|LANGUAGE|TZ|TERM|TMPDIR|HOSTNAME|EDITOR|PAGER|CI|(?:HTTPS?|ALL|NO)_PROXY)$|_(?:HOST|PORT|REGION|LEVEL|NAME|MODE|DIR|PATH|FILE|BUCKET)$/i;
var likely = /(?:^|_)(?:API|PRIVATE|ACCESS)?(?:KEY|PIN|PASSCODE|WEBHOOK(?:_URL)?|DSN|AUTH|COOKIE|JWT|SALT|SIGNATURE)$/i;
function isWorthHiding(name, value, publicText2) {
  if (value.length < shortestSecret) return false;
  if (settings.test(name) && !likely.test(name) && !isRandom(value)) return false;
  if (/^[a-z]{1,11}(?:[-_.][a-z]{1,11})*$/i.test(value)) return false;
  if (/^[a-z]{2}-[a-z]+-\d$/.test(value)) return false;
  if (!likely.test(name)) {
    if (/^[+-]?[\d._]+(?:e[+-]?\d+)?$/i.test(value)) return false;
    if (/^[a-z][a-z\d+.-]*:\/\//i.test(value)) return false;
  }
  if (value.includes("/") && existsSync2(value)) return false;
  return !publicText2.includes(value);
}
function isRandom(value) {
  return /^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i.test(value);
}

// build/src/secrets/parts.js
var address = /[a-z][a-z\d+.-]*:\/\/[^\s"'<>]+/gi;
var setting = /([A-Za-z][\w ]*?)\s*=\s*([^;,\s&]+)/g;
function partsOf(value) {
  const addresses = value.match(address) ?? [];
  return [
    ...addressSecrets(value),
    ...addresses.flatMap(addressSecrets),
    ...[...value.matchAll(setting)].flatMap(
      ([, name = "", said = ""]) => isName(name) ? [said] : []
    ),
    ...inJson(value)
  ];
}
function inJson(value) {
  if (!/^\s*[[{]/.test(value)) return [];
  try {
    return [...belowNames(JSON.parse(value), "")];
  } catch {
    return [];
  }
}
function* belowNames(data, name) {
  if (typeof data === "string") {
    if (isName(name)) yield data;
    else yield* addressSecrets(data);
  } else if (typeof data === "object" && data !== null) {
    for (const [key, each] of Object.entries(data)) {
      yield* belowNames(each, Array.isArray(data) ? name : key);
    }
  }
}
function isName(name) {
  const words = name.trim().replace(/([a-z])([A-Z])/g, "$1_$2").replaceAll(/[\s-]/g, "_");
  return isSecretByName(words) || /(?:^|_)(?:key|auth|pwd|pw|pin)$/i.test(words);
}

// build/src/secrets/pieces.js
var blockSize = 8;
var shortestPiece = 12;
var isTelling2 = /^(?=.*\d)(?=.*[a-z])[^\s.\-_/:,]+$/i;
function pieceFinder(forms) {
  const blocks = /* @__PURE__ */ new Map();
  const starts = new Uint8Array(65536);
  for (const form of forms) {
    for (let at = 0; at + blockSize <= form.length; at += blockSize) {
      const block = form.slice(at, at + blockSize);
      if (!isTelling2.test(block)) continue;
      blocks.set(block, [...blocks.get(block) ?? [], { form, at }]);
      starts[startOf(block, 0)] = 1;
    }
  }
  return (text) => {
    const found = [];
    let free = 0;
    for (let at = 0; at + blockSize <= text.length; at++) {
      if (starts[startOf(text, at)] === 0) continue;
      const places = blocks.get(text.slice(at, at + blockSize)) ?? [];
      const [from, to] = longest(places.map((place) => extended(text, at, place, free)));
      if (to - from < shortestPiece) continue;
      const whole = [startOfEscape(text, from, free), endBeforeEscape(text, from, to)];
      found.push(whole);
      free = whole[1];
      at = free - 1;
    }
    return found;
  };
}
function startOf(text, at) {
  return (text.charCodeAt(at) << 8 ^ text.charCodeAt(at + 1)) & 65535;
}
function extended(text, at, { form, at: inForm }, free) {
  let before = 0;
  while (before < inForm && before < at - free && text[at - before - 1] === form[inForm - before - 1]) {
    before++;
  }
  let after = blockSize;
  while (inForm + after < form.length && text[at + after] === form[inForm + after]) after++;
  return [at - before, at + after];
}
function startOfEscape(text, from, free) {
  const [unicode = ""] = /\\u[\da-f]{0,3}$/i.exec(text.slice(Math.max(free, from - 5), from)) ?? [];
  const before = from - unicode.length;
  return backslashes(text, before, free) % 2 === 1 ? before - 1 : before;
}
function endBeforeEscape(text, from, to) {
  return to - backslashes(text, to, from) % 2;
}
function backslashes(text, at, from) {
  let count = 0;
  while (at - count > from && text[at - count - 1] === "\\") count++;
  return count;
}
function longest(ranges) {
  return ranges.reduce((best, one) => one[1] - one[0] > best[1] - best[0] ? one : best, [0, 0]);
}

// build/src/secrets/secrets.js
function secretsOf(env, declared) {
  const names = new Set(declared?.names ?? []);
  const found = Object.entries(env).flatMap(([name, value = ""]) => {
    const isDeclared = names.has(name);
    const parts = isDeclared ? [...pathTokens(value), ...partsOf(value)] : addressSecrets(value);
    const isWhole = isSecretByName(name) || isDeclared && isWorthHiding(name, value, declared?.publicText ?? "");
    return isWhole ? [value, ...parts] : parts;
  });
  return [...new Set(found)].filter((value) => value.length >= shortestSecret);
}
var inAddress = /\/\/[^/@?#\s"'\\<>]+@/g;
function secretTexts(env, declared, more = []) {
  const users = Object.entries(env).flatMap(
    ([name, value]) => value && /USER/i.test(name) ? [value] : []
  );
  const elsewhere = more.filter(({ length }) => length >= shortestSecret);
  const forms = [...secretsOf(env, declared), ...elsewhere].flatMap((secret) => secretForms(secret, users)).sort((one, other) => other.length - one.length);
  const unique = [...new Set(forms)];
  const any = unique.length > 0 ? new RegExp(unique.map(escaped).join("|"), "g") : void 0;
  const piecesIn = pieceFinder(unique);
  return {
    hide(text) {
      const whole = any ? text.replace(any, "***") : text;
      const hidden2 = piecesIn(whole).reduceRight(
        (shown2, [from, to]) => `${shown2.slice(0, from)}***${shown2.slice(to)}`,
        whole
      );
      return hidden2.includes("//") ? hidden2.replace(inAddress, "//***@") : hidden2;
    },
    isIn: (text) => any && text.search(any) !== -1 || piecesIn(text).length > 0,
    cutBefore(text, at) {
      const matches = [inAddress, ...any ? [any] : []].flatMap((pattern) => [
        ...text.matchAll(pattern)
      ]);
      const across = matches.filter(
        ({ index, 0: { length } }) => index < at && at < index + length
      );
      return Math.min(at, ...across.map(({ index }) => index));
    }
  };
}
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

// build/src/secrets/known-secrets.js
var known = {
  texts: [],
  isPrinted: false
};
function keepSecret(env, declared, more = []) {
  known.texts.push(secretTexts(env, declared, more));
  if (known.isPrinted) return;
  known.isPrinted = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = ((chunk, ...rest) => write(shown(chunk), ...rest));
  }
}
function hidden(text) {
  return known.texts.reduce((shown2, { hide }) => hide(shown2), text);
}
function shown(chunk) {
  if (typeof chunk === "string") return printed(chunk);
  const isText = chunk instanceof Uint8Array && isUtf8(chunk);
  return isText ? printed(Buffer.from(chunk).toString("utf8")) : chunk;
}
function printed(text) {
  if (!text.includes("::add-mask::")) return hidden(text);
  const lines = text.split(/(?<=\n)/);
  return lines.map((line) => line.startsWith("::add-mask::") ? line : hidden(line)).join("");
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
