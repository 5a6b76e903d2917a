import { connect, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProxyAnswer, ProxyQuestion } from '../model/proxy-answer.ts';
import { codeOf } from './file-errors.ts';

/** Long enough for a status line, and no more is read. */
const MOST_BYTES = 4096;
const BEGINNING = 'HTTP/';

/**
 * Asks a proxy as a client would, at an address its name was found to have, and reads its first line. Never rejects;
 * ends after `milliseconds`. Whether the certificate of an https:// proxy is good is for its clients to judge.
 */
export function probeProxy(
  { proxy, method, target }: ProxyQuestion,
  address: string,
  milliseconds: number,
): Promise<ProxyAnswer> {
  const { protocol, hostname, port } = new URL(proxy);
  const secure = protocol === 'https:';
  const at = { host: address, port: port === '' ? (secure ? 443 : 80) : Number(port) };
  const name = hostname.replace(/^\[|\]$/g, '');
  const servername = isIPv6(name) || /^[\d.]+$/.test(name) ? '' : name;
  return new Promise((resolve) => {
    let connected = false;
    let read = '';
    const socket: Socket = secure
      ? connectTls({ ...at, servername, rejectUnauthorized: false })
      : connect(at);
    const end = (answer: ProxyAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      end(connected ? { answer: 'silent' } : { answer: 'unreachable', reason: 'no answer' });
    }, milliseconds);
    socket.once('connect', () => {
      connected = true;
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.write(question(method, target));
    });
    socket.on('data', (part: Buffer) => {
      read += part.toString('latin1');
      const line = /^HTTP\/\d(?:\.\d)? (\d{3})[ \r\n]/.exec(read);
      if (line) end({ answer: 'status', status: Number(line[1]) });
      else if (!isBeginning(read) || read.length > MOST_BYTES) end({ answer: 'foreign' });
    });
    socket.once('error', (error) => {
      end(connected ? { answer: 'foreign' } : { answer: 'unreachable', reason: codeOf(error) });
    });
    socket.once('end', () => {
      end({ answer: 'foreign' });
    });
  });
}

const isBeginning = (text: string): boolean =>
  !text.includes('\n') && text.slice(0, BEGINNING.length) === BEGINNING.slice(0, text.length);

/** RFC 9112: CONNECT names host and port, everything else the whole address. */
function question(method: ProxyQuestion['method'], target: string): string {
  const host = target.replace(/:\d+$/, '');
  return method === 'CONNECT'
    ? `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`
    : `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}
