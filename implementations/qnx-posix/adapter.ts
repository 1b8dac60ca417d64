/**
 * The IPC core of QNX 4 on POSIX processes, as an implementation to be judged. The kernel is a program in C that
 * speaks the adapter protocol itself; this starts it on the streams that it was given.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { kernelBinary, setupCommand } from './place.js';

const harnessFault = 4;

if (existsSync(kernelBinary())) {
  const kernel = spawn(kernelBinary(), [], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => kernel.kill(signal));
  kernel.on('error', (error) => {
    process.stderr.write(`the kernel cannot be started: ${error.message}\n`);
    process.exitCode = harnessFault;
  });
  kernel.on('exit', (code) => { process.exitCode = code ?? harnessFault; });
} else {
  process.stderr.write(`the kernel has not been built: ${setupCommand}\n`);
  process.exitCode = harnessFault;
}
