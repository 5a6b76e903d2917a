import { isOlder, MINIMUM_COMPOSE } from '../../../model/docker-versions.ts';
import { defineCheck, fine, refusal } from './check.ts';

export const compose = defineCheck({
  name: 'compose',
  proves: 'The Compose plugin of the docker command is there and new enough.',
  fails: `missing, or older than ${MINIMUM_COMPOSE}`,
  codes: ['FW-COMPOSE-MISSING', 'FW-DOCKER-TOO-OLD'],
  remedy:
    'sudo apt install docker-compose-plugin, or https://docs.docker.com/compose/install/linux/',
  purposes: ['install', 'upgrade'],
  needs: ['compose'],
  answersFor: 'compose',
  analyse({ compose: { version } }) {
    return isOlder(version, MINIMUM_COMPOSE)
      ? refusal(
          'FW-DOCKER-TOO-OLD',
          `Docker Compose is ${version}; ${MINIMUM_COMPOSE} or newer is needed`,
          'Update it (https://docs.docker.com/compose/install/linux/), then run the command again',
        )
      : fine(`Docker Compose ${version}`);
  },
});
