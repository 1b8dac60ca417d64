import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Installation } from './place.js';

/** What a boot left behind. */
export interface Outcome {
  /** What the agent wrote, as far as it came. */
  readonly report: Buffer;
  /** Why the machine did not come to its end by itself. */
  readonly fault?: string;
}

/** The machine is given up when nothing has been written for this long. */
const defaultPatienceMs = 20_000;
const pollMs = 50;
const consoleTail = 800;

/**
 * The emulated machine. `icount` ties its time to the instructions it executes, so that runs are alike, and
 * `sleep=off` skips what it would spend idle; the memory holds the batch twice (as a module and as RAM disk).
 */
const machineOptions = [
  '-kernel', 'kernel',
  '-append', 'console=com0',
  '-m', '64', '-nodefaults', '-vga', 'none', '-display', 'none', '-no-reboot',
  '-rtc', 'base=2000-01-01,clock=vm',
  '-icount', 'shift=6,sleep=off',
  '-serial', 'file:console', '-serial', 'file:report',
  '-initrd', 'batch rd $(rd0=ramdisk-create),agent ${host-port} ${device-port} $(task-create) $(task-resume)',
] as const;

/** Says on the kernel's console that nothing more will come. */
const disaster = /panic|Debugger|Kernel (?:[A-Z]\w+ )*trap|^agent: /m;
const agentsCry = 'agent: ';

const readOr = (file: string, otherwise: Buffer): Buffer =>
  (existsSync(file) ? readFileSync(file) : otherwise);

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

/** The last that was written to a file, which may be large. */
function tailOf(file: string, bytes: number): string {
  const size = sizeOf(file);
  const from = Math.max(0, size - bytes);
  const buffer = Buffer.alloc(size - from);
  if (buffer.length === 0) return '';
  const descriptor = openSync(file, 'r');
  readSync(descriptor, buffer, 0, buffer.length, from);
  closeSync(descriptor);
  return buffer.toString('latin1');
}

/** Machines that run, and folders that hold their files: both go when this process does. */
const running = new Map<ChildProcess, string>();

export function stopMachines(): void {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  running.clear();
}

/** Watches a machine and kills it when it is beyond hope. Returns why, once it has ended. */
function watch(child: ChildProcess, folder: string, patienceMs: number): Promise<string | undefined> {
  const report = join(folder, 'report');
  const console_ = join(folder, 'console');
  let seen = 0;
  let since = Date.now();
  let fault: string | undefined;
  let said = '';
  const give = (why: string) => {
    fault ??= why;
    child.kill('SIGKILL');
  };
  const look = () => {
    const size = sizeOf(report) + sizeOf(console_);
    if (size !== seen) [seen, since] = [size, Date.now()];
    const cry = disaster.exec(tailOf(console_, consoleTail))?.[0];
    if (cry !== undefined) give(cry === agentsCry ? 'the agent gave up' : 'the kernel gave up');
    else if (Date.now() - since > patienceMs) give(`nothing happened for ${patienceMs / 1000} s`);
  };
  const timer = setInterval(look, pollMs);
  child.stderr?.on('data', (bytes: Buffer) => { said = (said + bytes.toString()).slice(-consoleTail); });
  return new Promise((resolve) => {
    const end = (why: string | undefined) => {
      clearInterval(timer);
      resolve(why);
    };
    child.on('error', (error) => end(`the emulator did not start: ${error.message}`));
    child.on('close', (code) => {
      if (code !== 0) fault ??= `the emulator ended with code ${code}: ${said.trim()}`;
      end(fault);
    });
  });
}

/** What was said on the console since the agent started, or all of it when it did not. */
function lastWords(text: string): string {
  const begin = 'start agent: ';
  const at = text.lastIndexOf(begin);
  return (at < 0 ? text : text.slice(at + begin.length)).replace(/\r/g, '').trim();
}

/** Boots the kernel on a batch of programs and waits until it has run them, or cannot. */
export async function boot(
  { kernel, agent, emulator }: Installation, batch: Buffer, patienceMs = defaultPatienceMs,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-gnumach-'));
  try {
    copyFileSync(kernel, join(folder, 'kernel'));
    copyFileSync(agent, join(folder, 'agent'));
    writeFileSync(join(folder, 'batch'), batch);
    const child = spawn(emulator, machineOptions, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    running.set(child, folder);
    const fault = await watch(child, folder, patienceMs);
    running.delete(child);
    const report = readOr(join(folder, 'report'), Buffer.alloc(0));
    if (fault === undefined) return { report };
    return { report, fault: `${fault}\n${lastWords(tailOf(join(folder, 'console'), consoleTail))}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
