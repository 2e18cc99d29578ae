import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { type Keychain, KeychainUnavailable, openKeychain } from '../adapters/keychain/keychain.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { fingerprintOf, VenueKeys } from '../adapters/keychain/venue-keys.ts';
import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { parseOptions } from './options.ts';

const ACTIONS = ['set', 'list', 'delete'] as const;
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

export type KeysParts = {
  readonly open: () => Promise<Keychain>;
  /** A line of input for each prompt, unechoed; fewer when it ends before. */
  readonly ask: (prompts: readonly string[]) => Promise<readonly string[]>;
};

export const command: Command = {
  name: 'keys',
  summary: "Keep API keys of venues in the operating system's keychain",
  usage: `
usage: leeward keys set <name> | list | delete <name> [--json]

Keys live in the keychain of this session (Secret Service, Keychain, Credential Manager) and nowhere else. Without one
this command fails; it does not fall back to a file or to the kernel's keys.

  set <name>      reads the API key and the secret from standard input, a line each, without showing them
  list            names with fingerprints, never keys
  delete <name>   forgets the pair

  --json          one JSON line
`,
  run: (args, io) => runKeys(args, io, { open: openKeychain, ask: askHidden }),
};

/** Throws CommandFailure when there is no keychain, no such key, or half a pair. */
export async function runKeys(args: readonly string[], io: CliIo, parts: KeysParts): Promise<number> {
  const { values, positionals } = parseOptions(args, { json: { type: 'boolean', default: false } });
  const [action, name] = read(positionals);
  const tell = report(io, values.json);
  try {
    const keys = new VenueKeys(await parts.open());
    if (action === 'list') return await list(keys, tell);
    return await (action === 'set' ? set : remove)(keys, name, { tell, ask: parts.ask });
  } catch (error) {
    if (error instanceof KeychainUnavailable) throw new CommandFailure(error.message);
    throw error;
  }
}

type Voice = { readonly tell: ReturnType<typeof report>; readonly ask: KeysParts['ask'] };

function read(positionals: readonly string[]): readonly [(typeof ACTIONS)[number], string] {
  const [word, name = '', extra] = positionals;
  const action = ACTIONS.find((one) => one === word);
  if (action === undefined)
    throw new UsageError(`expected one of ${ACTIONS.join(', ')}, was ${JSON.stringify(word ?? '')}`);
  if (action === 'list' ? name !== '' : !NAME.test(name) || extra !== undefined) {
    throw new UsageError(
      `expected keys ${action}${action === 'list' ? '' : ' <name> in lower case'}, was more or less`,
    );
  }
  return [action, name];
}

async function list(keys: VenueKeys, tell: Voice['tell']): Promise<number> {
  const shown = await keys.list();
  const lines = shown.map(({ name, fingerprint }) => `${name}  ${fingerprint}`);
  tell({ keys: shown }, shown.length === 0 ? 'no keys' : lines.join('\n'));
  return 0;
}

async function set(keys: VenueKeys, name: string, { tell, ask }: Voice): Promise<number> {
  const [apiKey = '', secret = ''] = (await ask(['API key: ', 'secret: '])).map((line) => line.trim());
  if (apiKey === '' || secret === '') throw new CommandFailure('expected an API key and a secret, was half a pair');
  const pair = { apiKey: new Secret(apiKey), secret: new Secret(secret) };
  await keys.save(name, pair);
  const fingerprint = fingerprintOf(pair.apiKey);
  tell({ saved: name, fingerprint }, `saved ${name}  ${fingerprint}`);
  return 0;
}

async function remove(keys: VenueKeys, name: string, { tell }: Voice): Promise<number> {
  if (!(await keys.remove(name))) throw new CommandFailure(`expected a key named ${name}, was none`);
  tell({ deleted: name }, `deleted ${name}`);
  return 0;
}

/** A terminal would echo what is typed: readline writes to nowhere instead. */
async function askHidden(prompts: readonly string[]): Promise<readonly string[]> {
  const { stdin, stderr } = process;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const input = createInterface({ input: stdin, output: nowhere, terminal: stdin.isTTY });
  const answers: string[] = [];
  if (stdin.isTTY) stderr.write(prompts[0] ?? '');
  for await (const line of input) {
    answers.push(line);
    if (stdin.isTTY) stderr.write(`\n${prompts[answers.length] ?? ''}`);
    if (answers.length === prompts.length) break;
  }
  input.close();
  return answers;
}
