import { describe, expect, it } from 'vitest';
import { parseCaddyfile, withTlsInFront } from './caddyfile.ts';
import { alertForm, scrapeForm, settingsForm } from './config-forms.ts';

describe('a Caddyfile', () => {
  const HERE = `{
	# a comment
	admin off
	auto_https disable_redirects
	default_sni law.example
	skip_install_trust
}
(platform) {
	reverse_proxy records-service-a:3001 {
		lb_try_duration 5s
	}
}
https://law.example {
	tls internal
	import platform
}
https:// {
	header -Server
	header Content-Type application/json
	respond \`{"error":{"code":"421","message":"This server is reached by its own name only."}}\` 421
}
http:// {
	handle /factsway-root.crt {
		rewrite * /root.crt
		root * /data/caddy/pki/authorities/local
		header Content-Type application/x-x509-ca-cert
		file_server
	}
	handle {
		header -Server
		redir https://{host}{uri} 308
	}
}
`;
  const THERE = `{
	admin off
	auto_https off
}
(platform) {
	reverse_proxy records-service:3001 {
		trusted_proxies private_ranges
		lb_try_duration 5s
	}
}
http:// {
	import platform
}
`;

  it('of which TLS is taken is that of the cluster', () => {
    expect(withTlsInFront(parseCaddyfile(HERE), 'law.example')).toEqual(parseCaddyfile(THERE));
  });

  it.each([
    'skip_install_trust',
    'default_sni law.example',
    'tls internal',
    'file_server',
    '{uri} 308',
    '421',
  ])('that says something else than "%s" is none of ours', (part) => {
    const changed = HERE.replaceAll(part, `${part}x`);
    expect(withTlsInFront(parseCaddyfile(changed), 'law.example')).toBeUndefined();
  });

  it('with a brace too many or too few is none', () => {
    expect(() => parseCaddyfile('a {\n')).toThrow('open');
    expect(() => parseCaddyfile('}\n')).toThrow('closes');
  });
});

describe('prometheus.yml', () => {
  const job = (name: string, rest: string): string =>
    `scrape_configs:\n  - job_name: ${name}\n${rest}`;
  const target = (address: string, labels: string): string =>
    `    static_configs:\n      - targets: [${address}]\n        labels: {${labels}}\n`;
  const found = (more = ''): string =>
    `    dns_sd_configs:\n      - {names: [x-service-pods], type: A, port: 80, refresh_interval: 5s${more}}\n    relabel_configs:\n      - {target_label: service, replacement: x-service}\n`;
  const here = scrapeForm(
    job('x-service', target('x-service-a:80', 'service: x-service, slot: a')),
    'compose',
  );

  it('has a static target in one place and every pod in the other', () => {
    expect(scrapeForm(job('x-service', found()), 'kubernetes')).toEqual(here);
    expect(scrapeForm(job('x-service', found(', more: 1')), 'kubernetes')).not.toEqual(here);
  });

  it('loses the slot only where name and label agree', () => {
    const other = target('x-service-a:80', 'service: x-service, slot: b');
    expect(scrapeForm(job('x-service', other), 'compose')).not.toEqual(here);
  });

  it('loses the node exporter of Compose, and nothing that only looks like it', () => {
    const empty = scrapeForm('scrape_configs: []', 'compose');
    expect(
      scrapeForm(job('node', target('node-exporter:9100', 'service: node')), 'compose'),
    ).toEqual(empty);
    expect(
      scrapeForm(job('node', target('node-exporter:9101', 'service: node')), 'compose'),
    ).not.toEqual(empty);
  });
});

it('alerts about a server are left out by the group, never with others among them', () => {
  const group = (name: string, ...alerts: string[]): string =>
    `  - name: ${name}\n    rules:\n${alerts.map((alert) => `      - alert: ${alert}\n`).join('')}`;
  const rest = `groups:\n${group('availability', 'ServiceDown')}`;
  expect(alertForm(rest + group('host', 'DiskFull'))).toEqual(alertForm(rest));
  expect(alertForm(rest + group('host', 'DiskFull', 'ServiceDown'))).not.toEqual(alertForm(rest));
  expect(alertForm(rest + group('other', 'DiskFull'))).not.toEqual(alertForm(rest));
});

it('settings of PostgreSQL are read without comments', () => {
  expect(settingsForm("# x\na = 'b=c'\n\nd = 1\n")).toEqual({ a: "'b=c'", d: '1' });
});
