import { parseDocument } from 'yaml';
import { explicitSettings, settingsAsText, type Setting } from '../../config/edit-config.ts';
import type { Files } from '../../ports/files.ts';
import type { InstancePaths } from '../paths.ts';
import { idOf, type Question, type Value } from './question.ts';
import type { Answers } from './survey.ts';

const HEADER = `# Answers of factsway-install, saved after each question. No secret is among them.
# The installer goes on from here; or hand them over: factsway-install install --answers FILE
`;

/** Saved answers that still have a question, and those that no longer do. */
export type SavedAnswers = { readonly answers: Answers; readonly unknown: readonly string[] };

/** The text of an answers file: the keys of factsway.yaml, as --answers reads them. */
export function answersText(settings: readonly Setting[]): string {
  return `${HEADER}${settingsAsText(settings)}`;
}

/** Reads back what an earlier version may have written: whatever has no question any more is told, not refused. */
export function readAnswersText(text: string, questions: readonly Question[]): SavedAnswers {
  const document = parseDocument(text);
  if (document.errors.length > 0) return { answers: {}, unknown: [] };
  const answers: Record<string, Value> = {};
  const unknown: string[] = [];
  for (const { path, value } of explicitSettings(document)) {
    const id = path.join('.');
    if (isValue(value) && questions.some((question) => idOf(question) === id)) answers[id] = value;
    else unknown.push(id);
  }
  return { answers, unknown };
}

const isValue = (value: unknown): value is Value =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Undefined where an earlier run saved nothing. */
export async function loadAnswers(
  paths: InstancePaths,
  files: Files,
  questions: readonly Question[],
): Promise<SavedAnswers | undefined> {
  const text = await files.readText(paths.answers);
  return text === undefined ? undefined : readAnswersText(text, questions);
}

export function saveAnswers(
  paths: InstancePaths,
  files: Files,
  settings: readonly Setting[],
): Promise<void> {
  return files.write(paths.answers, answersText(settings), { mode: 0o600 });
}
