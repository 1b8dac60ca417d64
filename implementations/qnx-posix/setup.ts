/**
 * Builds the kernel with the machine's C compiler:
 *
 *     node dist/implementations/qnx-posix/setup.js
 *
 * Does nothing when it is there. Exit code 4: it cannot be built.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kernelBinary, kernelSources, sourceFiles } from './place.js';

const harnessFault = 4;
const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror'] as const;

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** Compiles to a name of its own first, so that nobody ever sees half of it. */
function build(binary: string): boolean {
  mkdirSync(dirname(binary), { recursive: true });
  const partial = `${binary}.${process.pid}`;
  const inputs = sourceFiles().map((name) => join(kernelSources(), name));
  const { status, error, stderr } = spawnSync('gcc', [...flags, ...inputs, '-o', partial], { encoding: 'utf8' });
  if (error !== undefined) tell(`gcc cannot be started (${error.message})\non Debian: apt-get install --no-install-recommends gcc libc6-dev`);
  else if (status !== 0) tell(stderr);
  if (error !== undefined || status !== 0) return false;
  renameSync(partial, binary);
  return true;
}

const binary = kernelBinary();
if (existsSync(binary) || build(binary)) tell(`ready: ${binary}`);
else process.exitCode = harnessFault;
