import { beforeAll, describe, expect, test } from 'vitest';
import { counted } from '#spec/tariff';
import { tariffs } from '#spec/tariffs';
import { workloads } from '#spec/workloads';
import type { AnyCall } from '#model/kernel';
import { scriptedKernels, scriptsOf } from '#properties/scripts';
import { bundleOf } from '#traces/bundle';
import { compare, compareCsv, compareJson, measures, priceOf, type Comparison, type Measure, type Row } from '#reports/compare';
import { compareHtml, plots } from '#reports/compare-page';
import { compareReport } from '#reports/report-schemas';

const kernels = ['chorus', 'mach', 'qnx'];
let comparison: Comparison;
beforeAll(async () => { comparison = await compare(); }, 120_000);

const rowsOf = (workload: string, kernel: string, form?: string): readonly Row[] =>
  comparison.rows.filter((row) => row.workload === workload && row.kernel === kernel && (form === undefined || row.form === form));
const all = (rows: readonly Row[], measure: Measure): readonly number[] => rows.map((row) => measures[measure](row));

describe('the same work on three kernels', () => {
  test('is done by each kernel, or not done for a reason that is given', () => {
    for (const workload of workloads.keys()) {
      for (const kernel of kernels) {
        const because = comparison.notes.find((note) => note.workload === workload && note.kernel === kernel)?.says;
        expect(rowsOf(workload, kernel).length > 0 || (because ?? '').length > 20, `${workload} of ${kernel}`).toBe(true);
      }
    }
  });

  test('copies data once less each way where nothing is buffered', () => {
    for (const row of rowsOf('rpc', 'qnx')) {
      const buffered = rowsOf('rpc', 'chorus').find(({ size }) => size === row.size)!;
      expect(2 * measures['bytes copied'](row), String(row.size)).toBe(measures['bytes copied'](buffered));
    }
  });

  test('copies no data of a message that points to it, and every page of it that is written', () => {
    const referred = rowsOf('one-way', 'mach', 'out-of-line');
    expect(new Set(all(referred, 'bytes copied')).size).toBe(1);
    for (const [at, row] of rowsOf('one-way', 'mach', 'out-of-line, written').entries()) {
      expect(measures.faults(row)).toBe(Math.ceil(row.size / 4096));
      expect(measures['bytes copied'](row)).toBe(measures['bytes copied'](referred[at]!) + 4096 * measures.faults(row));
    }
  });

  test('asks a pager once for every page, by two messages and two switches', () => {
    for (const row of [...rowsOf('pager-fault', 'mach'), ...rowsOf('pager-fault', 'chorus')]) {
      expect([measures.faults(row), measures.messages(row), measures.switches(row)]).toEqual([row.size, 2 * row.size, 2 * row.size]);
    }
  });

  test('sends nothing over a network unless somebody is elsewhere', () => {
    const isRemote = ({ workload }: Row) => workload.endsWith('-remote');
    expect(all(comparison.rows.filter((row) => !isRemote(row)), 'packets').every((packets) => packets === 0)).toBe(true);
    const crossing = comparison.rows.filter((row) => isRemote(row) && row.workload !== 'failure-remote');
    expect(all(crossing, 'packets').every((packets) => packets > 0)).toBe(true);
  });

  test('takes fewer messages to recover where the kernel hands the port over than where clients ask again', () => {
    for (const [at, row] of rowsOf('recovery', 'mach').entries()) {
      for (const kernel of ['chorus', 'qnx']) {
        const again = measures.messages(rowsOf('recovery', kernel)[at]!);
        expect(row.size === 1 ? again : again - 1).toBeGreaterThanOrEqual(measures.messages(row));
      }
    }
  });
});

describe('the scripts', () => {
  test.each(scriptedKernels())('of %s are made of calls that its vocabulary knows', async (kernel) => {
    for (const [workload, { sizes }] of workloads) {
      const { scripts } = await scriptsOf(kernel, workload) ?? { scripts: '' };
      for (const script of typeof scripts === 'string' ? [] : Object.values(scripts)) {
        const size = sizes.find(script.carries)!;
        const calls: (readonly [string, AnyCall])[] = [];
        script.count(size, (call, of) => calls.push([of, structuredClone(call)]));
        expect(calls.length, workload).toBeGreaterThan(0);
        for (const [of, { operation, ...given }] of calls) {
          const taken = (await bundleOf(of))?.suite.vocabulary[operation]?.takes;
          if (taken !== undefined) expect(taken.safeParse(given).error, `${workload}: ${JSON.stringify(given).slice(0, 200)}`).toBeUndefined();
        }
      }
    }
  }, 30_000);
});

describe('the same work between machines', () => {
  test('takes every message through two servers in Mach, which is twice the copies of one machine', () => {
    for (const workload of ['one-way', 'rpc']) {
      for (const row of rowsOf(`${workload}-remote`, 'mach', 'inline')) {
        const local = rowsOf(workload, 'mach', 'inline').find(({ size }) => size === row.size)!;
        expect([measures.copies(row), measures.messages(row)]).toEqual([2 * measures.copies(local), 2 * measures.messages(local)]);
        expect(measures.packets(row)).toBe(2 * measures.messages(local));
      }
    }
  });

  test('pages over the network by the same messages, each of which Mach carries twice', () => {
    for (const row of rowsOf('pager-fault-remote', 'mach')) {
      expect([measures.faults(row), measures.messages(row), measures.packets(row)]).toEqual([row.size, 4 * row.size, 4 * row.size]);
    }
    for (const row of rowsOf('pager-fault-remote', 'chorus')) {
      expect([measures.faults(row), measures.messages(row), measures.packets(row)]).toEqual([row.size, 2 * row.size, 2 * row.size]);
    }
  });

  test('copies data twice each way in QNX, which has a buffer at the far end of a circuit', () => {
    for (const row of rowsOf('rpc-remote', 'qnx')) {
      const local = rowsOf('rpc', 'qnx').find(({ size }) => size === row.size)!;
      expect([measures.copies(row), measures['bytes copied'](row)]).toEqual([2 * measures.copies(local), 2 * measures['bytes copied'](local)]);
    }
  });

  test('finds out that a machine has crashed by looking again and again', () => {
    for (const kernel of ['mach', 'qnx']) {
      for (const row of rowsOf('failure-remote', kernel)) expect(measures.checkups(row)).toBeGreaterThan(1);
    }
  });

  test('sends the data over the network once each way', () => {
    for (const kernel of kernels) {
      expect(all(rowsOf('one-way-remote', kernel), 'bytes sent')).toEqual(rowsOf('one-way-remote', kernel).map(({ size }) => size));
      expect(all(rowsOf('rpc-remote', kernel), 'bytes sent')).toEqual(rowsOf('rpc-remote', kernel).map(({ size }) => 2 * size));
    }
  });
});

describe('a tariff', () => {
  test('says for every price whether it was measured, and where', () => {
    for (const [name, { prices, assumes }] of tariffs) {
      expect(assumes.length, name).toBeGreaterThan(20);
      for (const [event, { least, most, grade, source, because }] of Object.entries(prices)) {
        expect(counted, name).toContain(event);
        expect(least >= 0 && most >= least && because.length > 10, `${event} of ${name}`).toBe(true);
        expect(source === '', `${event} of ${name}`).toBe(grade === 'assumed');
      }
    }
  });

  test.each([['i386', 310], ['decstation', 125]])('%s comes to what was measured for a null procedure call: %d µs', (name, measured) => {
    const { prices } = tariffs.get(name)!;
    const null_ = rowsOf('rpc', 'mach', 'inline').find(({ size }) => size === 0)!;
    const { byte: _, ...rest } = prices;
    expect(priceOf(null_, { ...tariffs.get(name)!, prices: rest }).most).toBeCloseTo(measured, 0);
  });
});

describe('what is written of it', () => {
  const tariff = tariffs.get('i386')!;

  test('is the same every time', async () => {
    const again = await compare(['failure', 'rpc']);
    const isOwn = ({ workload }: { readonly workload: string }) => ['rpc', 'failure'].includes(workload);
    const own = { rows: comparison.rows.filter(isOwn), notes: comparison.notes.filter(isOwn) };
    expect(compareJson(again, 'i386', tariff)).toBe(compareJson(own, 'i386', tariff));
    expect([...plots(again, tariff)]).toEqual([...plots(own, tariff)]);
  });

  test('is as its schema says', () => {
    expect(compareReport.strict().safeParse(JSON.parse(compareJson(comparison, 'i386', tariff))).error).toBeUndefined();
  });

  test('has a line for each row', () => {
    const lines = compareCsv(comparison, tariff).trimEnd().split('\n');
    expect(lines.length).toBe(comparison.rows.length + 1);
    expect(new Set(lines.map((line) => line.replace(/"[^"]*"/g, '').split(',').length)).size).toBe(1);
  });

  test('is drawn for every workload that somebody does, inside the picture', () => {
    const drawn = plots(comparison, tariff);
    const done = new Set(comparison.rows.map(({ workload }) => workload));
    for (const workload of workloads.keys()) expect(drawn.has(`${workload}-price.svg`), workload).toBe(done.has(workload));
    for (const [name, svg] of drawn) {
      const heights = [...svg.matchAll(/c?y="(-?[\d.]+)"/g)].map(([, y]) => Number(y));
      expect(heights.every((y) => y >= 0 && y <= 500), name).toBe(true);
      expect(svg, name).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  test('escapes what kernels bring on its page', () => {
    const row: Row = { workload: 'rpc', kernel: '<script>', form: '"&', size: 0, counts: { trap: 1 } };
    const odd = { rows: [row], notes: [] };
    expect(compareHtml(odd, 'i386', tariff, plots(odd, tariff))).not.toMatch(/<script|"&\W/);
  });
});
