import { expect, it } from 'vitest';
import { alertSecretState } from './alert-secret.ts';
import { targetForm } from './alert-target.ts';

it.each([
  ['https://hooks.slack.com/services/T0/B0/x', 'https'],
  ['HTTPS://hooks.slack.com/x', 'https'],
  ['https://user:word@alerts.firm.example/', 'https'],
  ['https://10.0.0.5/x', 'https'],
  ['http://10.0.0.5:8080/x', 'http-inside'],
  ['http://172.20.0.1/', 'http-inside'],
  ['http://[fd00::5]/', 'http-inside'],
  ['http://alerts/x', 'http-inside'],
  ['http://alerts.firm.internal/x', 'http-inside'],
  ['http://alerts.firm.example/x', 'http-public'],
  ['http://8.8.8.8/', 'http-public'],
  ['http://172.32.0.1/', 'http-public'],
  ['https://localhost/x', 'loopback'],
  ['http://127.0.0.1:9093/', 'loopback'],
  ['http://127.1/', 'loopback'],
  ['http://2130706433/', 'loopback'],
  ['http://[::1]/', 'loopback'],
  ['http://[::ffff:127.0.0.1]/', 'loopback'],
  ['http://0.0.0.0/', 'loopback'],
  ['hooks.slack.com/services/x', 'none'],
  ['https://', 'none'],
  ['ftp://a/b', 'none'],
  ['https://a b', 'none'],
  ['', 'none'],
])('%s is %s', (text, form) => {
  expect(targetForm(text)).toBe(form);
});

it.each([
  [undefined, { state: 'absent' }],
  ['', { state: 'empty' }],
  [' \n', { state: 'empty' }],
  ['https://a.example/\nhttps://b.example/\n', { state: 'lines' }],
  ['https://a.example/x\r\n', { state: 'text', form: 'https', isRoutingKey: false }],
  [`${'a1'.repeat(16)}\n`, { state: 'text', form: 'none', isRoutingKey: true }],
  ['a1'.repeat(15), { state: 'text', form: 'none', isRoutingKey: false }],
])('a file of %j is %j', (text, state) => {
  expect(alertSecretState(text)).toEqual(state);
});
