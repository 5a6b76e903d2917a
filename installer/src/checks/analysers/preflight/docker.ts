import { defineCheck, fine, refusal } from './check.ts';
import { isOlder, MINIMUM_ENGINE } from '../../../model/docker-versions.ts';

export const docker = defineCheck({
  name: 'docker',
  proves: 'The Docker Engine answers this user and is new enough.',
  fails: `no answer, or older than ${MINIMUM_ENGINE}`,
  codes: ['FW-DOCKER-UNREACHABLE', 'FW-DOCKER-TOO-OLD'],
  remedy: 'sudo systemctl start docker, or https://docs.docker.com/engine/install/',
  purposes: ['install', 'upgrade'],
  needs: ['engine'],
  answersFor: 'engine',
  analyse({ engine: { version, operatingSystem, liveRestore } }) {
    return isOlder(version, MINIMUM_ENGINE)
      ? refusal(
          'FW-DOCKER-TOO-OLD',
          `Docker Engine is ${version}; ${MINIMUM_ENGINE} or newer is needed`,
          'Update it (https://docs.docker.com/engine/install/), then run the command again',
        )
      : fine(
          `Docker Engine ${version}${operatingSystem === '' ? '' : ` on ${operatingSystem}`}; its updates ${liveRestore ? 'leave containers running' : 'restart containers (live restore is off)'}`,
        );
  },
});
