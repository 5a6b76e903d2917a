/** Import directions of HOUSE, by dependency-cruiser, with the number of modules it really read. */
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { RULES } from './lib/layers.ts';

/** A cruiser that meets a compiler it does not understand reads nothing and passes: that must not look green. */
const FEWEST_MODULES = 60;

const { output } = await cruise(
  ['installer/src', 'backup', 'updates', 'monitoring', 'services', 'k8s', 'cloudfront'],
  {
    ruleSet: { forbidden: RULES },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const { summary, modules } = output as ICruiseResult;
const own = modules.filter(
  ({ source }) => !source.includes('node_modules') && source.endsWith('.ts'),
).length;
const imports = modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
console.log(
  `${own} modules, ${imports} imports, ${summary.violations.length} in a forbidden direction`,
);
if (own < FEWEST_MODULES || imports < own || summary.violations.length > 0) process.exit(1);
