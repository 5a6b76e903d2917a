import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What is not PromQL; `position` counts characters from 0. */
export class PromqlError extends Error {
  readonly position: number;

  constructor(expression: string, position: number, problem: string) {
    super(`${problem} at character ${position} of: ${expression}`);
    this.position = position;
  }
}

export type Matcher = {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
};

/** One selection of series, e.g. `up{job="edge"}`. */
export type Selector = {
  /** Absent where only labels select. */
  readonly metric?: string;
  readonly matchers: readonly Matcher[];
  /** As written between the brackets, e.g. `5m`; absent for an instant. */
  readonly range?: string;
  /** Functions and aggregations around it, the innermost first. */
  readonly within: readonly string[];
  readonly from: number;
  readonly to: number;
};

/** Labels named by an aggregation or a matching of two sides. */
export type Grouping = {
  readonly how: 'by' | 'without' | 'on' | 'ignoring' | 'group_left' | 'group_right';
  readonly labels: readonly string[];
  /** What it is about: the aggregation or the operation it belongs to. */
  readonly from: number;
  readonly to: number;
};

export type Query = {
  readonly selectors: readonly Selector[];
  readonly groupings: readonly Grouping[];
  /** Labels that label_replace, label_join or count_values write. */
  readonly made: readonly string[];
};

/** Functions that read a stretch of time, and nothing else does; the grammar takes either anywhere. */
const OF_A_RANGE =
  /^(rate|irate|increase|delta|idelta|deriv|changes|resets|predict_linear|double_exponential_smoothing|\w+_over_time)$/;
const MAKES_A_LABEL = /^(label_replace|label_join|count_values)$/;
/** What changes nothing of the kind of value inside it. */
const WRAPPERS = new Set(['ParenExpr', 'OffsetExpr', 'StepInvariantExpr']);
const RANGES = new Set(['MatrixSelector', 'SubqueryExpr']);

/**
 * Reads one expression with the grammar of Prometheus' own editor; what it lets pass and Prometheus refuses is
 * refused here: a range where an instant belongs and the other way round, a string without end, quoted names, which
 * Prometheus 2 does not read. Variables of a dashboard are substituted before. Throws PromqlError.
 */
export function parsePromql(expression: string): Query {
  const reader = new Reader(expression);
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      reader.read(node);
    },
  });
  return reader;
}

class Reader implements Query {
  readonly selectors: Selector[] = [];
  readonly groupings: Grouping[] = [];
  readonly made: string[] = [];
  readonly #expression: string;

  constructor(expression: string) {
    this.#expression = expression;
  }

  read(node: SyntaxNode): void {
    if (node.type.isError)
      this.#fail(node, node.from < this.#expression.length ? 'is no PromQL' : 'ends too early');
    switch (node.name) {
      case 'StringLiteral':
        this.#closed(node);
        break;
      case 'QuotedLabelName':
        this.#fail(node, 'quotes a name');
        break;
      case 'MatrixSelector':
        if (node.firstChild?.name !== 'VectorSelector')
          this.#fail(node, 'has a range of no selector');
        this.#expected(node);
        break;
      case 'SubqueryExpr':
        this.#expected(node);
        break;
      case 'FunctionCall':
      case 'AggregateExpr':
        this.#call(node);
        break;
      case 'VectorSelector':
        this.selectors.push(this.#selector(node));
        break;
      case 'GroupingLabels':
        this.groupings.push(this.#grouping(node));
        break;
    }
  }

  #call(node: SyntaxNode): void {
    const name = this.#callee(node) ?? '';
    const body = node.getChild('FunctionCallBody');
    const literal = body?.getChild('StringLiteral');
    if (MAKES_A_LABEL.test(name) && literal) this.made.push(unquoted(this.#text(literal)));
    if (!OF_A_RANGE.test(name)) return;
    for (let argument = body?.firstChild; argument; argument = argument.nextSibling)
      if (RANGES.has(unwrapped(argument).name)) return;
    this.#fail(body?.firstChild ?? node, `has an instant where ${name}() needs a range`);
  }

  /** A range stands in a function that reads one. */
  #expected(node: SyntaxNode): void {
    let around = node.parent;
    while (around && WRAPPERS.has(around.name)) around = around.parent;
    const name = around?.parent ? this.#callee(around.parent) : undefined;
    if (around?.name !== 'FunctionCallBody' || !OF_A_RANGE.test(name ?? ''))
      this.#fail(node, 'has a range that no function reads');
  }

  /** The grammar ends a string at the end of the text, with its quote or without. */
  #closed(node: SyntaxNode): void {
    const written = this.#text(node);
    if (written.length < 2 || !written.endsWith(written.charAt(0)))
      this.#fail(node, 'has a string without end');
  }

  #selector(node: SyntaxNode): Selector {
    const name = node.getChild('Identifier');
    const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
    const range = node.parent?.name === 'MatrixSelector' && node.parent.getChild('DurationExpr');
    const within: string[] = [];
    for (let around = node.parent; around; around = around.parent) {
      const callee = this.#callee(around);
      if (callee !== undefined) within.push(callee);
    }
    return {
      ...(name ? { metric: this.#text(name) } : {}),
      matchers: matchers.map((matcher) => this.#matcher(matcher)),
      ...(range ? { range: this.#text(range) } : {}),
      within,
      from: node.from,
      to: node.to,
    };
  }

  #matcher(node: SyntaxNode): Matcher {
    const part = (name: string): string => this.#text(node.getChild(name) ?? node);
    return {
      label: part('LabelName'),
      operator: part('MatchOp') as Matcher['operator'],
      value: unquoted(part('StringLiteral')),
    };
  }

  #grouping(node: SyntaxNode): Grouping {
    const { from, to } = node.parent?.parent ?? node;
    const how = this.#text(node.prevSibling ?? node).toLowerCase() as Grouping['how'];
    const labels = node.getChildren('LabelName').map((label) => this.#text(label));
    return { how, labels, from, to };
  }

  /** Name of the function or aggregation that a node calls. */
  #callee(node: SyntaxNode): string | undefined {
    const name = node.getChild('FunctionIdentifier') ?? node.getChild('AggregateOp');
    return name ? this.#text(name).toLowerCase() : undefined;
  }

  #text({ from, to }: SyntaxNode): string {
    return this.#expression.slice(from, to);
  }

  #fail({ from }: SyntaxNode, problem: string): never {
    throw new PromqlError(this.#expression, from, problem);
  }
}

function unwrapped(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (WRAPPERS.has(inner.name) && inner.firstChild) inner = inner.firstChild;
  return inner;
}

function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  return literal.startsWith('`') ? inner : inner.replaceAll(/\\(.)/g, '$1');
}
