import { PromqlError } from '../promql.ts';

/** What Grafana's own variables stand for where a query is parsed or asked outside of it: four scrapes, and an hour. */
const OF_GRAFANA = { __rate_interval: '1m', __interval: '15s', __range: '1h' };

/**
 * A query with its variables filled in, as Grafana does before it asks. Throws PromqlError on a variable that has no
 * value: what is left over would be sent to Prometheus as it is.
 */
export function substituted(
  expression: string,
  variables: Readonly<Record<string, string>> = {},
): string {
  const values: Readonly<Record<string, string>> = { ...OF_GRAFANA, ...variables };
  return expression.replaceAll(
    /\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g,
    (whole, braced: string | undefined, bare: string | undefined, at: number) => {
      const value = values[braced ?? bare ?? ''];
      if (value === undefined) throw new PromqlError(expression, at, `${whole} has no value`);
      return value;
    },
  );
}
