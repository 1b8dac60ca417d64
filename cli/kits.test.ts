import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { kitLanguages } from '#cli/commands/init-adapter';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist/cli/main.js');

interface Kit { readonly files: readonly string[]; readonly needs: string; readonly build: readonly string[] | null; readonly run: readonly string[] }

const kitOf = (language: string): Kit => JSON.parse(readFileSync(join(root, 'implementations/kits', language, 'kit.json'), 'utf8')) as Kit;

const isThere = (tool: string): boolean => spawnSync(tool, [tool === 'go' ? 'version' : '--version']).error === undefined;

/** Node runs TypeScript itself from 22.18 on; before, what the build made of it is run. */
const canRun = (language: string): boolean => {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  return language !== 'typescript' || major > 22 || (major === 22 && minor >= 18);
};

function portcullis(folder: string, ...words: string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { cwd: folder, encoding: 'utf8' });
  return { code: status, text: stdout + stderr };
}

/** A fault in the example of each language: a name that is given out is not remembered, and given out again. */
const faults: Readonly<Record<string, readonly [sound: string, broken: string]>> = {
  c: ['used[task][name] = true;', ''],
  go: ['names[name] = true', ''],
  python: ['space[name] = right', 'pass'],
  rust: ['space.insert(name);', ''],
  typescript: ['names.add(name);', ''],
};

test('there is a fault to plant in the example of every kit', () => {
  expect(kitLanguages()).toEqual(Object.keys(faults));
});

describe.each(kitLanguages())('the kit for %s', (language) => {
  const { files, needs, build, run } = kitOf(language);

  test('is small, and stands alone', () => {
    for (const file of files) expect(readFileSync(join(root, 'implementations/kits', language, file), 'utf8').split('\n').length).toBeLessThanOrEqual(350);
  });

  test.runIf(isThere(needs) && canRun(language))(`makes an adapter that is judged, and so is a fault in it (skipped without ${needs})`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-kit-'));
    expect(portcullis(folder, 'init-adapter', '--lang', language, '--out', 'mine')).toMatchObject({ code: 0 });
    const mine = join(folder, 'mine');
    const judged = () => {
      if (build !== null) expect(spawnSync(build[0]!, build.slice(1), { cwd: mine, encoding: 'utf8' })).toMatchObject({ status: 0 });
      return portcullis(mine, 'conform', `stdio:${run.join(' ')}`, '--runs', '30', '--length', '20');
    };
    const sound = judged();
    expect(sound.text).toContain('no divergence');
    expect(sound.code).toBe(0);
    const adapter = join(mine, files.at(-1)!);
    const [whole, broken] = faults[language]!;
    const text = readFileSync(adapter, 'utf8');
    expect(text).toContain(whole);
    writeFileSync(adapter, text.replace(whole, broken));
    expect(judged()).toMatchObject({ code: 1, text: expect.stringContaining('✗') });
  });
});

describe('the kit for typescript', () => {
  test('is judged as the build made it', () => {
    const adapter = join(root, 'dist/implementations/kits/typescript/adapter.js');
    expect(existsSync(adapter)).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-kit-'));
    expect(portcullis(folder, 'conform', `stdio:"${process.execPath}" "${adapter}"`, '--runs', '30')).toMatchObject({ code: 0, text: expect.stringContaining('no divergence') });
  });
});

describe('init-adapter', () => {
  test('names the languages there are, and overwrites nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-kit-'));
    expect(portcullis(folder, 'init-adapter', '--lang', 'cobol')).toMatchObject({ code: 2, text: expect.stringContaining('there are: c, go, python, rust, typescript') });
    expect(portcullis(folder, 'init-adapter', '--lang', 'python').code).toBe(0);
    expect(portcullis(folder, 'init-adapter', '--lang', 'python')).toMatchObject({ code: 2, text: expect.stringContaining('nothing was written') });
  });
});
