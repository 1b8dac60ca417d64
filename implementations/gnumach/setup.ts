/**
 * Fetches the kernel from Debian and builds the agent:
 *
 *     node dist/implementations/gnumach/setup.js [--check]
 *
 * The kernel is a package of another architecture. It is fetched with a private configuration of apt, lists
 * and all, so that nothing of the machine's own package management changes; only the address of the mirror is
 * taken from there. Does nothing when all is there. Exit code 4: something is missing.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { archiveKeyring, debianMirror } from './mirror.js';
import {
  agentSources, agentStamp, cacheDirectory, installation, installCommand, isInstalled, kernel, missing,
  sha256, sourcesDigest,
} from './place.js';

const harnessFault = 4;

class SetupError extends Error {}

const needed = {
  'qemu-system-i386': 'qemu-system-x86',
  'gcc': 'gcc',
  'as': 'binutils',
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
} as const;

function checkPrograms(): void {
  const lacking = Object.entries(needed).filter(([program]) => !isInstalled(program));
  if (lacking.length === 0) return;
  const programs = lacking.map(([program]) => program).join(', ');
  const packages = lacking.map(([, name]) => name).join(' ');
  throw new SetupError(`not installed: ${programs}\non Debian: ${installCommand(packages)}`);
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim();
  throw new SetupError(`${program} ${args.at(-1) ?? ''} failed:\n${said}`);
}

function mirrorOrFail(): string {
  const mirror = process.env['PORTCULLIS_DEBIAN_MIRROR'] ?? debianMirror();
  if (mirror === undefined) {
    throw new SetupError('the apt sources here name no Debian mirror; name one in PORTCULLIS_DEBIAN_MIRROR');
  }
  if (!existsSync(archiveKeyring)) {
    throw new SetupError(`${archiveKeyring} is missing\non Debian: apt-get install debian-archive-keyring`);
  }
  return mirror;
}

/** Apt, with nothing of its own outside `folder`. */
function privateApt(folder: string, mirror: string): (...args: string[]) => void {
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const source = `deb [arch=i386 signed-by=${archiveKeyring}] ${mirror} ${kernel.suite} main\n`;
  writeFileSync(join(folder, 'sources'), source);
  writeFileSync(join(folder, 'conf'), [
    'APT::Architecture "i386";',
    '#clear APT::Architectures;',
    'APT::Architectures { "i386"; };',
    `Dir::Etc::sourcelist "${join(folder, 'sources')}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    `Dir::State::lists "${join(folder, 'lists')}";`,
    `Dir::Cache "${join(folder, 'cache')}";`,
    'APT::Sandbox::User "";',
    'Acquire::Languages "none";',
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Post-Invoke;',
    '',
  ].join('\n'));
  return (...args) => run('apt-get', ['-c', join(folder, 'conf'), '-q', ...args], folder);
}

function checked(what: string, bytes: Buffer, digest: string): Buffer {
  const found = sha256(bytes);
  if (found === digest) return bytes;
  throw new SetupError(`${what} has the wrong digest:\n  found    ${found}\n  expected ${digest}`);
}

/** Puts a file into the cache so that nobody ever sees half of it. */
function install(file: string, bytes: Uint8Array): void {
  mkdirSync(cacheDirectory(), { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, file);
}

function withFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-gnumach-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fetchKernel(): void {
  const mirror = mirrorOrFail();
  withFolder((folder) => {
    const apt = privateApt(folder, mirror);
    apt('update');
    apt('download', `${kernel.package}=${kernel.version}`);
    const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new SetupError(`apt-get download left no package of ${kernel.package}`);
    checked(archive, readFileSync(join(folder, archive)), kernel.packageDigest);
    run('dpkg-deb', ['-x', archive, 'unpacked'], folder);
    const image = gunzipSync(readFileSync(join(folder, 'unpacked', kernel.file)));
    install(installation().kernel, checked('the kernel', image, kernel.digest));
  });
}

const compilerFlags = [
  '-m32', '-O2', '-std=gnu11', '-Wall', '-Wextra', '-Werror',
  '-ffreestanding', '-nostdlib', '-static', '-fno-pic', '-no-pie', '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables', '-fno-strict-aliasing', '-mno-sse', '-mno-mmx',
  '-Wl,--build-id=none',
] as const;

function buildAgent(): void {
  const sources = agentSources();
  withFolder((folder) => {
    const files = readdirSync(sources).sort();
    for (const name of files) copyFileSync(join(sources, name), join(folder, name));
    const inputs = files.filter((name) => /\.[cS]$/.test(name));
    run('gcc', [...compilerFlags, ...inputs, '-o', 'agent'], folder);
    install(installation().agent, readFileSync(join(folder, 'agent')));
    install(agentStamp(), Buffer.from(sourcesDigest(sources)));
  });
}

function isKernelThere(): boolean {
  const { kernel: file } = installation();
  return existsSync(file) && sha256(readFileSync(file)) === kernel.digest;
}

function isAgentThere(): boolean {
  return existsSync(installation().agent) && existsSync(agentStamp()) &&
    readFileSync(agentStamp(), 'utf8') === sourcesDigest(agentSources());
}

function setUp(): void {
  checkPrograms();
  if (!isKernelThere()) {
    tell(`fetching ${kernel.package} ${kernel.version}`);
    fetchKernel();
  }
  if (!isAgentThere()) {
    tell('building the agent');
    buildAgent();
  }
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

function main(args: readonly string[]): number {
  try {
    if (!args.includes('--check')) setUp();
    const lacks = missing();
    for (const line of lacks) tell(line);
    if (lacks.length > 0) return harnessFault;
    tell(`ready: ${cacheDirectory()}`);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    tell(error.message);
    return harnessFault;
  }
}

process.exitCode = main(process.argv.slice(2));
