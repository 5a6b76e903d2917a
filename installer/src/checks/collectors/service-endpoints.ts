import { CONTRACT_PATHS, type ServiceEndpoints } from '../facts.ts';
import { SERVICES } from '../../catalog/services/index.generated.ts';
import { findContainer, type InstanceView } from './instance-view.ts';

/** Asks inside the container, on its own loopback: no port of a service is published for this. */
const ASK = `
Promise.all(process.argv.slice(1).map(async (path) => {
  try {
    const response = await fetch('http://127.0.0.1:' + process.env.PORT + path, { signal: AbortSignal.timeout(10000) });
    return [path, { status: response.status, contentType: response.headers.get('content-type') ?? '', body: await response.text() }];
  } catch (error) {
    return [path, { status: 0, contentType: '', body: String(error.cause?.message ?? error.message) }];
  }
})).then((entries) => process.stdout.write(JSON.stringify(Object.fromEntries(entries))));
`;

/** The four endpoints of the platform contract, of each service in the serving slot. One dead service does not hide the others. */
export function collectServiceEndpoints(view: InstanceView): Promise<ServiceEndpoints[]> {
  const slot = view.catalog.context.activeSlot;
  return Promise.all(
    SERVICES.map(async ({ name }): Promise<ServiceEndpoints> => {
      const container = await findContainer(view, `${name}-${slot}`);
      if (container?.state !== 'running')
        return { service: name, unreachable: `is ${container?.state ?? 'missing'}`, answers: {} };
      const result = await view.ports.docker.exec(container.id, [
        'node',
        '-e',
        ASK,
        ...CONTRACT_PATHS,
      ]);
      if (result.exitCode !== 0)
        return {
          service: name,
          unreachable: `cannot be asked: ${result.stderr.trim().split('\n')[0] ?? ''}`,
          answers: {},
        };
      return {
        service: name,
        unreachable: '',
        answers: JSON.parse(result.stdout) as ServiceEndpoints['answers'],
      };
    }),
  );
}
