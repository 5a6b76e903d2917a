// Stands for kubectl: writes down what it is asked, answers as the scenario says, and leaves `kustomize` to the real one.
// What a scenario says is a list of { match, out, code, once } in answers.json, the first that fits counts.
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.env['FAKE_KUBECTL'] ?? '.';
const args = process.argv.slice(2);
const line = args.join(' ');
if (args[0] === 'kustomize') {
  process.stdout.write(
    execFileSync(process.env['REAL_KUBECTL'] ?? 'kubectl', args, { maxBuffer: 1e8 }),
  );
  process.exit(0);
}
const asked = line.replaceAll(/--filename \S+\/all\.yaml/g, '--filename all.yaml');
appendFileSync(join(directory, 'asked.log'), `${asked}\n`);
const answers = JSON.parse(readFileSync(join(directory, 'answers.json'), 'utf8'));
const index = answers.findIndex(({ match }) => new RegExp(match).test(line));
const answer = answers[index];
if (answer?.once) {
  answers.splice(index, 1);
  writeFileSync(join(directory, 'answers.json'), JSON.stringify(answers));
}
process.stdout.write(answer?.out ?? '');
process.exit(answer?.code ?? 0);
