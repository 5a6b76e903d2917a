import { FactswayError } from '../../model/errors.ts';
import { CONFIG_OPTIONS, configRequest, type Command } from '../command.ts';

export const database: Command = {
  name: 'database',
  summary: 'print the SQL that makes the roles on a PostgreSQL of your own',
  description:
    'For postgres.mode external. `database sql` prints statements for psql: the database, its three roles and their rights, with the names of factsway.yaml and no password. The installer never needs an administrator of your server; whoever is one runs them. Changes nothing.',
  examples: [
    { command: 'factsway-install database sql', does: 'with the names of this instance' },
    {
      command:
        'factsway-install database sql --set postgres.mode=external --set postgres.external.host=db.example.com --set postgres.external.users.app=fw_app',
      does: 'before there is an instance, with a name of your own',
    },
  ],
  argument: { name: 'what', description: 'sql', optional: true },
  options: CONFIG_OPTIONS.filter(({ flags }) => flags !== '--overwrite-edited'),
  changes: false,
  async run(input, ports) {
    if (input.argument !== 'sql')
      throw new FactswayError(
        'FW-USAGE',
        `There is nothing called "${input.argument ?? ''}" to print.`,
        'Use: factsway-install database sql',
      );
    const { databaseSql } = await import('../../flows/database-sql.ts');
    const sql = await databaseSql(configRequest(input), ports);
    return { result: { sql }, text: '', verbatim: sql.trimEnd() };
  },
};
