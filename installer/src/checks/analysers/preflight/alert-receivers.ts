import { drillable, receiversOf } from '../../../catalog/alert-routing.ts';
import { judgeAlertSecrets } from '../alert-secrets.ts';
import { defineCheck, fine } from './check.ts';

export const alertReceivers = defineCheck({
  name: 'alert-receivers',
  proves:
    'The secret file of every receiver of alerts is there and looks like what belongs in it. That messages arrive is proven by verify --drill alert.',
  warns:
    'a PagerDuty key that is not 32 letters and digits, or an address without encryption in a network of your own',
  fails: 'missing, empty, unreadable, several lines, no https:// address, or one of this server',
  codes: ['FW-SECRET-NEEDED', 'FW-ALERT-SECRET'],
  remedy: 'install -m 600 /dev/stdin secrets/NAME',
  purposes: ['install', 'upgrade'],
  needs: ['alertSecrets'],
  applies: ({ context }) => drillable(context.config).length > 0,
  analyse({ alertSecrets }, { catalog, directory }) {
    const verdict = judgeAlertSecrets(alertSecrets, directory);
    if (verdict.status !== 'pass') return verdict;
    const { config } = catalog.context;
    const told = receiversOf('critical', config);
    const alone = told.length === 1 ? ' alone: when that fails, nobody is told' : '';
    const outside =
      config.monitoring.receivers.deadMansSwitch.enabled === true
        ? ''
        : '; without a dead man’s switch nobody notices when this server itself is gone';
    return fine(`what is critical goes to ${told.join(', ') || 'nobody'}${alone}${outside}`);
  },
});
