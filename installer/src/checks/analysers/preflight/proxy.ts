import { hasProxy } from '../../../catalog/outgoing-proxy.ts';
import type { InstanceConfig } from '../../../model/config.ts';
import { singleQuoted } from '../../../model/shell.ts';
import { defineCheck, doubt, fine } from './check.ts';

const LOCAL = ['localhost', '127.0.0.1'];
const PLAIN_ADDRESS = /^https?:\/\/[\w.[\]:-]+\/?$/;

type Finding = readonly [found: string, remedy: string];
type Set = { readonly name: string; readonly value: string };

export const proxy = defineCheck({
  name: 'proxy',
  proves:
    'Settings of a web proxy are addresses, spare this machine itself, and reach the engine that fetches images.',
  warns:
    'no address, NO_PROXY without localhost and 127.0.0.1, an engine without the proxy of the shell or of network.proxy where images come from registries, or a proxy that the docker command gives all containers',
  codes: [],
  remedy:
    'NO_PROXY=localhost,127.0.0.1; HTTPS_PROXY in /etc/systemd/system/docker.service.d/http-proxy.conf; --set network.proxy.https=URL',
  purposes: ['install'],
  needs: ['proxy'],
  analyse({ proxy: { shell, engine, containers } }, { catalog }) {
    const { config } = catalog.context;
    const set = ['HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) => {
      const value = shell[name];
      return value === undefined ? [] : [{ name, value }];
    });
    const findings = [
      ...ofTheShell(set, shell['NO_PROXY'] ?? ''),
      ...ofTheEngine(set, engine, config),
      ...ofAllContainers(containers, config),
    ];
    const [first] = findings;
    if (first)
      return doubt(
        first[0],
        first[1],
        findings.slice(1).map(([found]) => found),
      );
    const ours = Object.entries(config.network.proxy).flatMap(([key, value]) =>
      typeof value === 'string' ? [`network.proxy.${key}=${value}`] : [],
    );
    const via = engine === '' ? '' : `the engine fetches through ${engine}`;
    const own = [...set.map(({ name, value }) => `${name}=${value}`), ...ours].join(' ');
    return fine([own, via].filter((part) => part !== '').join('; ') || 'none');
  },
});

function ofTheShell(set: readonly Set[], noProxy: string): Finding[] {
  const exempt = noProxy.split(/[\s,]+/);
  const spares = exempt.includes('*') || LOCAL.every((name) => exempt.includes(name));
  return [
    ...set
      .filter(({ value }) => !isAddress(value))
      .map(({ name, value }): Finding => [
        `${name} is "${value}", which is no address`,
        `Write it with its scheme: export ${name}=http://proxy.example.com:3128`,
      ]),
    ...(set.length > 0 && !spares
      ? [
          [
            'a proxy is set, but NO_PROXY does not spare localhost and 127.0.0.1',
            'Spare them: export NO_PROXY=localhost,127.0.0.1',
          ] as const,
        ]
      : []),
  ];
}

/** The engine pulls by settings of its own: neither a shell nor factsway.yaml reaches it. */
function ofTheEngine(set: readonly Set[], engine: string, config: InstanceConfig): Finding[] {
  if (engine !== '' || config.images.source === 'debian') return [];
  const { http, https } = config.network.proxy;
  const known = https ?? http;
  const fromShell = set.find(({ name }) => name === 'HTTPS_PROXY') ?? set[0];
  if (known === undefined && fromShell === undefined) return [];
  const who = known === undefined ? 'this shell has a proxy' : 'network.proxy is set';
  return [
    [
      `${who}, but the Docker Engine fetches images without one`,
      giveToEngine(known ?? fromShell?.value ?? ''),
    ],
  ];
}

/** A file of its own beside the unit of the engine, which an update of Docker leaves alone. */
function giveToEngine(address: string): string {
  const url = PLAIN_ADDRESS.test(address) ? address : 'http://PROXY:PORT';
  const lines = String.raw`[Service]\nEnvironment="HTTP_PROXY=${url}" "HTTPS_PROXY=${url}" "NO_PROXY=localhost,127.0.0.1"\n`;
  const directory = '/etc/systemd/system/docker.service.d';
  return `Give it to the engine: sudo mkdir -p ${directory} && printf ${singleQuoted(lines)} | sudo tee ${directory}/http-proxy.conf && sudo systemctl daemon-reload && sudo systemctl restart docker`;
}

/** What network.proxy gives a container goes before it; the others would still have it, and spare nothing. */
function ofAllContainers(containers: string, config: InstanceConfig): Finding[] {
  if (containers === '') return [];
  const url = PLAIN_ADDRESS.test(containers) ? containers : 'URL';
  const instead = hasProxy(config)
    ? '; network.proxy gives it to those that need it'
    : `, and give it to those that need it instead: --set network.proxy.https=${url}`;
  return [
    [
      `the docker command gives every container the proxy ${containers}: requests between them would go there`,
      `Take "proxies" out of ~/.docker/config.json${instead}`,
    ],
  ];
}

function isAddress(value: string): boolean {
  try {
    const { protocol, hostname } = new URL(value);
    return /^(https?|socks5h?):$/.test(protocol) && hostname !== '';
  } catch {
    return false;
  }
}
