import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { packageTemplates } from '../../installer/src/adapters/package-templates.ts';
import { buildCatalog } from '../../installer/src/catalog/catalog.ts';
import { PREFLIGHT_CHECKS } from '../../installer/src/checks/analysers/preflight/table.ts';
import { PURPOSES } from '../../installer/src/checks/facts-preflight.ts';
import { HARDENING_RULES } from '../../installer/src/catalog/hardening.ts';
import { GATES } from '../../installer/src/checks/gates.ts';
import {
  CHANGE_OPTIONS,
  GLOBAL_OPTIONS,
  type OptionSpec,
} from '../../installer/src/cli/command.ts';
import { exitCodesOf } from '../../installer/src/cli/help.ts';
import { COMMANDS } from '../../installer/src/cli/registry.ts';
import { configSchema } from '../../installer/src/model/config.ts';
import { ERROR_CATALOG } from '../../installer/src/model/errors.ts';
import { formatSize } from '../../installer/src/model/units.ts';
import { renderRoles } from '../../installer/src/render/render-roles.ts';
import { TemplateEngine } from '../../installer/src/render/template-engine.ts';
import { GENERATED, table } from './generated-page.ts';

export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return JSON.stringify({ title: 'FACTSWAY On-Prem instance (factsway.yaml)', ...schema }, null, 2);
}

type SchemaNode = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
};

function leaves(node: SchemaNode, path: string): [string, SchemaNode][] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([key, child]) =>
      leaves(child, path === '' ? key : `${path}.${key}`),
    );
  return [[path, node]];
}

function allowed(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.type === 'integer') return `${node.minimum ?? ''} to ${node.maximum ?? ''}`;
  if (node.type === 'object') return 'a map of strings';
  if (node.type === 'array') return 'a list of strings';
  return node.type ?? 'text';
}

export function configurationPage(): string {
  const rows = leaves(z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode, '').map(
    ([path, node]) => [
      `\`${path}\``,
      node.description ?? '',
      allowed(node),
      node.default === undefined
        ? ''
        : `\`${typeof node.default === 'string' ? node.default : JSON.stringify(node.default)}\``,
    ],
  );
  return `${GENERATED}# Keys of factsway.yaml\n\nOn the first run \`host.name\`, \`host.timeZone\`, \`host.memory\` and \`host.cores\` are detected and written down; the\ndefaults below hold where a key is left out afterwards. Unknown keys are refused.\n\n${table(['key', 'meaning', 'allowed', 'default'], rows)}\n`;
}

export function errorsPage(): string {
  const rows = Object.entries(ERROR_CATALOG).map(([code, { exit, summary }]) => [
    `\`${code}\``,
    String(exit),
    summary,
  ]);
  return `${GENERATED}# Error codes\n\nEvery error names its code, what happened and the next command to type. An error met half way ends in exit code 5\nonce everything was put back, and in 6 when it could not be.\n\n${table(['code', 'exit code', 'meaning'], rows)}\n`;
}

export function commandsPage(): string {
  const options = (specs: readonly OptionSpec[]): string =>
    table(
      ['option', 'meaning'],
      specs.map(({ flags, description, default: preset }) => [
        `\`${flags}\``,
        `${description}${preset === undefined ? '' : ` (default ${preset})`}`,
      ]),
    );
  const sections = COMMANDS.map((command) => {
    const own = [...command.options, ...(command.changes ? CHANGE_OPTIONS : [])];
    const argument = [command.argument, command.more]
      .flatMap((one) => (one ? [one.optional ? ` [${one.name}]` : ` <${one.name}>`] : []))
      .join('');
    return [
      `## ${command.name}`,
      `\`factsway-install ${command.name}${argument}\`: ${command.summary}.`,
      command.description,
      ...(own.length > 0 ? [options(own)] : []),
      table(
        ['exit code', 'meaning'],
        exitCodesOf(command).map(([code, meaning]) => [String(code), meaning]),
      ),
      ...(command.files
        ? [
            table(
              ['file', 'what'],
              command.files.map(({ path, what }) => [`\`${path}\``, what]),
            ),
          ]
        : []),
      [
        '```sh',
        ...command.examples.flatMap(({ command: line, does }) => [`# ${does}`, line]),
        '```',
      ].join('\n'),
    ].join('\n\n');
  });
  return `${GENERATED}# Commands\n\nOptions of every command:\n\n${options(GLOBAL_OPTIONS)}\n\n\`NO_COLOR\` is honoured. Progress goes to stderr, results to stdout.\n\n${sections.join('\n\n')}\n`;
}

export function gatesPage(): string {
  return `${GENERATED}# Gates of \`verify\`\n\n${table(
    ['gate', 'a green gate proves'],
    GATES.map(({ name, proves }) => [`\`${name}\``, proves]),
  )}\n`;
}

export function preflightPage(): string {
  const rows = PREFLIGHT_CHECKS.map(({ name, proves, warns, fails, codes, remedy, purposes }) => [
    `\`${name}\``,
    `${proves}${purposes.length === PURPOSES.length ? '' : ` Only before \`${purposes.join('`, `')}\`.`}`,
    warns ?? '',
    fails ?? '',
    codes.map((code) => `\`${code}\``).join(', '),
    remedy,
  ]);
  return `${GENERATED}# Checks of \`preflight\`\n\nEach names what it found and the next command to type. A check that could not look warns; it never passes. \`--skip-check NAME\` takes one of them out of the verdict, by name and no other way. The checks named \`tls-…\` look at a certificate you bring yourself.\n\n${table(['check', 'green proves', 'warns', 'fails', 'codes', 'what to do'], rows)}\n`;
}

/** What `factsway-install database sql` prints where every name is the default. */
export async function rolesSql(): Promise<string> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const engine = new TemplateEngine(await packageTemplates(root).load());
  return renderRoles(configSchema.parse({}), engine);
}

/** The platform as it is for a middling server, so that the derived numbers can be seen in one place. */
export function componentsPage(): string {
  const { workloads } = buildCatalog(configSchema.parse({ host: { memory: '16GiB', cores: 4 } }));
  const rows = workloads.map((workload) => [
    `\`${workload.component}\``,
    workload.purpose,
    workload.user,
    workload.networks.map(({ name }) => name).join(', '),
    workload.ports.map(({ bind, host }) => `${bind}:${host}`).join(', '),
    formatSize(workload.memory.value),
  ]);
  return `${GENERATED}# Components\n\nFor a server of 16 GiB and 4 cores with images from registries; other servers differ in the limits only.\n\n${table(['component', 'purpose', 'user', 'networks', 'published', 'memory limit'], rows)}\n\nWhat each of them may and may not do: [hardening](hardening.md).\n`;
}

/** The rules every rendered container keeps, and where one does not, why. */
export function hardeningPage(): string {
  const rules = HARDENING_RULES.map(({ name, asks, cis }) => [name, asks, cis ?? '']);
  const exceptions = (['upstream', 'debian'] as const).flatMap((source) =>
    buildCatalog(configSchema.parse({ images: { source } })).workloads.flatMap(
      ({ component, exceptions: list }) =>
        list.map(({ rule, reason }) => [`\`${component}\``, rule, reason]),
    ),
  );
  const rows = [...new Map(exceptions.map((row) => [row.join(), row])).values()];
  return `${GENERATED}# Hardening\n\nA test reads every rendered combination of server size, TLS, image source, database and the other choices of factsway.yaml as Compose reads it, and asks each container for all of this. The last column names what the CIS Docker Benchmark has for it.\n\n${table(['rule', 'asks', 'CIS Docker Benchmark'], rules)}\n\n## Exceptions\n\nEach stands as a comment in the rendered file as well. One that is no longer needed fails the test.\n\n${table(['component', 'rule', 'reason'], rows)}\n`;
}
