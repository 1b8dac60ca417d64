import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BadInput } from '#traces/fault';
import { oneLine } from '#traces/text';
import { packageRoot } from '#traces/version';
import { implementationNames } from '#cli/subject';

/** Sets up an implementation that comes with the package: fetches and builds what it needs. */
export function setup(name: string): Promise<number> {
  const script = new URL(`dist/implementations/${name}/setup.js`, packageRoot);
  if (!implementationNames().includes(name) || !existsSync(script)) {
    throw new BadInput(`there is nothing to set up for ${oneLine(name)}; implementations: ${implementationNames().join(', ')}`);
  }
  const child = spawn(process.execPath, [fileURLToPath(script)], { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 4)));
}
