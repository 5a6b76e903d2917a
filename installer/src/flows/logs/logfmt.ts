const PAIR = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)/y;

/**
 * `key=value key="quoted value" …` as Prometheus, Alertmanager and the exporters write it; undefined where a line is
 * anything else. Source: https://pkg.go.dev/github.com/kr/logfmt.
 */
export function readLogfmt(text: string): Record<string, string> | undefined {
  const pairs: [string, string][] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const found = PAIR.exec(text);
    if (!found) return undefined;
    pairs.push([found[1] ?? '', unquoted(found[2] ?? '')]);
  }
  const keys = new Set(pairs.map(([key]) => key));
  // `a=b` alone is a line of something else.
  return keys.has('level') || keys.has('msg') ? Object.fromEntries(pairs) : undefined;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    // Go escapes what JSON does not, such as \x1b.
    return value.slice(1, -1);
  }
}
