import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the kernel and the agent are kept between runs. */
export function cacheDirectory(): string {
  const { PORTCULLIS_CACHE, XDG_CACHE_HOME } = process.env;
  const base = PORTCULLIS_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'portcullis');
  return join(base, 'gnumach');
}

const here = dirname(fileURLToPath(import.meta.url));

/** The agent's sources: beside this file, or, when this file is compiled, where it was compiled from. */
export function agentSources(): string {
  const places = [join(here, 'agent'), join(here, '../../../implementations/gnumach/agent')];
  const found = places.find((place) => existsSync(join(place, 'main.c')));
  if (found === undefined) throw new Error(`the agent's sources are missing: ${places.join(' or ')}`);
  return found;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Changes when any of the agent's sources does. */
export function sourcesDigest(directory: string): string {
  const files = readdirSync(directory).filter((name) => /\.[chS]$/.test(name)).sort();
  const lines = files.map((name) => `${name} ${sha256(readFileSync(join(directory, name)))}\n`);
  return sha256(Buffer.from(lines.join('')));
}

/** The kernel as Debian distributes it. */
export const kernel = {
  package: 'gnumach-image-1.8-486',
  version: '2:1.8+git20221224-2',
  suite: 'bookworm',
  file: 'boot/gnumach-1.8-486.gz',
  packageDigest: '165e337f9ac52a8d61af58daa729a20aee6d4063b0b3c94597057f0a0d9dbfb7',
  digest: '99d77e7d11d1c097cb786892a98a765dea102976f224c0130d6c9b154427363d',
} as const;

export interface Installation { readonly kernel: string; readonly agent: string; readonly emulator: string }

export const installation = (): Installation => ({
  kernel: join(cacheDirectory(), 'gnumach'),
  agent: join(cacheDirectory(), 'agent'),
  emulator: 'qemu-system-i386',
});

/** Where the digest of the sources the agent was built from is kept. */
export const agentStamp = (): string => join(cacheDirectory(), 'agent.sources');

/** Whether a program is on the path. */
export function isInstalled(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, program)));
}

const readOr = (file: string): Buffer | undefined => (existsSync(file) ? readFileSync(file) : undefined);

/** How to install packages, where that is known. */
export const installCommand = (packages: string): string =>
  `apt-get install --no-install-recommends ${packages}`;

/** What is missing before a program can be run; empty when all is there. */
export function missing(): string[] {
  const { kernel: kernelFile, agent, emulator } = installation();
  const image = readOr(kernelFile);
  const stamp = readOr(agentStamp())?.toString();
  const lacks: string[] = [];
  const install = installCommand('qemu-system-x86');
  if (!isInstalled(emulator)) lacks.push(`${emulator} is not installed: ${install}`);
  if (image === undefined) lacks.push('the kernel has not been fetched');
  else if (sha256(image) !== kernel.digest) lacks.push('the kernel in the cache is not the one expected');
  if (!existsSync(agent) || stamp === undefined) lacks.push('the agent has not been built');
  else if (stamp !== sourcesDigest(agentSources())) lacks.push('the agent was built from other sources');
  return lacks;
}

/** How to make it so. */
export const setupCommand = 'node dist/implementations/gnumach/setup.js';
