import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  ERROR_BODIES,
} from '../../installer/src/model/updates/protocol.ts';

/** What Node.js found out about a request that it cannot hand over; everything else is 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what is no request as every other failure is answered, in JSON, and hangs up. For 'clientError' of a server. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  const text = JSON.stringify(ERROR_BODIES.refused);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${CONTENT_TYPES.error}`,
    `Cache-Control: ${CACHE_CONTROL.error}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
