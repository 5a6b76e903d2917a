import type { IForbiddenRuleType } from 'dependency-cruiser';

/**
 * Who may import whom (docs/adr/0003-rooms-and-import-directions.md). A room names what it may reach; anything
 * else inside the installer is an error.
 */
const ROOM = 'installer/src';
const ALLOWED = {
  model: ['model'],
  config: ['config', 'model'],
  catalog: ['catalog', 'model'],
  ports: ['ports', 'model'],
  planner: ['planner', 'model', 'catalog', 'render', 'checks/analysers'],
  render: ['render', 'model', 'catalog'],
  'checks/analysers': ['checks/analysers', 'checks/facts', 'model', 'config', 'catalog'],
  'checks/facts': ['checks/facts', 'model', 'catalog'],
  'checks/collectors': ['checks/collectors', 'checks/facts', 'model', 'config', 'catalog', 'ports'],
  'checks/gates': ['checks', 'model', 'catalog', 'planner', 'ports'],
  flows: ['flows', 'model', 'config', 'catalog', 'planner', 'render', 'checks', 'ports'],
  adapters: ['adapters', 'model', 'ports'],
  'cli/(commands|[a-z-]+\\.ts$)': ['cli', 'model', 'flows', 'catalog', 'ports'],
};
/** Rooms that decide: no clock, no randomness, no environment, no disk. */
const PURE = '(model|config|catalog|planner|render|checks/analysers)';

const rooms: IForbiddenRuleType[] = Object.entries(ALLOWED).map(([room, reachable]) => ({
  name: `${room.replaceAll(/[^a-z/]/g, '')}-reaches-too-far`,
  severity: 'error',
  from: {
    path: `^${ROOM}/${room}`,
    // main.ts is the composition root: the one place where adapters and flows meet.
    pathNot: [`^${ROOM}/cli/main\\.ts$`, '\\.test\\.ts$'],
  },
  to: { path: `^${ROOM}/`, pathNot: reachable.map((target) => `^${ROOM}/${target}`) },
}));

export const RULES: IForbiddenRuleType[] = [
  ...rooms,
  {
    name: 'monitoring-is-data',
    severity: 'error',
    from: { path: '^monitoring/', pathNot: '\\.test\\.ts$' },
    to: { path: `^(${ROOM}/(?!model/)|scripts/|test/|services/)` },
  },
  {
    name: 'few-rooms-read-the-monitoring-catalogue',
    severity: 'error',
    from: { path: `^${ROOM}/`, pathNot: [`^${ROOM}/(catalog|render|checks)/`, '\\.test\\.ts$'] },
    to: { path: '^monitoring/' },
  },
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'only-main-wires-adapters',
    severity: 'error',
    from: { path: `^${ROOM}/`, pathNot: [`^${ROOM}/(cli/main\\.ts|adapters/)`, '\\.test\\.ts$'] },
    to: { path: `^${ROOM}/adapters/` },
  },
  {
    name: 'pure-rooms-touch-nothing',
    severity: 'error',
    from: { path: `^${ROOM}/${PURE}/`, pathNot: '\\.test\\.ts$' },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?(util|crypto)$' },
  },
  {
    name: 'hashing-has-one-home',
    severity: 'error',
    from: { path: `^${ROOM}/${PURE}/`, pathNot: [`^${ROOM}/render/digest\\.ts$`, '\\.test\\.ts$'] },
    to: { path: '^(node:)?crypto$' },
  },
  {
    name: 'model-imports-zod-only',
    severity: 'error',
    from: { path: `^${ROOM}/model/`, pathNot: '\\.test\\.ts$' },
    to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: 'node_modules/(zod|fastest-levenshtein)/' },
  },
  {
    name: 'sdks-live-in-adapters',
    severity: 'error',
    from: { path: `^${ROOM}/`, pathNot: [`^${ROOM}/adapters/`, '\\.test\\.ts$'] },
    to: { path: 'node_modules/(dockerode|execa|inquirer|pg|@aws-sdk|hash-wasm|log-update)/' },
  },
  {
    name: 'disk-and-processes-live-in-adapters',
    severity: 'error',
    from: { path: `^${ROOM}/`, pathNot: [`^${ROOM}/(adapters/|cli/main\\.ts)`, '\\.test\\.ts$'] },
    to: { path: '^(node:)?(fs|fs/promises|child_process|net|http|https|os)$' },
  },
  {
    name: 'monitoring-reaches-too-far',
    severity: 'error',
    from: { path: '^monitoring/', pathNot: '\\.test\\.ts$' },
    to: { path: `^(${ROOM}|services|scripts)/`, pathNot: `^${ROOM}/model/` },
  },
  {
    name: 'monitoring-touches-nothing',
    severity: 'error',
    from: { path: '^monitoring/', pathNot: '\\.test\\.ts$' },
    to: { dependencyTypes: ['core'] },
  },
  {
    // Made when we generate, shipped as files: neither their libraries nor their checks belong into the bundle.
    name: 'dashboards-are-files-to-the-installer',
    severity: 'error',
    from: { path: `^${ROOM}/`, pathNot: '\\.test\\.ts$' },
    to: { path: '^monitoring/(dashboards/|checks/|promql)' },
  },
  {
    name: 'dashboard-sdk-has-one-home',
    severity: 'error',
    from: { pathNot: '^monitoring/dashboards/' },
    to: { path: 'node_modules/@grafana/' },
  },
  {
    name: 'promql-has-one-reader',
    severity: 'error',
    from: { pathNot: '^(monitoring/promql\\.ts$|node_modules/)' },
    to: { path: 'node_modules/(@prometheus-io|@lezer)/' },
  },
  {
    name: 'kubernetes-reaches-too-far',
    severity: 'error',
    from: { path: '^k8s/', pathNot: ['^k8s/(policy|schema|proof)/', '\\.test\\.ts$'] },
    to: {
      path: '^(installer|monitoring|services|scripts|test)/',
      pathNot: [`^${ROOM}/(model|catalog|render)/`, '^monitoring/'],
    },
  },
  {
    name: 'kubernetes-touches-nothing',
    severity: 'error',
    from: { path: '^k8s/', pathNot: ['^k8s/schema/', '\\.test\\.ts$'] },
    to: { dependencyTypes: ['core'] },
  },
  {
    // One flow exports; everything else of the installer knows nothing of clusters.
    name: 'few-rooms-know-kubernetes',
    severity: 'error',
    from: {
      path: `^${ROOM}/`,
      pathNot: [`^${ROOM}/flows/(export-[a-z-]+|prove-export)\\.ts$`, '\\.test\\.ts$'],
    },
    to: { path: '^k8s/' },
  },
  {
    name: 'policy-reaches-too-far',
    severity: 'error',
    from: { path: '^k8s/policy/', pathNot: '\\.test\\.ts$' },
    // The plantings are the tests' data, beside them.
    to: {
      path: '^(installer|monitoring|services|scripts|test|k8s)/',
      pathNot: [
        `^${ROOM}/(model|catalog)/`,
        '^k8s/((manifest|json)\\.ts$|policy/)',
        '^test/fakes/kubernetes-changes\\.ts$',
      ],
    },
  },
  {
    name: 'plantings-are-for-tests',
    severity: 'error',
    from: { pathNot: ['^k8s/policy/planted/', '\\.test\\.ts$'] },
    to: { path: '^k8s/policy/planted/' },
  },
  {
    name: 'policy-touches-nothing',
    severity: 'error',
    from: { path: '^k8s/policy/', pathNot: '\\.test\\.ts$' },
    to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
  },
  {
    // The schemas of the API are megabytes, and judge what we render: in tests, never on a customer's server.
    name: 'schema-is-for-tests',
    severity: 'error',
    from: { pathNot: ['^k8s/schema/', '\\.test\\.ts$'] },
    to: { path: '^k8s/schema/' },
  },
  {
    name: 'schema-reaches-too-far',
    severity: 'error',
    from: { path: '^k8s/schema/', pathNot: '\\.test\\.ts$' },
    to: {
      path: '^(installer|monitoring|services|scripts|test|k8s)/',
      pathNot: '^k8s/((manifest|json)\\.ts$|schema/|policy/read\\.ts$)',
    },
  },
  {
    name: 'api-schemas-have-one-home',
    severity: 'error',
    from: { pathNot: '^(k8s/schema/|node_modules/)' },
    to: { path: 'node_modules/(@kubernetes-models|kubernetes-models)/' },
  },
  {
    name: 'cloudfront-reaches-too-far',
    severity: 'error',
    from: { path: '^cloudfront/', pathNot: '\\.test\\.ts$' },
    to: {
      path: '^(installer|monitoring|services|scripts|test|k8s)/',
      pathNot: `^${ROOM}/(model|render)/`,
    },
  },
  {
    name: 'cloudfront-touches-nothing',
    severity: 'error',
    from: { path: '^cloudfront/', pathNot: ['^cloudfront/checks/', '\\.test\\.ts$'] },
    to: { dependencyTypes: ['core'] },
  },
  {
    // Schemas and rules of AWS are megabytes, and judge what we render: in tests, never on anybody's server.
    name: 'checks-of-the-template-are-for-tests',
    severity: 'error',
    from: { pathNot: ['^cloudfront/checks/', '\\.test\\.ts$'] },
    to: { path: '^cloudfront/checks/' },
  },
  {
    name: 'few-rooms-know-cloudfront',
    severity: 'error',
    from: { path: `^${ROOM}/`, pathNot: [`^${ROOM}/flows/export-`, '\\.test\\.ts$'] },
    to: { path: '^cloudfront/' },
  },
  {
    // A program of its own, in an image of its own; what it and the installer agree on is a contract.
    name: 'backup-reaches-only-itself',
    severity: 'error',
    from: { path: '^backup/' },
    to: { path: '^(installer|monitoring|services|scripts|test|k8s|bench)/' },
  },
  {
    name: 'nobody-reaches-into-backup',
    severity: 'error',
    from: { path: '^(installer|monitoring|services|k8s)/' },
    to: { path: '^backup/' },
  },
  {
    // A program of its own as well. It fills its directory by the very flow that fills one on a server.
    name: 'updates-reaches-too-far',
    severity: 'error',
    from: { path: '^updates/' },
    to: {
      path: '^(installer|monitoring|services|scripts|test|k8s|bench|backup)/',
      pathNot: `^${ROOM}/(model|ports|flows/updates|adapters/updates)/`,
    },
  },
  {
    name: 'nobody-reaches-into-updates',
    severity: 'error',
    from: { path: '^(installer|monitoring|services|k8s|backup)/' },
    to: { path: '^updates/' },
  },
  {
    name: 'services-know-nothing-of-the-installer',
    severity: 'error',
    from: { path: '^services/' },
    to: { path: '^installer/' },
  },
];
