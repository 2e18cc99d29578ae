import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerPage, isOwnPage } from './page-files.ts';

let dir: string;
let root: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-page-'));
  root = join(dir, 'renderer');
  mkdirSync(join(dir, 'renderer-evil'));
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html><meta name="csp-nonce" content=""><title>Leeward</title>');
  writeFileSync(join(root, 'assets/a b.js'), 'export {};');
  writeFileSync(join(dir, 'outside.js'), 'secret');
  writeFileSync(join(dir, 'renderer-evil/index.html'), 'secret');
  writeFileSync(join(root, 'journal.db'), 'secret');
  symlinkSync(join(dir, 'outside.js'), join(root, 'link.js'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const ask = (address: string, method = 'GET') => answerPage(root, { url: address, method } as Request);

describe('the files of the page', () => {
  it('serves its own files with their type', async () => {
    const script = await ask('app://leeward/assets/a%20b.js');
    expect(script.status).toBe(200);
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  it('gives each answer a nonce of its own, the same in page and policy', async () => {
    const answers = await Promise.all([ask('app://leeward/index.html'), ask('app://leeward/index.html')]);
    const nonces = await Promise.all(
      answers.map(async (answer) => {
        const nonce = /content="([^"]{20,})"/.exec(await answer.text())?.[1] ?? '';
        expect(answer.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it.each([
    'app://leeward/../outside.js',
    'app://leeward/%2e%2e/outside.js',
    'app://leeward/..%2foutside.js',
    'app://leeward/..%5coutside.js',
    'app://leeward/../renderer-evil/index.html',
    'app://leeward/..%2frenderer-evil%2findex.html',
    'app://leeward/link.js',
    'app://leeward/journal.db',
    'app://leeward/missing.js',
    'app://leeward/%00.js',
    'app://leeward/%ff.js',
    'app://leeward/',
  ])('refuses %s', async (address) => {
    const answer = await ask(address);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('secret');
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD'])('refuses %s', async (method) => {
    expect((await ask('app://leeward/index.html', method)).status).toBe(405);
  });

  it.each(['app://evil/index.html', 'app://leeward.evil/index.html', 'https://leeward/index.html'])(
    'refuses the foreign %s',
    async (address) => expect((await ask(address)).status).toBe(403),
  );
});

describe('our own page', () => {
  it.each([
    ['app://leeward/index.html', true],
    ['app://leeward.evil/', false],
    ['app://evil/?next=app://leeward/', false],
    ['https://evil.example/app://leeward/', false],
    ['https://leeward/', false],
    ['about:blank', false],
    ['', false],
  ])('%s: %s', (address, own) => expect(isOwnPage(address)).toBe(own));
});
