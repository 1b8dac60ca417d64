import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Adapter, defaultTimeLimits } from '#traces/adapter';
import { AdapterSubject, conformStepwise } from '#traces/conform';
import { AdapterFault } from '#traces/fault';
import type { CaseVerdict } from '#traces/judge';
import { bundle } from '#traces/mach/bundle';
import { Journal, readRecording } from '#traces/recording';

const fixture = fileURLToPath(new URL('fixtures/adapter.mjs', import.meta.url));
const limits = { ...defaultTimeLimits, startup: 8000, step: 1500 };

/** What conformance with a misbehaving adapter comes to: the verdicts, the fault if there was one, and the journal. */
async function conformWith(how: string): Promise<{ verdicts: CaseVerdict[]; fault: AdapterFault | null; journal: string; noise: readonly string[] }> {
  const path = join(mkdtempSync(join(tmpdir(), 'portcullis-')), 'journal.ndjson');
  const journal = new Journal(path, 'mach', { name: how, version: '1' });
  const verdicts: CaseVerdict[] = [];
  let fault: AdapterFault | null = null;
  let noise: readonly string[] = [];
  try {
    const adapter = await Adapter.start([process.execPath, fixture, how], bundle.vocabularies.wire, bundle.vocabularies.program, limits);
    noise = adapter.noise;
    try {
      await conformStepwise(bundle, bundle.suite.kernel, new AdapterSubject(adapter), new Set(adapter.initialized.operations), {
        seed: 3, runs: 4, length: 15, batch: 1, journal, onStep: () => {}, onCase: (_name, verdict) => {
          verdicts.push(verdict);
          return false;
        },
      });
    } finally {
      await adapter.close();
    }
  } catch (error) {
    if (!(error instanceof AdapterFault)) throw error;
    fault = error;
  }
  journal.close();
  return { verdicts, fault, journal: readFileSync(path, 'utf8'), noise };
}

describe('an adapter', () => {
  test('that is missing is a fault that says so', async () => {
    await expect(Adapter.start(['/nonexistent/adapter'], bundle.vocabularies.wire, bundle.vocabularies.program, limits))
      .rejects.toMatchObject({ check: 'adapter.missing' });
  });

  test.each([
    ['exits', 'adapter.exited', 'cannot find my kernel'],
    ['crashes', 'adapter.exited', 'panic: no memory'],
    ['stalls', 'adapter.hung', ''],
    ['wrong-id', 'adapter.wrong-id', ''],
    ['invalid-json', 'adapter.stdout', ''],
    ['late-log', 'adapter.stdout', ''],
    ['nonsense', 'adapter.schema', ''],
  ])('that %s is a fault, with its last words', async (how, check, words) => {
    const { fault } = await conformWith(how);
    expect(fault?.check).toBe(check);
    expect(fault?.stderr).toContain(words);
  });

  test('that never answers is a fault after its time', async () => {
    await expect(Adapter.start([process.execPath, fixture, 'hangs'], bundle.vocabularies.wire, bundle.vocabularies.program, { ...limits, startup: 500 }))
      .rejects.toMatchObject({ check: 'adapter.hung' });
  });

  test('that crashes leaves a journal which tells the call it crashed in', async () => {
    const { journal, fault } = await conformWith('crashes');
    expect(fault).not.toBeNull();
    const lines = journal.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toHaveProperty('call');
    const cases = [...readRecording('journal', lines).cases];
    expect(cases.at(-1)!.steps.at(-1)!.events).toBeNull();
    expect(cases.at(-1)!.steps.length).toBeGreaterThan(1);
  });

  test('that logs before the greeting is only hinted at', async () => {
    const { fault, noise, verdicts } = await conformWith('logs');
    expect(fault).toBeNull();
    expect(noise).toEqual(['booting toy kernel', 'ready']);
    expect(verdicts.every(({ divergences }) => divergences.length === 0)).toBe(true);
  });

  test('that floods its standard error is judged all the same', async () => {
    const { fault, verdicts } = await conformWith('floods');
    expect(fault).toBeNull();
    expect(verdicts).toHaveLength(4);
  });

  test('that supports nothing passes nothing', async () => {
    const { verdicts } = await conformWith('unsupported');
    expect(verdicts.every(({ unsupported, cannotTell }) => unsupported === 1 && cannotTell !== null)).toBe(true);
  });

  test('that gives one name for two things is found out', async () => {
    const { verdicts } = await conformWith('confuses-names');
    expect(verdicts.flatMap(({ divergences }) => divergences).length).toBeGreaterThan(0);
  });
});
