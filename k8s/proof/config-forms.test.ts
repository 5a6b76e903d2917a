import { describe, expect, it } from 'vitest';
import { parseCaddyfile, withTlsInFront } from './caddyfile.ts';
import { withOneSlot } from './one-slot.ts';
import { alertForm, scrapeForm, settingsForm } from './config-forms.ts';

describe('a Caddyfile', () => {
  const HERE = `{
	# a comment
	admin off
	auto_https disable_redirects
	default_sni law.example
	skip_install_trust
}
(service) {
	lb_try_duration 5s
}
(platform) {
	reverse_proxy records-service:3001 {
		import service
	}
	reverse_proxy 127.0.0.1:3000 {
	}
}
https://law.example {
	tls internal
	import platform
}
https:// {
	log
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
(service) {
	trusted_proxies private_ranges
	lb_try_duration 5s
}
(platform) {
	reverse_proxy records-service:3001 {
		import service
	}
	reverse_proxy 127.0.0.1:3000 {
		trusted_proxies private_ranges
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

describe('a Caddyfile with two slots', () => {
  const HERE = `(platform) {
	route {
		handle /healthz {
			respond "ok" 200
		}
		@closed {
			not path /runbooks /runbooks/* /grafana /grafana/*
			file {
				root /etc/caddy/maintenance
				try_files /closed
			}
		}
		handle @closed {
			header Retry-After 30
			header Cache-Control no-store
			@browser header Accept *text/html*
			handle @browser {
				root * /etc/caddy/maintenance
				rewrite * /page.html
				file_server {
					status 503
				}
			}
			handle {
				header Content-Type application/json
				respond \`{"error":{"code":"maintenance","message":"The platform is being updated and will be back in a few minutes."}}\` 503
			}
		}
		handle @facts-service {
			@b file {
				root /etc/caddy/slots
				try_files /b
			}
			handle @b {
				reverse_proxy facts-service-b:3006 {
					import service
				}
			}
			handle {
				reverse_proxy facts-service-a:3006 {
					import service
				}
			}
		}
	}
}
http://:9180 {
	handle /serving {
		@b file {
			root /etc/caddy/slots
			try_files /b
		}
		handle @b {
			respond "b" 200
		}
		respond "a" 200
	}
}
`;
  const THERE = `(platform) {
	route {
		handle /healthz {
			respond "ok" 200
		}
		handle @facts-service {
			reverse_proxy facts-service:3006 {
				import service
			}
		}
	}
}
http://:9180 {
}
`;

  it('is that of the cluster where there are none', () => {
    expect(withOneSlot(parseCaddyfile(HERE))).toEqual(parseCaddyfile(THERE));
  });

  it.each([
    'try_files /closed',
    'status 503',
    'respond "b"',
    'try_files /b',
    'facts-service-b',
    'facts-service-a:3006',
    'handle @b',
    'Retry-After',
  ])('that says something else than "%s" is none of ours', (part) => {
    expect(withOneSlot(parseCaddyfile(HERE.replaceAll(part, `${part}x`)))).toBeUndefined();
  });

  it('in which only one of two ways was changed is none of ours', () => {
    const changed = HERE.replace('import service', 'import other');
    expect(withOneSlot(parseCaddyfile(changed))).toBeUndefined();
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
