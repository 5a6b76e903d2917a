import { execa } from 'execa';

/** docker with an array of arguments; throws when it fails. */
export async function docker(...argv: string[]): Promise<string> {
  return (await execa('docker', argv, { stdin: 'ignore' })).stdout;
}

/** The same, with the exit code and both streams instead of a throw. */
export async function dockerTry(...argv: string[]): Promise<{ exitCode: number; output: string }> {
  const { exitCode, all } = await execa('docker', argv, {
    stdin: 'ignore',
    reject: false,
    all: true,
  });
  return { exitCode: exitCode ?? -1, output: all };
}

/** Names of a project's containers in a state, e.g. `running`; all of them without one. */
export async function containersOf(project: string, state?: string): Promise<string[]> {
  const filters = [
    '--filter',
    `label=com.docker.compose.project=${project}`,
    ...(state === undefined ? [] : ['--filter', `status=${state}`]),
  ];
  const names = await docker(
    'ps',
    '--all',
    ...filters,
    '--format',
    '{{.Label "com.docker.compose.service"}}',
  );
  return names
    .split('\n')
    .filter((name) => name !== '')
    .sort();
}

/** Names of a project's networks. */
export async function networksOf(project: string): Promise<string[]> {
  const filter = `label=com.docker.compose.project=${project}`;
  const names = await docker('network', 'ls', '--filter', filter, '--format', '{{.Name}}');
  return names.split('\n').filter((name) => name !== '');
}

/** Container id of a project's service. */
export async function containerId(project: string, service: string): Promise<string> {
  const id = await docker(
    'ps',
    '--all',
    '--quiet',
    '--no-trunc',
    '--filter',
    `label=com.docker.compose.project=${project}`,
    '--filter',
    `label=com.docker.compose.service=${service}`,
  );
  if (id === '') throw new Error(`no container of ${service}`);
  return id;
}

/** Everything that would differ if somebody had touched the long-running containers: id, start and restarts. */
export async function fingerprint(project: string): Promise<string> {
  const ids = (
    await docker(
      'ps',
      '--quiet',
      '--no-trunc',
      '--filter',
      `label=com.docker.compose.project=${project}`,
    )
  )
    .split('\n')
    .sort();
  return docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}', ...ids);
}

/** Removes a project with everything Docker keeps of it. */
export async function removeProject(project: string): Promise<void> {
  const label = `label=com.docker.compose.project=${project}`;
  for (const [list, remove] of [
    [
      ['ps', '--all', '--quiet', '--filter', label],
      ['rm', '--force', '--volumes'],
    ],
    [
      ['volume', 'ls', '--quiet', '--filter', label],
      ['volume', 'rm', '--force'],
    ],
    [
      ['network', 'ls', '--quiet', '--filter', label],
      ['network', 'rm'],
    ],
  ] as const) {
    const ids = (await docker(...list)).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await docker(...remove, ...ids);
  }
}

/** One value from the database of a project, as the superuser inside the container. */
export async function query(project: string, sql: string, database = 'factsway'): Promise<string> {
  return docker(
    'exec',
    await containerId(project, 'postgres'),
    'psql',
    '-XAtq',
    '-v',
    'ON_ERROR_STOP=1',
    '-U',
    'postgres',
    '-d',
    database,
    '-c',
    sql,
  );
}

/** Waits for a condition, asking twice a second; throws what it waited for when the time is up. */
export async function until(
  what: string,
  seconds: number,
  condition: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
