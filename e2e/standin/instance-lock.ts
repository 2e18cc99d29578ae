import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Announcement = { readonly argv: string[]; readonly cwd: string; readonly data: unknown };

/** One process per data folder, decided at once like Electron's; a later one leaves a note for the first and gets false. */
export function lockInstance(
  folder: string,
  data: unknown,
  onSecond: (argv: string[], cwd: string, data: unknown) => void,
): boolean {
  const lock = join(folder, 'standin.lock');
  const inbox = join(folder, 'standin-inbox');
  mkdirSync(inbox, { recursive: true });
  if (!take(lock)) {
    const note: Announcement = { argv: process.argv, cwd: process.cwd(), data };
    writeFileSync(join(inbox, `${process.pid}.json`), JSON.stringify(note));
    return false;
  }
  process.on('exit', () => rmSync(lock, { force: true }));
  const watcher = watch(inbox, () => {
    for (const name of readdirSync(inbox)) {
      const note = read(join(inbox, name));
      if (!note) continue;
      rmSync(join(inbox, name), { force: true });
      onSecond(note.argv, note.cwd, note.data);
    }
  });
  watcher.unref();
  return true;
}

function read(path: string): Announcement | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Announcement;
  } catch {
    // Half written: the watcher speaks again when it is whole.
    return undefined;
  }
}

function take(lock: string): boolean {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      if (isAlive(Number(readFileSync(lock, 'utf8')))) return false;
      rmSync(lock, { force: true });
    }
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
