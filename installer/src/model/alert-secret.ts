import { targetForm, type TargetForm } from './alert-target.ts';

/** What the secret file of a receiver looks like; what is in it leaves no function that reads it. */
export type AlertSecretState =
  | { readonly state: 'absent' | 'empty' | 'unreadable' | 'lines' }
  | { readonly state: 'text'; readonly form: TargetForm; readonly isRoutingKey: boolean };

/** Integration keys of PagerDuty: 32 letters and digits. */
const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;

/** Alertmanager takes away what stands around the text; a line break inside would be part of it. */
export function alertSecretState(text: string | undefined): AlertSecretState {
  if (text === undefined) return { state: 'absent' };
  const value = text.trim();
  if (value === '') return { state: 'empty' };
  if (/[\r\n]/.test(value)) return { state: 'lines' };
  return { state: 'text', form: targetForm(value), isRoutingKey: ROUTING_KEY.test(value) };
}
