import { describe, expect, it } from 'vitest';
import { compile } from './compile.js';
import { Report } from './decode.js';
import type { Call, Program } from './program.js';
import { deadlines } from './schedule.js';
import { data, header, message, none } from './script.testing.js';

const program = (...calls: Call[]): Program => ({ case: 'test', scope: { threads: [2] }, calls });
const waiting = (thread: string): Call =>
  message(thread, null, { name: 1 }, { options: ['receive-timeout'], timeout: 5 });
const timeout = (thread: string): Call => ({ operation: 'timeout', waiting: thread });
const nap: Call = { operation: 'thread_switch', thread: 't3', to: 0, option: 'wait', milliseconds: 0 };

describe('the schedule of timed waits', () => {
  it('ends each wait just after the timeout that is to end it', () => {
    const [first, second, never] = deadlines([
      waiting('t1'),
      waiting('t2'),
      waiting('t3'),
      timeout('t2'),
      timeout('t1'),
    ]);
    expect(second).toBeLessThan(first!);
    expect(never).toBeGreaterThan(first! + 500);
  });

  it('gives room to what takes time in between', () => {
    const [near] = deadlines([waiting('t1'), timeout('t1')]);
    const [far] = deadlines([waiting('t1'), nap, nap, timeout('t1')]);
    expect(far).toBeGreaterThan(near!);
  });

  it('takes a timeout for the last wait before it only', () => {
    const [first, second] = deadlines([waiting('t1'), waiting('t1'), timeout('t1')]);
    expect(first).toBeGreaterThan(second! + 500);
  });

  it('has none for calls that do not wait for a limited time', () => {
    const polling = message('t1', null, { name: 1 }, { options: ['receive-timeout'], timeout: 0 });
    const patient = message('t1', null, { name: 1 }, { timeout: 7 });
    expect(deadlines([polling, patient, nap])).toEqual([0, 0, 0]);
  });
});

describe('a program for the agent', () => {
  it('ends before the first call that cannot be made', () => {
    const huge = message(
      't1',
      { to: header(1, 'copy-send'), reply: none, body: [{ ...data('00'.repeat(40_000)), long: true }] },
      null,
    );
    const { plans, cut } = compile(program(nap, huge, nap));
    expect(plans).toHaveLength(1);
    expect(cut).toMatchObject({ thread: 't1', why: expect.stringContaining('a message of') });
  });

  it('has room for only so many threads', () => {
    expect(() => compile({ case: 'wide', scope: { threads: [60, 5] }, calls: [] })).toThrow(
      'more than 64 tasks or 64 threads',
    );
  });
});

describe('the report of the agent', () => {
  it('may break off anywhere', () => {
    const yielding: Call = { operation: 'swtch', thread: 't1' };
    const compiled = compile(program(yielding, yielding));
    const step = [2, 0, 0, 0, 0, 0, 0x10];
    const whole = Buffer.from([...step, ...step, 0x20, 0, 0, 0, 0, 0]);
    for (let length = 0; length < whole.length; length++) {
      const run = new Report(whole.subarray(0, length)).run(compiled);
      expect(run.stopped).toBe('incomplete');
      expect(run.steps).toHaveLength(Math.min(2, Math.floor(length / step.length)));
    }
    expect(new Report(whole).run(compiled).stopped).toBeUndefined();
  });

  it('of a program that was cut ends with the call that could not be made', () => {
    const unknown: Call = { operation: 'mach_port_paint', thread: 't2' };
    const run = new Report(Buffer.from([0x20, 0, 0, 0, 0, 0])).run(compile(program(unknown)));
    const why = 'no operation is called mach_port_paint';
    expect(run).toEqual({ steps: [{ events: [{ tag: 'unsupported', thread: 't2', why }] }], stopped: why });
  });
});
