import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

/** What is wrong with a capture, naming file and line: the reader prints it as it is. */
export class CaptureFailure extends Error {
  override readonly name = 'CaptureFailure';
}

export type CaptureLine = { readonly number: number; readonly text: string };

/**
 * Lines of a capture, gzip or plain by its first bytes, numbered from 1; empty lines are left out.
 * Throws CaptureFailure when the file cannot be read or its compression is damaged.
 */
export async function* captureLines(file: string): AsyncGenerator<CaptureLine> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of await openCapture(file)) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        number++;
        const text = line.trim();
        if (text !== '') yield { number, text };
      }
    }
  } catch (error) {
    throw readFailure(file, number + 1, error);
  }
  if (rest.trim() !== '') yield { number: number + 1, text: rest.trim() };
}

async function openCapture(file: string): Promise<AsyncIterable<unknown>> {
  if (!(await isGzip(file))) return createReadStream(file);
  // The reader sees the same error as the callback, which pipeline needs to tear both ends down.
  return pipeline(createReadStream(file), createGunzip(), () => undefined);
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function readFailure(file: string, line: number, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CaptureFailure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT') return new CaptureFailure(`${file}: no such file`);
  if (code === 'EISDIR') return new CaptureFailure(`${file}: expected a file, was a directory`);
  if (code.startsWith('Z_')) return new CaptureFailure(`${file}:${line}: damaged gzip data (${error.message})`);
  return new CaptureFailure(`${file}: cannot be read (${error.message})`);
}
