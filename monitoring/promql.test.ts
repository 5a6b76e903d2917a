import { describe, expect, it } from 'vitest';
import { parsePromql, PromqlError } from './promql.ts';

const metrics = (expression: string): (string | undefined)[] =>
  parsePromql(expression).selectors.map(({ metric }) => metric);

describe('an expression', () => {
  it('names its metrics in order, each as often as it stands there', () => {
    expect(metrics('sum(a) / (b{x="1"} + rate(c[5m])) or a')).toEqual(['a', 'b', 'c', 'a']);
    expect(metrics('vector(0)')).toEqual([]);
    expect(metrics('service:http_errors:ratio5m > 0.05')).toEqual(['service:http_errors:ratio5m']);
  });

  it('has matchers with their operators and what is meant by their quotes', () => {
    const [selector] = parsePromql(
      String.raw`a{w="1", x!='b\\.c', y=~"5..|\"", z!~${'`d\\.e`'}}`,
    ).selectors;
    expect(selector?.matchers).toEqual([
      { label: 'w', operator: '=', value: '1' },
      { label: 'x', operator: '!=', value: String.raw`b\.c` },
      { label: 'y', operator: '=~', value: '5..|"' },
      { label: 'z', operator: '!~', value: String.raw`d\.e` },
    ]);
  });

  it('may select by labels alone', () => {
    const [selector] = parsePromql('{job="edge"}').selectors;
    expect(selector).not.toHaveProperty('metric');
    expect(selector?.matchers).toHaveLength(1);
  });

  it('knows the range of a selector and what is around it, the innermost first', () => {
    const [rated, plain, maximum] = parsePromql(
      'topk(3, sum by (x) (rate(a[1m] offset 5m))) + b + max_over_time(sum(c)[1h:1m])',
    ).selectors;
    expect(rated).toMatchObject({ metric: 'a', range: '1m', within: ['rate', 'sum', 'topk'] });
    expect(plain).toMatchObject({ metric: 'b', within: [] });
    expect(plain).not.toHaveProperty('range');
    expect(maximum).toMatchObject({ metric: 'c', within: ['sum', 'max_over_time'] });
  });

  it('knows the labels of groupings and how far each reaches', () => {
    const text = 'sum by (a, b) (x) / on (a) group_left (c) max without (d) (y)';
    const { groupings } = parsePromql(text);
    expect(groupings.map(({ how, labels }) => [how, labels])).toEqual([
      ['by', ['a', 'b']],
      ['on', ['a']],
      ['group_left', ['c']],
      ['without', ['d']],
    ]);
    expect(text.slice(groupings[0]?.from, groupings[0]?.to)).toBe('sum by (a, b) (x)');
    expect(text.slice(groupings[1]?.from, groupings[1]?.to)).toBe(text);
  });

  it('may shift a range, put it in parentheses, or take one of a calculation', () => {
    expect(metrics('rate((a[5m] offset 1h)) + max_over_time(sum(b)[1h:1m])')).toEqual(['a', 'b']);
    expect(metrics('quantile_over_time(0.9, a[5m])')).toEqual(['a']);
  });

  it('knows the labels that functions write', () => {
    expect(parsePromql('label_replace(a, "dst", "$1", "src", "(.*)")').made).toEqual(['dst']);
    expect(parsePromql('count_values("version", a)').made).toEqual(['version']);
  });
});

describe('what is not PromQL', () => {
  it.each([
    ['', 0],
    ['sum(', 4],
    ['a b', 2],
    ['a{x=}', 4],
    ['a{x="1}', 4],
    ['rate(a)', 5],
    ['avg_over_time(sum(a))', 14],
    ['sum(a[5m])', 4],
    ['a[5m]', 0],
    ['rate(sum(a)[5m])', 5],
    ['{"a.b"}', 1],
    ['$service', 0],
    ['sum by (x (a)', 10],
  ])('%j is refused, with the place', (expression, position) => {
    let thrown: unknown;
    try {
      parsePromql(expression);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PromqlError);
    expect((thrown as PromqlError).position).toBe(position);
    expect((thrown as PromqlError).message).toContain(`at character ${position}`);
  });
});
