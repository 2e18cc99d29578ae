import { answerParent, tellParent } from './children.ts';

const CONNECTIONS = 64;

/** Asks a web server as fast as it answers, over many connections, until it is ended. */
export async function runFloodPart(json: string): Promise<never> {
  const { address } = JSON.parse(json) as { readonly address: string };
  let answers = 0;
  const ask = async (): Promise<never> => {
    for (;;) {
      const reply = await fetch(address).catch(() => undefined);
      await reply?.arrayBuffer();
      answers += 1;
    }
  };
  tellParent({ t: 'ready' });
  for (let connection = 0; connection < CONNECTIONS; connection++) void ask();
  return answerParent({ answers: () => ({ t: 'answers', answers }) });
}
