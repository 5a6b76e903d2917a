import { defineCheck, doubt, fine } from './check.ts';

export const dns = defineCheck({
  name: 'dns',
  proves: 'A name server answers.',
  warns:
    'none is configured, or none answers; what needs it (images to fetch) fails by its own check',
  codes: [],
  remedy: 'resolvectl status; /etc/resolv.conf',
  purposes: ['install', 'upgrade'],
  needs: ['dns'],
  analyse({ dns: { servers, answers } }) {
    const list = servers.join(', ');
    if (servers.length === 0)
      return doubt(
        'no name server is configured',
        'Name one: /etc/resolv.conf   or: resolvectl status',
      );
    return answers
      ? fine(`${list} answers`)
      : doubt(
          `${list} does not answer`,
          'Look at it: resolvectl status   or: cat /etc/resolv.conf   and at the firewall (port 53)',
        );
  },
});
