import { describe, expect, it } from 'vitest';
import { checkCoverage, checkRunbook, type Known } from './check.ts';
import { renderIndex, renderRunbook } from './html.ts';
import { parseRunbook, splitComment } from './parse.ts';
import { commandsIn } from './shell-words.ts';

const GOOD = `# DiskFull

## Meaning

A disk is full. It ends by itself.

## Impact

Nobody saves.

## Diagnosis

\`\`\`sh run
cd /opt/factsway
factsway-install status # not a comment
docker compose exec -T postgres psql -U postgres -d factsway -c "select 1 # neither"  # this is one
curl -fsSG http://127.0.0.1:9090/api/v1/query --data-urlencode 'query=up{job="a"} == 0'
\`\`\`

See [ServiceDown](ServiceDown.md) and \`factsway-install logs edge\`.

## Mitigation

\`\`\`sh
# frees it
factsway-install up --set edge.httpPort=80
\`\`\`

## Tell the client

> Nothing.
`;
const KNOWN: Known = {
  commands: [
    { name: 'status', flags: new Map([['--json', { takesValue: false }]]), argument: {} },
    { name: 'logs', flags: new Map(), argument: { values: ['edge'] } },
    { name: 'up', flags: new Map([['--set', { takesValue: true }]]) },
    { name: 'verify', flags: new Map([['--gate', { takesValue: true, values: ['edge'] }]]) },
  ],
  composeServices: ['postgres', 'edge'],
  configKeys: ['edge.httpPort'],
  runbooks: ['DiskFull', 'ServiceDown'],
};
const problems = (markdown: string): string[] =>
  checkRunbook(parseRunbook('DiskFull', markdown), KNOWN);
const PLAIN = GOOD.replace(' # not a comment', '');

describe('a runbook', () => {
  it('that has all it needs is fine', () => {
    expect(problems(PLAIN)).toEqual([]);
  });

  it.each<[string, string | RegExp, string, string | RegExp]>([
    ['another title', '# DiskFull', '# DiskFul', 'has the title "DiskFul" instead of "DiskFull"'],
    ['a missing heading', '## Impact\n\nNobody saves.\n', '', 'has no heading "## Impact"'],
    [
      'a heading of its own',
      '## Tell the client',
      '## Notes',
      'has a heading "## Notes" that no runbook has',
    ],
    ['nothing below a heading', 'Nobody saves.\n', '', 'has nothing below "## Impact"'],
    [
      'no command to diagnose with',
      /```sh run[^]*?```\n/,
      'Look.\n',
      'has no command below "## Diagnosis"',
    ],
    [
      'only a comment to mitigate with',
      /factsway-install up.*\n/,
      '',
      'has no command below "## Mitigation"',
    ],
    [
      'a dead link',
      'ServiceDown.md',
      'ServiceUp.md',
      'links to ServiceUp.md, and there is no such runbook',
    ],
    [
      'a link that is not served',
      'ServiceDown.md',
      '../architecture.md',
      'links to ../architecture.md, and there is no such runbook',
    ],
    [
      'an unknown command',
      'factsway-install status',
      'factsway-install state',
      'names the command "factsway-install state", which does not exist',
    ],
    [
      'an unknown command in the text',
      'logs edge`',
      'log edge`',
      'names the command "factsway-install log", which does not exist',
    ],
    [
      'an unknown option',
      'factsway-install status',
      'factsway-install status --jsn',
      'gives "factsway-install status" the option --jsn, which it does not have',
    ],
    [
      'an option without its value',
      '--set edge.httpPort=80',
      '--set',
      'gives no value to "factsway-install up --set"',
    ],
    [
      'an unknown key',
      'edge.httpPort',
      'edge.port',
      'sets edge.port, and factsway.yaml has no such key',
    ],
    [
      'an unknown gate',
      'factsway-install status',
      'factsway-install verify --gate egde',
      'gives "factsway-install verify --gate" the value egde, which it does not know',
    ],
    [
      'an argument too many',
      'factsway-install up',
      'factsway-install up edge',
      'gives "factsway-install up" the argument edge, which it does not take',
    ],
    [
      'an unknown component',
      'logs edge`',
      'logs proxy`',
      'asks "factsway-install logs" for proxy, which it does not know',
    ],
    [
      'an unknown container',
      'exec -T postgres',
      'exec -T database',
      'names the container database to docker compose, and there is none of that name',
    ],
    [
      'docker compose in no directory',
      'cd /opt/factsway\n',
      '',
      'uses docker compose before "cd /opt/factsway", which is where it works',
    ],
    [
      'a directory where nothing fills in that of the installation',
      'Nobody saves.',
      'Nobody saves in /opt/factsway.',
      'names /opt/factsway, which no other installation has: give it a mark in monitoring/runbooks/instance.ts, or say it in other words',
    ],
    [
      'a port that nothing fills in',
      'factsway-install up',
      'curl 127.0.0.1:9187/metrics && factsway-install up',
      /names 127\.0\.0\.1:9187, which no other installation has/,
    ],
    [
      'raw HTML',
      'Nobody saves.',
      '<b>Nobody</b> saves.',
      'has raw HTML, which nobody escapes: <b>',
    ],
  ])('with %s is refused, and told which', (_what, from, to, sentence) => {
    const broken = PLAIN.replace(from, to);
    expect(broken).not.toBe(PLAIN);
    expect(problems(broken)).toContainEqual(
      typeof sentence === 'string'
        ? `docs/runbooks/DiskFull.md ${sentence}.`
        : expect.stringMatching(sentence),
    );
  });

  it('with its headings in another order is refused', () => {
    const swapped = PLAIN.replace('## Meaning', '## X')
      .replace('## Impact', '## Meaning')
      .replace('## X', '## Impact');
    expect(problems(swapped)).toEqual([
      'docs/runbooks/DiskFull.md has its headings in another order than Meaning, Impact, Diagnosis, Mitigation, Tell the client.',
    ]);
  });
});

describe('coverage', () => {
  it('is one runbook for each alert and no other', () => {
    expect(checkCoverage(['A', 'B'], ['B', 'A'])).toEqual([]);
    expect(checkCoverage(['A'], ['A', 'B'])).toEqual([
      'The alert B has no runbook: write docs/runbooks/B.md.',
    ]);
    expect(checkCoverage(['A', 'C'], ['A'])).toEqual([
      'docs/runbooks/C.md belongs to no alert: no alert has that name.',
    ]);
  });
});

describe('reading', () => {
  const runbook = parseRunbook('DiskFull', PLAIN);

  it('finds lines, which of them are tried, and queries', () => {
    expect(runbook.lines.map(({ section, text, tried }) => [section, tried, text])).toEqual([
      ['Diagnosis', true, 'cd /opt/factsway'],
      ['Diagnosis', true, 'factsway-install status'],
      [
        'Diagnosis',
        true,
        'docker compose exec -T postgres psql -U postgres -d factsway -c "select 1 # neither"',
      ],
      [
        'Diagnosis',
        true,
        `curl -fsSG http://127.0.0.1:9090/api/v1/query --data-urlencode 'query=up{job="a"} == 0'`,
      ],
      ['Mitigation', false, 'factsway-install up --set edge.httpPort=80'],
    ]);
    expect(runbook.queries).toEqual(['up{job="a"} == 0']);
  });

  it.each([
    ['a  # b', 'a', '# b'],
    ['# b', '', '# b'],
    ['a # b', 'a # b', ''],
    ['a', 'a', ''],
  ])('%j: the comment is what stands behind two spaces', (line, command, comment) => {
    expect(splitComment(line)).toEqual({ command, comment });
  });

  it.each([
    ['a b | c', [['a', 'b'], ['c']]],
    [`a 'b | c' "d;e"`, [['a', 'b | c', 'd;e']]],
    ['sudo a && b; c', [['a'], ['b'], ['c']]],
    ['a $(b c) d', [['a'], ['b', 'c'], ['d']]],
    ['a b > /c 2>/dev/null | d >> e', [['a', 'b'], ['d']]],
    ["a ''", [['a', '']]],
    ['', []],
  ])('%j is the commands %j', (line, commands) => {
    expect(commandsIn(line)).toEqual(commands);
  });
});

describe('the page', () => {
  const page = renderRunbook(parseRunbook('DiskFull', PLAIN), {
    name: 'DiskFull',
    severity: 'critical',
    area: 'host',
  });

  it('has the title, the severity, its sections and links that are served', () => {
    expect(page).toContain('<h1>Disk<wbr>Full</h1>');
    expect(page).toContain('<span class="severity critical">critical</span>');
    for (const id of ['meaning', 'impact', 'diagnosis', 'mitigation', 'tell-the-client'])
      expect(page).toContain(`<h2 id="${id}">`);
    expect(page).toContain('<a href="ServiceDown.html">ServiceDown</a>');
    expect(page).toContain('<a href="./">');
  });

  it('keeps every command as one thing to select, and escapes it', () => {
    expect(page).toContain('<code>factsway-install up@{dir-option} --set edge.httpPort=80</code>');
    expect(page).toContain('<span class="comment"># frees it</span>');
    expect(page).toContain('query=up{job=&quot;a&quot;} == 0');
  });

  it('is listed with the first sentence of its meaning', () => {
    const runbook = parseRunbook('DiskFull', PLAIN);
    const index = renderIndex([runbook], [{ name: 'DiskFull', severity: 'info', area: 'host' }]);
    expect(index).toContain('<a href="DiskFull.html">DiskFull</a><p>A disk is full.</p>');
  });
});
