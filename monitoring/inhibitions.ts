import type { Cause, Severity } from './model.ts';

/** One label of an alert against a value or, anchored at both ends, an expression. */
export type Matcher = {
  readonly label: string;
  readonly op: '=' | '=~';
  readonly value: string;
};

/** While an alert of `source` fires, those of `target` with the same labels of `equal` are shown and told to nobody. */
export type Inhibition = {
  /** Why the target says nothing new. */
  readonly because: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  /** A label that both lack counts as the same. */
  readonly equal: readonly string[];
};

const is = (label: string, value: string): Matcher => ({ label, op: '=', value });
const oneOf = (label: string, values: readonly string[]): Matcher => ({
  label,
  op: values.length === 1 ? '=' : '=~',
  value: values.join('|'),
});
const has = (label: string): Matcher => ({ label, op: '=~', value: '.+' });

/** What is known to be broken silences what cannot work without it. */
function causeSilences(cause: Cause, scope: 'platform' | 'service', because: string): Inhibition {
  const ofService = scope === 'service';
  return {
    because,
    source: [is('cause', cause), ...(ofService ? [has('service')] : [])],
    target: [is(`needs_${cause}`, 'true')],
    equal: ofService ? ['service'] : [],
  };
}

/** Of two alerts about one thing only the graver is told. Alerts without a symptom have nothing in common. */
function graverSilences(grave: Severity, milder: readonly Severity[]): Inhibition {
  return {
    because: `the ${grave} alert of the same symptom says it already`,
    source: [is('severity', grave), has('symptom')],
    target: [oneOf('severity', milder), has('symptom')],
    // A full disk says nothing of another one; alerts that name no mount point are all of the same.
    equal: ['symptom', 'service', 'mountpoint'],
  };
}

/** Rendered into alertmanager.yml (Alertmanager, "inhibit_rule"), in this order. */
export const INHIBITIONS: readonly Inhibition[] = [
  causeSilences('host', 'platform', 'the server itself is what has to be mended'),
  causeSilences('database', 'platform', 'without the database no service can work'),
  causeSilences('service', 'service', 'what is down is neither slow nor wrong'),
  causeSilences('metrics', 'service', 'of what is not measured nothing is known'),
  graverSilences('critical', ['warning', 'info']),
  graverSilences('warning', ['info']),
];
