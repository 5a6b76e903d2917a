import { EDGE_PORTS } from './components/edge.ts';

/** What the proxy says of itself where only its own container hears it: `b`, the slot. */
export const SERVING_URL = `http://127.0.0.1:${EDGE_PORTS.metrics}/serving`;
/** The front door is closed as long as this is there; relative to the instance directory. */
export const CLOSED_FILE = 'config/edge/maintenance/closed';
/** Requests go to slot b as long as this is there, and to slot a otherwise; relative to the instance directory. */
export const SLOT_B_FILE = 'config/edge/slots/b';
