import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a module as somebody who has the package would. */
function run(source: string): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], { cwd: root, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('the package', () => {
  test('has a command that can be run where it was built', () => {
    expect(statSync(new URL('../dist/cli/main.js', import.meta.url)).mode & 0o111).not.toBe(0);
  });

  test('is a library as the README shows it', () => {
    const [, shown] = /```js\n([\s\S]*?)```/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))!;
    const { code, out, err } = run(shown!);
    expect(err).toBe('');
    expect(out).toContain("tag: 'returned'");
    expect(code).toBe(0);
  });

  test.each([
    'portcullis/properties/mach/suite', 'portcullis/traces/replay', 'portcullis/reports/check-report', 'portcullis/spec/trace',
  ])('offers %s', (name) => {
    expect(run(`console.log(Object.keys(await import('${name}')).length > 0)`)).toMatchObject({ code: 0, out: 'true\n' });
  });

  test('offers its schemas', () => {
    const { out } = run("import { readFileSync, statSync } from 'node:fs'; console.log(readFileSync(new URL(import.meta.resolve('portcullis/schemas/mach/trace.schema.json')), 'utf8').length > 1000)");
    expect(out).toBe('true\n');
  });

  test('has all that it runs with, and no tests', () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    for (const needed of [
      'dist/cli/main.js', 'dist/model/kernel.d.ts', 'dist/traces/worker.js', 'model/mach/kernel.ts', 'spec/schemas/check.schema.json',
      'implementations/kits/c/portcullis.h', 'README.md', 'LICENSE',
    ]) expect(paths).toContain(needed);
    expect(paths.filter((path) => path.startsWith('dist/') && path.includes('.test.'))).toEqual([]);
  });
});
