import Handlebars from 'handlebars';
import { singleQuoted } from '../model/shell.ts';

/** A template asked for a value that is not there, or a value does not fit the format: a bug, never user input. */
export class TemplateError extends Error {}

const scalar = (value: unknown, helper: string): string | number | boolean => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TemplateError(
    `{{${helper}}} needs a string, a number or a boolean, got ${value === null ? 'null' : typeof value}`,
  );
};

/** Words some YAML version or parser reads as something else than a string; for one, `e1` and `E+0` are numbers. */
const YAML_WORDS = /^(true|false|yes|no|on|off|y|n|null|-{0,2}e[+-]?[\d_]*)$/i;
/**
 * A string beyond doubt in every YAML version and parser: it begins like a word, a path or an option, so it
 * is no number, date or time, and a colon in it is never followed by a space.
 */
const YAML_PLAIN = /^(-{0,2}[A-Za-z_]|\.?\/)([A-Za-z0-9_/.@=:^,+-]*[A-Za-z0-9_/])?$/;

/** A YAML scalar on one line; what is not a plain string beyond doubt is double-quoted, which JSON's quoting is. */
function yaml(value: unknown): string {
  const plain = scalar(value, 'yaml');
  if (typeof plain !== 'string') return String(plain);
  if (YAML_PLAIN.test(plain) && !YAML_WORDS.test(plain)) return plain;
  // JSON leaves these as they are; YAML calls some of them unprintable and others a line break.
  return JSON.stringify(plain).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A YAML scalar inside a Compose file, where `$` starts an interpolation unless doubled. */
function composeScalar(value: unknown): string {
  const plain = scalar(value, 'compose');
  return yaml(typeof plain === 'string' ? plain.replaceAll('$', '$$$$') : plain);
}

/** A value in Compose's .env file: single quotes take everything literally but the quote itself. */
function env(value: unknown): string {
  const text = String(scalar(value, 'env'));
  if (/^[A-Za-z0-9_.:/@-]+$/.test(text)) return text;
  if (/[\n\r]|\\$/.test(text))
    throw new TemplateError('{{env}} cannot carry a line break or a final backslash');
  return `'${text.replaceAll("'", String.raw`\'`)}'`;
}

/** One token of a Caddyfile; `{` is doubled nowhere, it is quoted, and a backtick string keeps the rest literal. */
function caddy(value: unknown): string {
  const text = String(scalar(value, 'caddy'));
  if (/^[A-Za-z0-9_.:/*@%+-]+$/.test(text)) return text;
  if (/[\n\r`{}]/.test(text))
    throw new TemplateError(`{{caddy}} cannot quote ${JSON.stringify(text)}`);
  return `\`${text}\``;
}

/** A single-quoted word for a POSIX shell. */
function shell(value: unknown): string {
  return singleQuoted(String(scalar(value, 'shell')));
}

/** A string literal of postgresql.conf. */
function pgconf(value: unknown): string {
  return `'${String(scalar(value, 'pgconf')).replaceAll("'", "''")}'`;
}

/** Text of a comment: one line, whatever is in it. */
function comment(value: unknown): string {
  return String(scalar(value, 'comment')).replaceAll(/\s+/g, ' ');
}

/** Certificates in PEM, one after the other, without whatever else stood around them. */
function pem(value: unknown): string {
  const blocks = String(scalar(value, 'pem')).match(
    /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g,
  );
  if (!blocks) throw new TemplateError('{{pem}} found no certificate');
  return blocks.map((block) => block.replaceAll('\r', '')).join('\n');
}

const QUOTING = { yaml, compose: composeScalar, env, caddy, shell, pgconf, comment, pem };

/**
 * Renders Handlebars text. HTML escaping is off; a bare `{{x}}` is refused at compile time, so every
 * interpolation names the quoting of its format, and every helper throws on a missing value.
 */
export class TemplateEngine {
  readonly #handlebars = Handlebars.create();
  readonly #sources: Readonly<Record<string, string>>;
  readonly #compiled = new Map<string, HandlebarsTemplateDelegate>();

  constructor(sources: Readonly<Record<string, string>>) {
    this.#sources = sources;
    for (const [name, quote] of Object.entries(QUOTING))
      this.#handlebars.registerHelper(name, (value: unknown) => quote(value));
    this.#handlebars.registerHelper('eq', (left: unknown, right: unknown) => left === right);
    for (const [path, source] of Object.entries(sources)) {
      if (!path.endsWith('.hbs')) continue;
      const match = /\/partials\/([a-z-]+)\.hbs$/.exec(path);
      if (match?.[1]) this.#handlebars.registerPartial(match[1], this.#guard(path, source));
    }
  }

  /** Paths of all templates and files that start with the prefix, partials left out, sorted. */
  paths(prefix: string): string[] {
    return Object.keys(this.#sources)
      .filter((path) => path.startsWith(prefix) && !path.includes('/partials/'))
      .sort();
  }

  /** The text of a file the package ships, as it is. */
  source(path: string): string {
    const source = this.#sources[path];
    if (source === undefined) throw new TemplateError(`the package lacks ${path}`);
    return source;
  }

  render(path: string, context: object): string {
    let template = this.#compiled.get(path);
    if (!template) {
      const source = this.source(path);
      template = this.#handlebars.compile(this.#guard(path, source), {
        noEscape: true,
        strict: true,
      });
      this.#compiled.set(path, template);
    }
    return template(context);
  }

  #guard(path: string, source: string): string {
    for (const match of source.matchAll(/\{\{\{?~?\s*([^#/>!}][^}]*?)~?\}\}/g)) {
      const words = (match[1] ?? '').trim().split(/\s+/);
      const quoted = words.length > 1 && Object.hasOwn(QUOTING, words[0] ?? '');
      if (!quoted && words[0] !== 'else')
        throw new TemplateError(`${path}: {{${words.join(' ')}}} is not quoted for its format`);
    }
    return source;
  }
}
