import { randomBytes, timingSafeEqual } from 'node:crypto';

export const SESSION_COOKIE = 'leeward_session';

/**
 * Who may see the terminal in a browser: one token, used once, becomes an HttpOnly SameSite=Strict session; Host and Origin
 * must name this server, so neither another site nor a rebound DNS name gets in.
 */
export type Access = {
  /** The session for the one-time token, or undefined when it is wrong or used. */
  enter(token: string): string | undefined;
  hasSession(session: string | undefined): boolean;
  isOwnHost(host: string | undefined): boolean;
  /** A WebSocket upgrade and a state-changing request must carry our own origin. */
  isOwnOrigin(origin: string | undefined): boolean;
  /** A fresh one-time token for another browser of the same user. */
  issueToken(): string;
};

const MAX_SESSIONS = 16;

export function createAccess(firstToken: string, port: () => number): Access {
  const tokens = new Set([firstToken]);
  const sessions: string[] = [];
  const hosts = (): readonly string[] => [`127.0.0.1:${port()}`, `localhost:${port()}`];
  return {
    enter: (token) => {
      const known = [...tokens].find((candidate) => sameText(candidate, token));
      if (known === undefined) return undefined;
      tokens.delete(known);
      const session = randomBytes(32).toString('hex');
      sessions.push(session);
      if (sessions.length > MAX_SESSIONS) sessions.shift();
      return session;
    },
    hasSession: (session) => session !== undefined && sessions.some((candidate) => sameText(candidate, session)),
    isOwnHost: (host) => host !== undefined && hosts().includes(host.toLowerCase()),
    isOwnOrigin: (origin) => origin !== undefined && hosts().some((host) => origin.toLowerCase() === `http://${host}`),
    issueToken: () => {
      const token = randomBytes(16).toString('hex');
      tokens.add(token);
      return token;
    },
  };
}

/** Equal time for equal length, whatever the content. */
function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
