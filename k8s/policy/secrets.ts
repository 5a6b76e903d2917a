import { credentialIn, looksSecret } from '../../installer/src/catalog/secret-looks.ts';
import { at, record, records, show, texts, word, type Json } from '../json.ts';
import { beside, named, type Pod } from './read.ts';
import { ofContainers, ofKind, ofPods, unless, type PolicyRule } from './rule.ts';

const NSA = 'NSA/CISA: Secrets';
/** Read by the owner and the group, by nobody else. */
const OTHERS = 0o007;
const WRITABLE = 0o222;

/** Secrets a pod mounts, each with the mode of its files; 0644 where nobody says. */
const mounted = ({ spec }: Pod): readonly (readonly [string, number])[] =>
  records(spec['volumes']).flatMap((volume) => {
    const { secret, projected } = volume;
    const modes = (source: unknown, fallback: unknown): readonly number[] => [
      Number(at(source, 'defaultMode') ?? fallback ?? 0o644),
      ...records(at(source, 'items')).flatMap(({ mode }) =>
        mode === undefined ? [] : [Number(mode)],
      ),
    ];
    const inside = records(at(projected, 'sources')).filter((one) => one['secret'] !== undefined);
    const all = [
      ...(secret === undefined ? [] : modes(secret, undefined)),
      ...inside.flatMap((one) => modes(one['secret'], at(projected, 'defaultMode'))),
    ];
    return all.map((mode) => [String(volume['name']), mode] as const);
  });

/** Names of the ConfigMaps a pod cannot start without. */
const configMapsOf = ({ spec }: Pod): readonly string[] => {
  const needed = (source: unknown): string[] =>
    source === undefined || at(source, 'optional') === true ? [] : [String(at(source, 'name'))];
  const containers = [...records(spec['initContainers']), ...records(spec['containers'])];
  return [
    ...records(spec['volumes']).flatMap(({ configMap, projected }) => [
      ...needed(configMap),
      ...records(at(projected, 'sources')).flatMap((one) => needed(one['configMap'])),
    ]),
    ...containers.flatMap(({ env, envFrom }) => [
      ...records(envFrom).flatMap(({ configMapRef }) => needed(configMapRef)),
      ...records(env).flatMap((one) => needed(at(one, 'valueFrom.configMapKeyRef'))),
    ]),
  ];
};

const values = (manifest: unknown, ...keys: readonly string[]): readonly [string, string][] =>
  keys.flatMap((key) =>
    Object.entries(record(at(manifest, key))).map(
      ([name, value]) => [name, String(value)] as [string, string],
    ),
  );
const givesAway = ([name, value]: readonly [string, string]): boolean =>
  looksSecret(name, value) || credentialIn(value) !== undefined;
const variables = ({ env }: Json): readonly [string, string][] =>
  records(env).map(({ name, value }) => [String(name), word(value)]);

export const SECRETS: readonly PolicyRule[] = [
  {
    name: 'no secrets as variables',
    sources: ['kube-linter: read-secret-from-env-var', NSA, 'FACTSWAY: 06 Kubernetes, secrets'],
    asks: 'Reads secrets from files: variables are seen by whoever may inspect, and inherited.',
    breach: ofContainers(({ env, envFrom }) => {
      const variable = records(env).find((one) => at(one, 'valueFrom.secretKeyRef') !== undefined);
      const all = records(envFrom).find(({ secretRef }) => secretRef !== undefined);
      return variable
        ? `env: ${show(variable['name'])}`
        : all && `envFrom: ${show(all['secretRef'])}`;
    }),
  },
  {
    name: 'no secrets in the environment',
    sources: ['kube-linter: env-var-secret', 'Polaris: sensitiveContainerEnvVar', NSA],
    asks: 'Has no secret written among its variables.',
    breach: ofContainers((container) => {
      const found = variables(container).find(givesAway);
      return found && `env: ${found[0]}`;
    }),
  },
  {
    name: 'no secrets in arguments',
    sources: [NSA, 'FACTSWAY: 06 Kubernetes, secrets'],
    asks: 'Is given no secret on its command line, which every process of the node may read.',
    breach: ofContainers(({ command, args }) => {
      const found = [...texts(command), ...texts(args)].map(credentialIn).find(Boolean);
      return found && `command: ${found}`;
    }),
  },
  {
    name: 'no secrets in a ConfigMap',
    sources: ['Polaris: sensitiveConfigmapContent', NSA],
    asks: 'Holds nothing that opens anything.',
    breach: ofKind('ConfigMap', (map) => {
      const found = values(map, 'data', 'binaryData').find(givesAway);
      return found && `data: ${found[0]}`;
    }),
  },
  {
    name: 'no secrets in the tree',
    sources: ['FACTSWAY: 06 Kubernetes, secrets never in the tree in clear', NSA],
    asks: 'Brings no value: base64 hides nothing.',
    breach: ofKind('Secret', (secret) => {
      const found = values(secret, 'data', 'stringData')[0];
      return found && `data: ${found[0]}`;
    }),
  },
  {
    name: 'closed secret files',
    sources: ['FACTSWAY: 06 Kubernetes, secret path and mode', NSA],
    asks: 'Shows its secret files to its own user and group only, and lets nobody change them.',
    breach: ofPods((pod) => {
      const open = mounted(pod).find(([, mode]) => (mode & (OTHERS | WRITABLE)) !== 0);
      return open && `volume ${open[0]}: mode 0${open[1].toString(8)}`;
    }),
  },
  {
    name: 'read-only configuration',
    sources: ['FACTSWAY: 02 Hardening', 'NSA/CISA: Immutable container file systems'],
    asks: 'Cannot change its configuration or its secrets.',
    breach: ofContainers(({ volumeMounts }, { spec }) => {
      const given = records(spec['volumes'])
        .filter(({ secret, configMap, projected }) =>
          [secret, configMap, projected].some((source) => source !== undefined),
        )
        .map(({ name }) => name);
      const writable = records(volumeMounts).find(
        ({ name, readOnly }) => given.includes(name) && readOnly !== true,
      );
      return writable && `volumeMounts: ${show(writable['mountPath'])}`;
    }),
  },
  {
    name: 'configuration that there is',
    sources: ['kube-linter: env-var-value-from', 'Kubernetes: ConfigMaps'],
    asks: 'Waits for no ConfigMap that nobody makes.',
    breach: ofPods((pod, tree) => {
      const missing = configMapsOf(pod).find(
        (name) => named(name, beside(pod.owner, tree, 'ConfigMap')) === undefined,
      );
      return missing && `ConfigMap ${missing}`;
    }),
  },
  {
    name: 'a variable once',
    sources: ['kube-score: environment-variable-key-duplication', 'kube-linter: duplicate-env-var'],
    asks: 'Names each variable once: of two, the last wins in silence.',
    breach: ofContainers((container) => {
      const names = variables(container).map(([name]) => name);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      return unless(twice === undefined, `env: ${show(twice)}`);
    }),
  },
];
