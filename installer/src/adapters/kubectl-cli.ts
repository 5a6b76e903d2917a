import { execa, type ExecaError } from 'execa';
import { FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';
import type { Kustomize } from '../ports/kustomize.ts';

/** Far more than 256 services are. */
const LARGEST = 256 * 1024 * 1024;

/** `kubectl kustomize`: it reads files and asks no cluster. */
export const kubectlCli: Kustomize = {
  async build(directory) {
    try {
      const { stdout } = await execa('kubectl', ['kustomize', directory], {
        stdin: 'ignore',
        maxBuffer: LARGEST,
      });
      return stdout;
    } catch (thrown) {
      const error = thrown as ExecaError<{ encoding: 'utf8' }>;
      if (error.code === 'ENOENT')
        throw new FactswayError(
          'FW-KUBECTL-MISSING',
          'The report compares what Compose and kubectl make of their files, and there is no kubectl here.',
          'Install it: https://kubernetes.io/docs/tasks/tools/   or export without --report',
        );
      throw new FactswayError(
        'FW-KUSTOMIZE-REFUSED',
        'kubectl kustomize could not build an overlay.',
        `The same by hand: kubectl kustomize ${shellWord(directory)}`,
        error.stderr.trim().split('\n').slice(-5),
      );
    }
  },
};
