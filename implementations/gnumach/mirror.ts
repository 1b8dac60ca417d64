import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the keys of Debian's archive lie on a Debian machine. */
export const archiveKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

const uriOfLine = (line: string): string | undefined =>
  /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line.trim())?.[1];

const urisOfStanza = (line: string): string[] => {
  const list = /^URIs:\s*(.+)$/i.exec(line.trim())?.[1];
  return list === undefined ? [] : list.split(/\s+/);
};

const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);

/** Every address in the machine's own package sources, in both of the formats apt reads. */
export function sourceUris(etc = '/etc/apt'): string[] {
  const parts = join(etc, 'sources.list.d');
  const files = existsSync(parts) ? readdirSync(parts).sort() : [];
  const ending = (end: string) => files.filter((name) => name.endsWith(end)).map((name) => join(parts, name));
  const lists = [join(etc, 'sources.list'), ...ending('.list')];
  const stanzas = ending('.sources');
  return [
    ...lists.flatMap(linesOf).flatMap((line) => uriOfLine(line) ?? []),
    ...stanzas.flatMap(linesOf).flatMap(urisOfStanza),
  ];
}

/** The machine's mirror of Debian proper: not of its security updates, nor of anything else. */
export function debianMirror(uris = sourceUris()): string | undefined {
  return uris.find((uri) => /\/debian\/?$/.test(uri));
}
