import { list, record, word, type Json } from '../json.ts';
import {
  keyProblem,
  labelNameProblem,
  labelValueProblem,
  nameProblem,
  portNameProblem,
  quantityProblem,
} from './names.ts';

/** A field, where it stands: keys from the object down to it. */
type Place = { readonly path: readonly string[]; readonly value: unknown; readonly holder: Json };
type FieldRule = (place: Place) => string | undefined;

const PORTS = /^(port|containerPort|hostPort|targetPort|endPort|nodePort)$/;
const IN_RESOURCES =
  /(^|\/)(requests|limits|hard|default|defaultRequest|min|max|maxLimitRequestRatio|capacity)$/;
/** Maps whose keys are somebody else's: only what they are maps of is judged. */
const FOREIGN = /^(data|stringData|binaryData|nodeSelector|parameters|template|headers)$/;

const KEYS: Readonly<Record<string, FieldRule>> = {
  sizeLimit: ({ value }) => quantityProblem(value),
  // A volume mounted twice at one place is refused by the server; a relative one by the runtime.
  mountPath: ({ value }) =>
    word(value).startsWith('/') && !word(value).includes(':') ? undefined : 'is no absolute path',
  schedule: ({ value }) =>
    /^@[a-z]+$|^(\S+ ){4}\S+$/.test(word(value)) ? undefined : 'is no schedule of five fields',
  cidr: ({ value }) => (/^[\da-f.:]+\/\d{1,3}$/.test(word(value)) ? undefined : 'is no CIDR'),
  namespace: ({ value }) => labelNameProblem(word(value)),
  secretName: ({ value }) => nameProblem('Secret', word(value)),
  serviceAccountName: ({ value }) => nameProblem('ServiceAccount', word(value)),
};

function portProblem({ value }: Place): string | undefined {
  if (typeof value === 'string') return portNameProblem(value);
  const port = Number(value);
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? undefined : 'is not in 1–65535';
}

/** Fewer than nothing is never meant; probes need once at least (API reference, "Probe"). */
function numberProblem({ path, value }: Place): string | undefined {
  const key = path.at(-1) ?? '';
  if (typeof value !== 'number' || !/(Seconds|eplicas|Limit|Threshold|weight)$/.test(key))
    return undefined;
  const least = /^(periodSeconds|timeoutSeconds|successThreshold|failureThreshold)$/.test(key)
    ? 1
    : 0;
  return value >= least ? undefined : `is below ${least}`;
}

/** Labels of an alert are those of Prometheus, whose values are templates as they please. */
const isOfARule = (path: readonly string[]): boolean => {
  const [groups, , rules] = path.slice(1);
  return groups === 'groups' && rules === 'rules';
};

function labelProblem({ path, value }: Place): string | undefined {
  if (isOfARule(path)) return undefined;
  const [map, key = ''] = path.slice(-2);
  const wrong = keyProblem(key);
  return wrong ?? (map === 'annotations' ? undefined : labelValueProblem(word(value)));
}

/** Names inside of pods: of containers and volumes, of ports, of variables. */
function innerNameProblem({ path, value }: Place): string | undefined {
  const [kind, index = '', key] = path.slice(-3);
  if (key !== 'name' || !/^\d+$/.test(index)) return undefined;
  if (/^(containers|initContainers|volumes)$/.test(String(kind)))
    return labelNameProblem(word(value));
  if (kind === 'ports' && path.includes('containers')) return portNameProblem(word(value));
  return kind === 'env' && !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(word(value))
    ? 'is no name of a variable'
    : undefined;
}

function problemOf(place: Place): string | undefined {
  const [map = '', key = ''] = place.path.slice(-2);
  if (/^(labels|annotations|matchLabels)$/.test(map)) return labelProblem(place);
  if (IN_RESOURCES.test(place.path.slice(0, -1).join('/')) && typeof place.value !== 'object')
    return place.path.includes('metrics') ? undefined : quantityProblem(place.value);
  if (PORTS.test(key) && typeof place.value !== 'object') return portProblem(place);
  return KEYS[key]?.(place) ?? numberProblem(place) ?? innerNameProblem(place);
}

/** What the server checks of single fields beyond their type, as sentences that begin with the path. */
export function fieldProblems(value: unknown, path: readonly string[] = []): readonly string[] {
  const fields = Array.isArray(value)
    ? list(value).map((inner, index) => [String(index), inner] as const)
    : Object.entries(record(value));
  return fields.flatMap(([key, inner]) => {
    const here = [...path, key];
    const problem = problemOf({ path: here, value: inner, holder: record(value) });
    const own = problem === undefined ? [] : [`/${here.join('/')}: ${problem}`];
    const free = FOREIGN.test(key) && !(key === 'template' && path[0] === 'spec');
    return [...own, ...(free && !Array.isArray(inner) ? [] : fieldProblems(inner, here))];
  });
}
