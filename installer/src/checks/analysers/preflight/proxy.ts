import { defineCheck, doubt, fine } from './check.ts';

const LOCAL = ['localhost', '127.0.0.1'];

export const proxy = defineCheck({
  name: 'proxy',
  proves:
    'Settings of a web proxy are addresses, spare this machine itself, and reach the engine that fetches images.',
  warns:
    'no address, NO_PROXY without localhost and 127.0.0.1, an engine without the proxy of the shell, or a proxy for all containers',
  codes: [],
  remedy: 'NO_PROXY=localhost,127.0.0.1; sudo systemctl edit docker',
  purposes: ['install'],
  needs: ['proxy'],
  analyse({ proxy: { shell, engine, containers } }, { catalog }) {
    const set = ['HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) => {
      const value = shell[name];
      return value === undefined ? [] : [{ name, value }];
    });
    const exempt = (shell['NO_PROXY'] ?? '').split(/[\s,]+/);
    const broken = set.filter(({ value }) => !isAddress(value));
    const fetches = catalog.context.config.images.source !== 'debian';
    const findings: (readonly [string, string])[] = [
      ...broken.map(
        ({ name, value }) =>
          [
            `${name} is "${value}", which is no address`,
            `Write it with its scheme: export ${name}=http://proxy.example.com:3128`,
          ] as const,
      ),
      ...(set.length > 0 && !exempt.includes('*') && !LOCAL.every((name) => exempt.includes(name))
        ? [
            [
              'a proxy is set, but NO_PROXY does not spare localhost and 127.0.0.1',
              'Spare them: export NO_PROXY=localhost,127.0.0.1',
            ] as const,
          ]
        : []),
      ...(set.length > 0 && engine === '' && fetches
        ? [
            [
              'this shell has a proxy, but the Docker Engine fetches images without one',
              'Give it to the engine: sudo systemctl edit docker   ([Service] Environment=HTTPS_PROXY=…)   then: sudo systemctl restart docker',
            ] as const,
          ]
        : []),
      ...(containers === ''
        ? []
        : [
            [
              `the docker command gives every container the proxy ${containers}: requests between them would go there`,
              'Take "proxies" out of ~/.docker/config.json',
            ] as const,
          ]),
    ];
    const [first] = findings;
    if (first)
      return doubt(
        first[0],
        first[1],
        findings.slice(1).map(([found]) => found),
      );
    const via = engine === '' ? '' : `the engine fetches through ${engine}`;
    const own = set.map(({ name, value }) => `${name}=${value}`).join(' ');
    return fine([own, via].filter((part) => part !== '').join('; ') || 'none');
  },
});

function isAddress(value: string): boolean {
  try {
    const { protocol, hostname } = new URL(value);
    return /^(https?|socks5h?):$/.test(protocol) && hostname !== '';
  } catch {
    return false;
  }
}
