import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { debianMirror, sourceUris } from './mirror.js';
import { isLeftOut, titled } from './script.testing.js';

const built = (name: string): string =>
  fileURLToPath(new URL(`../../dist/implementations/gnumach/${name}.js`, import.meta.url));
const isBuilt = existsSync(built('adapter'));

interface Reply {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: { code: number; message: string };
}
interface Ended {
  readonly code: number | null;
  readonly replies: Reply[];
  readonly stderr: string;
}
type Lines = readonly (object | string)[];

/** Starts the compiled program, gives it these lines, and waits for its end. */
function start(name: string, lines: Lines, env: NodeJS.ProcessEnv = {}, args: string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [built(name), ...args], { env: { ...process.env, ...env } });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    out.stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    out.stderr += bytes.toString();
  });
  child.stdin.end(
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const replies = out.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Reply);
      resolve({ code, replies, stderr: out.stderr });
    });
  });
}

const request = (id: number, method: string, params: object = {}) => ({ jsonrpc: '2.0', id, method, params });
const greeting = request(1, 'initialize', { protocol: [1], client: { name: 'test', version: '1' } });
const yielding = { case: 'yield', scope: { threads: [1] }, calls: [{ operation: 'swtch', thread: 't1' }] };

describe.skipIf(!isBuilt)('the adapter', () => {
  it('says what is missing when it has not been set up, and how to mend it', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'portcullis-test-'));
    const { replies, code } = await start('adapter', [greeting, request(2, 'shutdown')], {
      PORTCULLIS_CACHE: cache,
    });
    expect(replies[0]).toMatchObject({ id: 1, error: { code: -32001 } });
    expect(replies[0]!.error!.message).toContain('the kernel has not been fetched');
    expect(replies[0]!.error!.message).toContain('node dist/implementations/gnumach/setup.js');
    expect(replies[1]).toEqual({ jsonrpc: '2.0', id: 2, result: {} });
    expect(code).toBe(0);
    rmSync(cache, { recursive: true });
  });

  it('refuses what it does not understand, and goes on', async () => {
    const lines = [
      'no JSON',
      '{}',
      'null',
      request(3, 'observe'),
      request(4, 'run'),
      '',
      request(5, 'shutdown'),
      request(6, 'run'),
    ];
    const { replies } = await start('adapter', lines, { PATH: '/nowhere' });
    expect(replies.map(({ id, error }) => [id, error?.code])).toEqual([
      [null, -32700],
      [null, -32600],
      [null, -32600],
      [3, -32601],
      [4, -32602],
      [5, undefined],
    ]);
  });
});

describe.skipIf(!isBuilt)('the setup', () => {
  it('says what to install', async () => {
    const { code, stderr } = await start('setup', [], { PATH: '/nowhere' });
    expect(stderr).toContain('not installed: qemu-system-i386, gcc, as, apt-get, dpkg-deb');
    expect(stderr).toContain('apt-get install --no-install-recommends qemu-system-x86 gcc binutils apt dpkg');
    expect(code).toBe(4);
  });

  it('only looks, when asked to', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'portcullis-test-'));
    const { code, stderr } = await start('setup', [], { PORTCULLIS_CACHE: cache }, ['--check']);
    expect(stderr).toContain('the agent has not been built');
    expect(readdirSync(cache)).toEqual([]);
    expect(code).toBe(4);
    rmSync(cache, { recursive: true });
  });
});

describe.skipIf(isLeftOut || !isBuilt)(titled('the adapter with its kernel'), () => {
  it('greets, runs and leaves', async () => {
    const lines = [greeting, request(2, 'run', { programs: [yielding, yielding] }), request(3, 'shutdown')];
    const { replies, code } = await start('adapter', lines);
    expect(replies[0]!.result).toMatchObject({
      protocol: 1,
      kernel: 'mach',
      features: { run: true, step: false },
    });
    const run = { steps: [{ events: [{ tag: 'returned', thread: 't1', value: null }] }] };
    expect(replies[1]!.result).toEqual({ runs: [run, run] });
    expect(code).toBe(0);
  });

  it('leaves no machine and no file behind when it is killed', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'portcullis-test-'));
    const child = spawn(process.execPath, [built('adapter')], { env: { ...process.env, TMPDIR: temporary } });
    const endless = Array.from({ length: 20_000 }, () => yielding);
    child.stdin.write(`${JSON.stringify(request(1, 'run', { programs: endless }))}\n`);
    await expect.poll(() => readdirSync(temporary).length, { timeout: 10_000 }).toBe(1);
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    expect(code).toBe(4);
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });
});

describe('the mirror', () => {
  it("is found in either form of the machine's own sources", () => {
    const etc = mkdtempSync(join(tmpdir(), 'portcullis-test-'));
    mkdirSync(join(etc, 'sources.list.d'));
    writeFileSync(
      join(etc, 'sources.list'),
      '# deb http://no.example/debian x main\ndeb [arch=amd64] http://one.example/debian/ bookworm main\n',
    );
    writeFileSync(
      join(etc, 'sources.list.d', 'a.sources'),
      'Types: deb\nURIs: http://two.example/debian-security http://three.example/debian\n',
    );
    writeFileSync(join(etc, 'sources.list.d', 'b.sources.off'), 'URIs: http://four.example/debian\n');
    expect(sourceUris(etc)).toEqual([
      'http://one.example/debian/',
      'http://two.example/debian-security',
      'http://three.example/debian',
    ]);
    rmSync(etc, { recursive: true });
  });

  it('is Debian proper, or there is none', () => {
    expect(debianMirror(['http://a.example/debian-security', 'http://a.example/debian/'])).toBe(
      'http://a.example/debian/',
    );
    expect(debianMirror(['http://a.example/ubuntu'])).toBeUndefined();
  });
});
