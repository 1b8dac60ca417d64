import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MachKernel } from '#model/mach/kernel';
import { conformStepwise } from '#traces/conform';
import { bundle as machBundle } from '#traces/mach/bundle';
import type { Bundle } from '#traces/bundle';
import { ModelSubject } from '#traces/model-subject';
import { Journal } from '#traces/recording';
import { refute } from '#traces/refutation';

const bundle = machBundle as unknown as Bundle;
const kernel = machBundle.suite.variants['gnumach'] as MachKernel;
const folder = mkdtempSync(join(tmpdir(), 'portcullis-refutation-'));
const path = join(folder, 'recording.ndjson');
const runs = 60;
/** What a kernel without memory of its own can be asked. */
const operations = new Set(Object.keys(kernel.operations).filter((name) => !/^(vm_|load$|store$)/.test(name)));

beforeAll(async () => {
  const journal = new Journal(path, 'mach', { name: 'a sound kernel', version: '1' });
  await conformStepwise(machBundle, kernel, new ModelSubject('model', machBundle, kernel, 7), operations, {
    seed: 3, runs, length: 30, batch: 1, journal, onStep: () => {}, onCase: () => false,
  });
  journal.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a mutant that judges the recording of a sound kernel', () => {
  test.each(['copy-in-keeps-the-receive-right', 'unused-right-goes-in-silence', 'send-once-destination-stays-with-the-sender'])('is refuted if it is %s', (slug) => {
    const { refuted, cases, unrefuted } = refute({ variant: 'gnumach', slug, path }, bundle);
    expect(refuted).not.toBeNull();
    expect(unrefuted).toBeNull();
    expect(cases).toBeLessThanOrEqual(runs);
  });

  test('is not refuted by operations that were never called', () => {
    const { refuted, unrefuted } = refute({ variant: 'gnumach', slug: 'deallocate-rounds-inward', path }, bundle);
    expect([refuted, unrefuted]).toEqual([null, 'not called']);
  });

  test('is not refuted where no answer can show what is wrong', () => {
    const { refuted, unrefuted } = refute({ variant: 'gnumach', slug: 'port-death-leaves-the-queue', path }, bundle);
    expect([refuted, unrefuted]).toEqual([null, 'not observable']);
  });
});
