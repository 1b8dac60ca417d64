import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));

/** Runs the command as a user would, on what the build made. */
function portcullis(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  return { code: status, out: stdout, err: stderr };
}

beforeAll(() => {
  if (!existsSync(main)) throw new Error('the build is missing: run npm run prepare first');
  // A counterexample for the tests below to look at.
  const { code } = portcullis('explore', 'mach', '--scope', 'two-tasks-two-ports', '--mutant', 'copy-in-keeps-the-receive-right');
  expect(code).toBe(1);
}, 60_000);

describe('wrong input is named, with exit code 2', () => {
  test.each([
    [['check', 'minix'], 'there is no kernel minix; there are: '],
    [['explore', 'mach', '--scope', 'moon'], 'there is no scope moon'],
    [['explain', 'mach/receive-right-is-shared'], 'there is no rule mach/receive-right-is-shared; did you mean'],
    [['list', 'tasks'], 'there is no listing tasks'],
    [['schema', 'poem'], 'there is no schema poem'],
    [['conform', 'hurd'], 'there is no subject hurd'],
    [['conform', 'mutant:mach/none'], 'there is no mutant:mach/none'],
    [['replay', 'missing.trace.json'], 'missing.trace.json: ENOENT'],
    [['judge', 'missing.ndjson'], 'missing.ndjson: ENOENT'],
    [['check', '--profile', 'eager'], 'eager'],
    [['check', '--seed', 'x'], '--seed takes a whole number'],
    [['fly'], 'unknown command'],
    [['compare', 'golf'], 'there is no workload golf; there are: failure'],
    [['compare', 'rpc', '--kernel', 'minix'], 'there is no kernel with workloads minix'],
    [['compare', 'rpc', '--tariff', 'free'], 'i386'],
    [['compare', 'rpc', '--json', '--csv'], '--json and --csv exclude each other'],
    [['paper', '--section', '9'], 'there is no statement in section 9'],
    [['paper', '--verdict', 'perhaps'], 'cannot be said'],
    [['check', 'mach', '--variant', 'sunos'], 'there is no variant sunos; there are: documented, gnumach'],
    [['check', '--runs', '0'], '--runs takes a whole number from 1'],
    [['explain', 'minix/anything'], 'there is no kernel minix'],
    [['list', 'rules', 'minix'], 'there is no kernel minix'],
    [['schema', 'trace', '--kernel', 'minix'], 'there is no kernel minix'],
    [['explore', 'mach', '--mutant', 'none'], 'there is no mutant none'],
    [['conform', 'stdio:'], 'stdio: takes the command'],
    [['conform', 'model:mach', '--baseline', 'missing.json'], 'missing.json'],
    [['conform', 'model:minix'], 'there is no kernel minix'],
    [['trace', 'polish', 'x.trace.json'], 'there is no trace action polish'],
    [['trace', 'lint', 'missing.trace.json'], 'ENOENT'],
    [['setup', 'hurd'], 'there is nothing to set up for hurd'],
    [['serve', 'model:minix'], 'there is no kernel minix'],
  ])('%j', (words, complaint) => {
    const { code, out, err } = portcullis(...words);
    expect(err + out).toContain(complaint);
    expect(code).toBe(2);
  });

  test('a trace file that is cut short names the line', () => {
    const path = join(folder, 'short.trace.json');
    writeFileSync(path, '{\n  "format": "portcullis-trace/1",\n  "kernel": "mach",\n');
    const { code, err } = portcullis('replay', path);
    expect(err).toContain('short.trace.json:4: not JSON');
    expect(code).toBe(2);
  });

  test('a trace file of another version is named as such', () => {
    const path = join(folder, 'old.trace.json');
    writeFileSync(path, '{"format": "portcullis-trace/9", "kernel": "mach"}\n');
    expect(portcullis('replay', path)).toMatchObject({ code: 2, err: expect.stringContaining('format: portcullis-trace/9 is not supported') });
  });

  test('a trace file of nonsense names the field, and what is said of it cannot harm a terminal', () => {
    const path = join(folder, 'nonsense.trace.json');
    writeFileSync(path, '{"format": "portcullis-trace/1", "kernel": "\\u001b[2Jmach"}\n');
    const { code, err } = portcullis('replay', path);
    expect(err).toContain('there is no kernel \\u001b[2Jmach');
    expect(code).toBe(2);
  });

  test('a baseline without reasons is refused', () => {
    const path = join(folder, 'baseline.json');
    writeFileSync(path, '{"variant": "documented", "deviations": [{"rule": "mach/x", "reason": "no", "source": "none"}]}');
    expect(portcullis('conform', 'model:mach', '--runs', '1', '--baseline', path)).toMatchObject({ code: 2, err: expect.stringContaining('deviations[0].reason') });
  });

  test('a recording names line and field', () => {
    const path = join(folder, 'bad.ndjson');
    writeFileSync(path, [
      '{"format":"portcullis-recording/1","kernel":"mach"}',
      '{"case":"one","scope":{"threads":[1]}}',
      '{"call":{"operation":"mach_port_type","thread":"t1","task":"T1","name":"five"}}',
      '{"events":[]}', '',
    ].join('\n'));
    const { code, err } = portcullis('judge', path);
    expect(err).toContain('bad.ndjson:3: call.name');
    expect(code).toBe(2);
  });
});

describe('a counterexample', () => {
  const trace = join(folder, 'portcullis-out', 'two-tasks-two-ports-copy-in-keeps-the-receive-right.trace.json');

  test('is reproduced on the mutant that it was made on', () => {
    const { code, out } = portcullis('replay', trace);
    expect(out).toContain('reproduced at call 4: mach/receive-right-is-exclusive');
    expect(code).toBe(1);
  });

  test('is not reproduced on the sound model', () => {
    const { code, out } = portcullis('replay', trace, '--on', 'model:mach');
    expect(out).toContain('not reproduced');
    expect(code).toBe(0);
  });

  test('is another failure on another mutant, or none', () => {
    const { out } = portcullis('replay', trace, '--on', 'mutant:mach/waiting-sender-keeps-its-receive-right');
    expect(out).toContain('not reproduced');
  });

  test('is reproduced on a mutant behind the protocol, and not on the sound model there', () => {
    const serve = (subject: string) => `stdio:"${process.execPath}" "${main}" serve ${subject}`;
    expect(portcullis('replay', trace, '--on', serve('model:mach'))).toMatchObject({ code: 0 });
  });

  test('that no longer fits is stale', () => {
    const text = readFileSync(trace, 'utf8').replace(/"model": "[0-9a-f]{12}"/, '"model": "000000000000"').replace(/"thread":"t2"/g, '"thread":"t9"');
    const path = join(folder, 'stale.trace.json');
    writeFileSync(path, text);
    const { code, out } = portcullis('replay', path);
    expect(out).toContain('stale at call');
    expect(code).toBe(3);
  });
});

describe('a trace file', () => {
  const old = join(folder, 'old-model.trace.json');

  beforeAll(() => {
    const made = join(folder, 'portcullis-out', 'two-tasks-two-ports-copy-in-keeps-the-receive-right.trace.json');
    writeFileSync(old, readFileSync(made, 'utf8').replace(/"model": "[0-9a-f]{12}"/, '"model": "000000000000"'));
  });

  test('of another model that still shows its fault can be migrated, and is current then', () => {
    expect(portcullis('trace', 'lint', old)).toMatchObject({ code: 0, out: expect.stringContaining('still reproduced') });
    expect(portcullis('trace', 'migrate', old)).toMatchObject({ code: 0, out: expect.stringContaining(': migrated') });
    expect(portcullis('trace', 'lint', old)).toMatchObject({ code: 0, out: expect.stringContaining(': current') });
  });

  test('that shows nothing any more is stale', () => {
    const path = join(folder, 'harmless.trace.json');
    writeFileSync(path, readFileSync(old, 'utf8').replace(/mutant:mach\/[a-z-]+/, 'model:mach'));
    expect(portcullis('trace', 'lint', path)).toMatchObject({ code: 3, out: expect.stringContaining('stale: it is not reproduced') });
  });

  test('becomes a page, and the state is shown by what changes', () => {
    const page = join(folder, 'pages', 'run.html');
    const { out } = portcullis('replay', old, '--states', '--html', page);
    expect(out).toContain('     + task T');
    expect(out).toContain(`reproduce: portcullis replay ${old}`);
    expect(readFileSync(page, 'utf8')).toContain('<h1>mach/receive-right-is-exclusive</h1>');
  });
});

describe('the same seed', () => {
  test('prints the same bytes, however many workers there are', () => {
    const run = (workers: string) => portcullis('check', 'mach', '--runs', '60', '--json', '--no-mutants', '--seed', '7', '--workers', workers).out;
    const one = run('1');
    expect(JSON.parse(one)).toMatchObject({ kernels: [{ runs: 60 }] });
    expect(run('3')).toBe(one);
  });
});

describe('what is printed', () => {
  test('has no colours, tells how to get it again, and is summed up for GitHub', () => {
    const summary = join(folder, 'summary.md');
    const { stdout } = spawnSync(process.execPath, [main, 'check', 'mach', '--runs', '5', '--no-mutants', '--junit', join(folder, 'junit', 'check.xml')], {
      cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '1', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    });
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/\u001b/);
    expect(stdout).toContain('reproduce: portcullis check mach --profile ci --seed 1 --runs 5 --no-mutants');
    expect(readFileSync(summary, 'utf8')).toContain('| mach (documented) | 5 |');
    expect(readFileSync(join(folder, 'junit', 'check.xml'), 'utf8')).toContain('<testsuite name="mach"');
  });
});

describe('an interrupt', () => {
  test('of the mutants prints what became of those that were tried', async () => {
    const child = spawn(process.execPath, [main, 'mutants', 'mach', '--json'], { cwd: folder });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    setTimeout(() => child.kill('SIGINT'), 5000);
    const code = await new Promise((resolve) => child.on('exit', resolve));
    const { mutants, total } = JSON.parse(out) as { mutants: unknown[]; total: number };
    expect(mutants).toHaveLength(total);
    expect(code).toBe(130);
  });

  test('still prints the report', async () => {
    const child = spawn(process.execPath, [main, 'check', 'mach', '--profile', 'deep', '--no-mutants', '--json'], { cwd: folder });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    setTimeout(() => child.kill('SIGINT'), 12_000);
    const code = await new Promise((resolve) => child.on('exit', resolve));
    const report = JSON.parse(out) as { interrupted: boolean; kernels: { runs: number }[] };
    expect(report.interrupted).toBe(true);
    expect(report.kernels[0]!.runs).toBeGreaterThan(0);
    expect(code).toBe(130);
  });
});

describe('conformance from the command line', () => {
  test('of the model with itself finds nothing', () => {
    expect(portcullis('conform', 'model:mach', '--runs', '40')).toMatchObject({ code: 0, out: expect.stringContaining('no divergence') });
  });

  test('of a mutant finds its fault', () => {
    const { code, out } = portcullis('conform', 'mutant:mach/copy-in-keeps-the-receive-right', '--runs', '80');
    expect(out).toContain('✗');
    expect(code).toBe(1);
  });

  test('leaves a recording that can be judged offline, with the same verdict', () => {
    portcullis('conform', 'mutant:mach/copy-in-keeps-the-receive-right', '--runs', '80');
    const recording = join(folder, 'portcullis-out', 'mutant-mach-copy-in-keeps-the-receive-right.recording.ndjson');
    expect(portcullis('judge', recording).code).toBe(1);
    expect(portcullis('conform', 'model:mach', '--runs', '40').code).toBe(0);
    expect(portcullis('judge', join(folder, 'portcullis-out', 'model-mach.recording.ndjson')).code).toBe(0);
  });

  test('judges what an implementation of ours recorded by the variant that implementation goes by', () => {
    const path = join(folder, 'gnumach.ndjson');
    writeFileSync(path, [
      '{"format":"portcullis-recording/1","kernel":"mach","implementation":{"name":"GNU Mach","version":"1.8"}}',
      '{"case":"one","scope":{"threads":[1]}}',
      '{"call":{"operation":"swtch","thread":"t1"}}',
      '{"events":[{"thread":"t1","tag":"returned","value":null}]}',
      '',
    ].join('\n'));
    expect(portcullis('judge', path)).toMatchObject({ code: 0, out: expect.stringContaining('judged by mach (gnumach)') });
    expect(portcullis('judge', path, '--variant', 'documented').out).toContain('judged by mach (documented)');
  });

  test('of an adapter that crashes leaves a recording that can be judged up to there', () => {
    const fixture = join(root, 'traces/fixtures/adapter.mjs');
    const { code, out, err } = portcullis('conform', `stdio:"${process.execPath}" "${fixture}" crashes`, '--runs', '3');
    expect(code).toBe(4);
    expect(err).toContain('panic: no memory');
    const recording = /recorded in (\S+)/.exec(out)![1]!;
    expect(portcullis('judge', recording)).toMatchObject({ code: 0, out: expect.stringContaining('no divergence') });
  });

  test('of an adapter that is not there is a fault', () => {
    expect(portcullis('conform', 'stdio:./not-there')).toMatchObject({ code: 4, err: expect.stringContaining('adapter.missing') });
  });

  test('of a broken adapter is a fault, with exit code 4 and its last words', () => {
    const fixture = join(root, 'traces/fixtures/adapter.mjs');
    const { code, err } = portcullis('conform', `stdio:"${process.execPath}" "${fixture}" exits`);
    expect(err).toContain('cannot find my kernel');
    expect(code).toBe(4);
  });
});
