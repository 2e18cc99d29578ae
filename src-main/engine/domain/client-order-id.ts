import type { ClientOrderId } from './identifiers.ts';

/** What an order is for; two hex digits of its id. */
export const ORDER_ROLES = ['entry', 'stop', 'target', 'exit', 'escalation', 'list'] as const;
export type OrderRole = (typeof ORDER_ROLES)[number];

export type ClientOrderIdParts = {
  /** 8 hex digits drawn once per installation. */
  readonly installation: string;
  /** Engine life, 0 to 0xffffff. */
  readonly epoch: number;
  /** Counter within the life, 0 to 2^40 - 1. */
  readonly counter: number;
  readonly role: OrderRole;
};

const FORM = /^[0-9a-f]{32}$/;
const BODY_LENGTH = 26;

/**
 * Exactly 32 lowercase hex: installation 8, epoch 6, counter 10, role 2, check 6. Valid on every venue, unique for ever,
 * recognizable as ours without a database. Throws when a part is out of range.
 */
export function makeClientOrderId(parts: ClientOrderIdParts): ClientOrderId {
  if (!/^[0-9a-f]{8}$/.test(parts.installation))
    throw new RangeError(`expected 8 hex digits, was ${parts.installation}`);
  const role = ORDER_ROLES.indexOf(parts.role);
  const body = parts.installation + hex(parts.epoch, 6) + hex(parts.counter, 10) + hex(role, 2);
  return (body + crc24(body)) as ClientOrderId;
}

/** The parts, or undefined when the text is not an id of any Leeward installation. */
export function parseClientOrderId(text: string): ClientOrderIdParts | undefined {
  if (!FORM.test(text)) return undefined;
  const body = text.slice(0, BODY_LENGTH);
  const role = ORDER_ROLES[Number.parseInt(text.slice(24, 26), 16)];
  if (role === undefined || crc24(body) !== text.slice(BODY_LENGTH)) return undefined;
  return {
    installation: text.slice(0, 8),
    epoch: Number.parseInt(text.slice(8, 14), 16),
    counter: Number.parseInt(text.slice(14, 24), 16),
    role,
  };
}

function hex(value: number, digits: number): string {
  const text = value.toString(16);
  if (!Number.isSafeInteger(value) || value < 0 || text.length > digits) {
    throw new RangeError(`expected an integer of at most ${digits} hex digits, was ${value}`);
  }
  return text.padStart(digits, '0');
}

/** CRC-24 of RFC 4880 §6.1 over the ASCII text. */
function crc24(text: string): string {
  let crc = 0xb704ce;
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index) << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb;
    }
  }
  return (crc & 0xffffff).toString(16).padStart(6, '0');
}
