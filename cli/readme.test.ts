import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

interface Shown { readonly command: string; readonly output: readonly string[] }

/** The commands of a console block, each with the output that is shown for it. */
function commandsOf(block: string): readonly Shown[] {
  const shown: { command: string; output: string[] }[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('$ ')) shown.push({ command: line.slice(2), output: [] });
    else shown.at(-1)?.output.push(line);
  }
  return shown;
}

const blocks = [...readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block]) => block!.trimEnd());

/** A line with … in it stands for whatever is there; a line that is nothing else, for any number of lines. */
function pattern(output: readonly string[]): RegExp {
  const text = output.map((line) => (line === '…' ? '[\\s\\S]*' : line.split('…').map(escape).join('.*'))).join('\n');
  return new RegExp(`^${text.replaceAll('\n[\\s\\S]*', '[\\s\\S]*').replaceAll('[\\s\\S]*\n', '[\\s\\S]*')}\\s*$`);
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('the README', () => {
  test('shows commands', () => {
    expect(blocks.flatMap(commandsOf).length).toBeGreaterThan(5);
  });

  test.each(blocks.flatMap(commandsOf))('$command', ({ command, output }) => {
    const words = command.replace(/^npx portcullis /, '').split(' ');
    const { stdout } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], { cwd: root, encoding: 'utf8' });
    expect(stdout).toMatch(pattern(output));
  });
});
