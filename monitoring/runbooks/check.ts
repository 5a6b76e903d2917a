import { literalDefaults } from './instance.ts';
import { HEADINGS, type Runbook } from './parse.ts';

/** A command of factsway-install, as far as a runbook can get it wrong. */
export type KnownCommand = {
  readonly name: string;
  /** By flag (`--gate`): whether it takes a value, and which values there are where that is a short list. */
  readonly flags: ReadonlyMap<
    string,
    { readonly takesValue: boolean; readonly values?: readonly string[] }
  >;
  /** What its argument can be; absent where it takes none. */
  readonly argument?: { readonly values?: readonly string[] };
};

/** What a runbook may refer to. */
export type Known = {
  readonly commands: readonly KnownCommand[];
  /** Compose services of the default installation: `facts-service-a`, `postgres`. */
  readonly composeServices: readonly string[];
  /** Keys of factsway.yaml, for `--set`. */
  readonly configKeys: readonly string[];
  /** Names of all runbooks. */
  readonly runbooks: readonly string[];
};

/** Where `docker compose` finds the files of the default installation. */
const ENTER = 'cd /opt/factsway';

/** What is wrong with one runbook, a sentence each that names it. */
export function checkRunbook(runbook: Runbook, known: Known): string[] {
  const problems = [
    ...checkStructure(runbook),
    ...checkLinks(runbook, known),
    ...runbook.commands.flatMap((words) => checkCommand(words, known)),
    ...checkDirectory(runbook),
    ...checkDefaults(runbook),
    ...runbook.rawHtml.map((html) => `has raw HTML, which nobody escapes: ${html}`),
  ];
  return problems.map((problem) => `docs/runbooks/${runbook.name}.md ${problem}.`);
}

/** Which alerts have no runbook, and which runbooks no alert. */
export function checkCoverage(runbooks: readonly string[], alerts: readonly string[]): string[] {
  return [
    ...alerts
      .filter((alert) => !runbooks.includes(alert))
      .map((alert) => `The alert ${alert} has no runbook: write docs/runbooks/${alert}.md.`),
    ...runbooks
      .filter((name) => !alerts.includes(name))
      .map((name) => `docs/runbooks/${name}.md belongs to no alert: no alert has that name.`),
  ];
}

function checkStructure({ name, title, sections, lines }: Runbook): string[] {
  const found = sections.map(({ heading }) => heading);
  const missing = HEADINGS.filter((heading) => !found.includes(heading));
  const extra = found.filter((heading) => !(HEADINGS as readonly string[]).includes(heading));
  const ordered = missing.length > 0 || extra.length > 0 || found.join() === HEADINGS.join();
  return [
    ...(title === name ? [] : [`has the title "${title}" instead of "${name}"`]),
    ...missing.map((heading) => `has no heading "## ${heading}"`),
    ...extra.map((heading) => `has a heading "## ${heading}" that no runbook has`),
    ...(ordered ? [] : [`has its headings in another order than ${HEADINGS.join(', ')}`]),
    ...sections
      .filter(({ tokens }) => tokens.length === 0)
      .map(({ heading }) => `has nothing below "## ${heading}"`),
    ...(['Diagnosis', 'Mitigation'] as const)
      .filter((heading) => !lines.some(({ section }) => section === heading))
      .map((heading) => `has no command below "## ${heading}"`),
  ];
}

/** Only runbooks are served beside a runbook: any other link is dead in a browser. */
function checkLinks({ links }: Runbook, { runbooks }: Known): string[] {
  return links
    .filter((link) => !runbooks.some((name) => link === `${name}.md`))
    .map((link) => `links to ${link}, and there is no such runbook`);
}

function checkDirectory({ lines }: Runbook): string[] {
  const enters = lines.findIndex(({ text }) => text === ENTER);
  const composes = lines.findIndex(({ text }) => /\bdocker compose\b/.test(text));
  return composes >= 0 && (enters < 0 || enters > composes)
    ? [`uses docker compose before "${ENTER}", which is where it works`]
    : [];
}

/** What is another on another installation has to be something `markDefaults` knows. */
function checkDefaults({ marked }: Runbook): string[] {
  return marked
    .flatMap(literalDefaults)
    .map(
      (literal) =>
        `names ${literal}, which no other installation has: give it a mark in monitoring/runbooks/instance.ts, or say it in other words`,
    );
}

function checkCommand(words: readonly string[], known: Known): string[] {
  if (words[0] === 'factsway-install') return checkInstaller(words.slice(1), known);
  if (words[0] === 'docker' && words[1] === 'compose') return checkCompose(words.slice(2), known);
  return [];
}

function checkInstaller([name, ...rest]: readonly string[], known: Known): string[] {
  // The program's own name in a sentence.
  if (name === undefined) return [];
  const command = known.commands.find((one) => one.name === name);
  if (!command) return [`names the command "factsway-install ${name}", which does not exist`];
  const problems: string[] = [];
  let arguments_ = 0;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    const option = command.flags.get(word);
    if (option?.takesValue) {
      at += 1;
      const value = rest[at];
      if (value === undefined)
        problems.push(`gives no value to "factsway-install ${name} ${word}"`);
      else problems.push(...checkValue(`${name} ${word}`, value, option.values, known));
    } else if (word.startsWith('-') && !option)
      problems.push(`gives "factsway-install ${name}" the option ${word}, which it does not have`);
    else if (!word.startsWith('-')) {
      arguments_ += 1;
      if (!command.argument || arguments_ > 1)
        problems.push(
          `gives "factsway-install ${name}" the argument ${word}, which it does not take`,
        );
      else if (command.argument.values && !command.argument.values.includes(word))
        problems.push(`asks "factsway-install ${name}" for ${word}, which it does not know`);
    }
  }
  return problems;
}

function checkValue(
  where: string,
  value: string,
  values: readonly string[] | undefined,
  { configKeys }: Known,
): string[] {
  const key = value.split('=')[0] ?? '';
  if (where.endsWith('--set') && !configKeys.includes(key))
    return [`sets ${key}, and factsway.yaml has no such key`];
  return values && !values.includes(value)
    ? [`gives "factsway-install ${where}" the value ${value}, which it does not know`]
    : [];
}

/** Options of docker compose that stand alone; no runbook uses one with a value. */
const isOption = (word: string): boolean => word.startsWith('-');

function checkCompose([verb, ...rest]: readonly string[], { composeServices }: Known): string[] {
  if (
    verb === undefined ||
    !['exec', 'kill', 'logs', 'restart', 'run', 'start', 'stop'].includes(verb)
  )
    return [];
  const service = rest.find((word) => !isOption(word));
  return service !== undefined && !composeServices.includes(service)
    ? [`names the container ${service} to docker compose, and there is none of that name`]
    : [];
}
