import { defineCheck, fine, refusal } from './check.ts';

const LOOPBACK = /^tcp:\/\/(localhost|127\.|\[::1\])/;

export const dockerLocal = defineCheck({
  name: 'docker-local',
  proves:
    'The Docker Engine runs on this machine, as root, and sees the instance directory as it is.',
  fails: 'remote, another context of the docker command, rootless, or with userns-remap',
  codes: ['FW-DOCKER-REMOTE', 'FW-DOCKER-ROOTLESS'],
  remedy: 'unset DOCKER_HOST; docker context use default; the engine of the packages, run by root',
  purposes: ['install', 'upgrade'],
  needs: ['engine'],
  analyse({ engine }) {
    const { endpoint, context, rootIsHere, rootDirectory, operatingSystem, securityOptions } =
      engine;
    const elsewhere = 'the files of the instance would not exist there';
    if (!endpoint.startsWith('unix://') && !LOOPBACK.test(endpoint))
      return refusal(
        'FW-DOCKER-REMOTE',
        `the engine is at ${endpoint}: ${elsewhere}`,
        'Run the installer on that machine, or use the engine of this one: unset DOCKER_HOST',
      );
    if (context !== '')
      return refusal(
        'FW-DOCKER-REMOTE',
        `the docker command uses its context "${context}", the installer ${endpoint}: they may be two engines`,
        'Use one: docker context use default',
      );
    if (operatingSystem.startsWith('Docker Desktop'))
      return refusal(
        'FW-DOCKER-REMOTE',
        `the engine is Docker Desktop, which runs in a virtual machine: ${elsewhere}`,
        'Install the engine itself: https://docs.docker.com/engine/install/',
      );
    if (!rootIsHere)
      return refusal(
        'FW-DOCKER-REMOTE',
        `the engine keeps its data in ${rootDirectory}, which does not exist here: ${elsewhere}`,
        'Run the installer where the engine runs, not in a container or on another machine',
      );
    const mapping = securityOptions.find((option) => /^name=(rootless|userns)/.test(option));
    if (mapping !== undefined)
      return refusal(
        'FW-DOCKER-ROOTLESS',
        `the engine maps users (${mapping.replace(/^name=/, '').replace(/,.*/, '')}): containers could not read the secret files of their owners`,
        'Use an engine run by root, without userns-remap: https://docs.docker.com/engine/install/',
      );
    return fine(`reached at ${endpoint}, data in ${rootDirectory}`);
  },
});
