import { defineCheck, doubt, fine } from './check.ts';

export const dockerBoot = defineCheck({
  name: 'docker-boot',
  proves: 'Docker starts with the server, and the platform with it.',
  warns: 'its service is not enabled, or there is no systemd to ask',
  codes: [],
  remedy: 'sudo systemctl enable --now docker',
  purposes: ['install'],
  needs: ['boot'],
  analyse({ boot: { state, unit } }) {
    if (state === undefined)
      return doubt(
        'whether Docker starts with the server cannot be told: this system does not run systemd',
        'Look at your init system, and when Docker starts at boot: --skip-check docker-boot',
      );
    if (state === 'enabled' || state === 'static' || state === 'alias')
      return fine(`${unit} is ${state}`);
    return doubt(
      `${unit} is ${state}: after a reboot nothing would run`,
      'Start it with the server: sudo systemctl enable --now docker',
    );
  },
});
