import { defineCheck, doubt, fine } from './check.ts';

/** PostgreSQL, Prometheus and the proxy each hold some hundred; a container inherits the engine's limit. */
const PER_CONTAINER = 4096;
const LEFT = 65_536;

export const openFiles = defineCheck({
  name: 'open-files',
  proves: 'Containers may open as many files as databases and proxies do.',
  warns: `fewer than ${PER_CONTAINER} for a container, or fewer than ${LEFT} left on the whole server`,
  codes: [],
  remedy: 'LimitNOFILE of the Docker service, or sudo sysctl -w fs.file-max=1000000',
  purposes: ['install'],
  needs: ['machine'],
  analyse({ machine: { openFiles: all, engineOpenFiles: each } }) {
    if (each !== undefined && each < PER_CONTAINER)
      return doubt(
        `containers may open ${each} files; ${PER_CONTAINER} are recommended`,
        'Raise LimitNOFILE: sudo systemctl edit docker   then: sudo systemctl restart docker',
      );
    const left = all === undefined ? undefined : all.most - all.open;
    if (left !== undefined && left < LEFT)
      return doubt(
        `the server may open ${left} more files; ${LEFT} are recommended`,
        'Raise the limit: sudo sysctl -w fs.file-max=1000000   and in /etc/sysctl.d for good',
      );
    return fine(
      each === undefined ? 'enough on the server' : `${each} for each container, enough in all`,
    );
  },
});
