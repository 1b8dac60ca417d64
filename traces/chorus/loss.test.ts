import { describe, expect, test } from 'vitest';
import { bundle } from '#traces/chorus/bundle';
import { Oracle } from '#traces/oracle';
import type { SeenEvent, WireCall } from '#traces/wire';

/** `t1` is in the actor `u3` with port `u4`, `t2` in `u5` with port `u6`: on one site, or on two. */
function judged(sites: readonly number[], steps: readonly (readonly [WireCall, readonly SeenEvent[]])[]): readonly string[] {
  const oracle = new Oracle(bundle, bundle.suite.kernel, { threads: [1, 1], sites });
  return steps.map(([call, seen]) => oracle.judge(call, seen).tag);
}

const plain = { source: null, annex: null, body: 'a5', destination: { ui: 'u6', mode: null, coTarget: null } };
const sends: readonly [WireCall, readonly SeenEvent[]] = [{ operation: 'ipcSend', thread: 't1', ...plain }, [{ tag: 'returned', thread: 't1', value: null }]];
const polls = (...seen: readonly SeenEvent[]): readonly [WireCall, readonly SeenEvent[]] =>
  [{ operation: 'ipcReceive', thread: 't2', from: { tag: 'default' }, delay: 0, abortable: false, room: 8 }, seen];
const got = (sequence: number) => polls({ tag: 'returned', thread: 't2', value: { port: 1, sequence, size: 1, annex: null, body: 'a5' } });
const nothing = polls({ tag: 'raised', thread: 't2', error: 'K_ETIMEOUT' });
const calls: readonly [WireCall, readonly SeenEvent[]] = [
  { operation: 'ipcCall', thread: 't1', ...plain, delay: null, abortable: false, room: 8 }, [{ tag: 'blocked', thread: 't1' }],
];
const replies = (...seen: readonly SeenEvent[]): readonly [WireCall, readonly SeenEvent[]] =>
  [{ operation: 'ipcReply', thread: 't2', annex: null, body: 'ff' }, seen];
const replied: SeenEvent = { tag: 'returned', thread: 't2', value: null };
const answered = (body: string): SeenEvent => ({ tag: 'returned', thread: 't1', value: { size: 1, annex: null, body } });

const APART = [0, 1];
const TOGETHER = [0, 0];

describe('a one-way message', () => {
  test('may arrive on another site', () => expect(judged(APART, [sends, got(1)])).toEqual(['agrees', 'agrees']));
  test('may be lost or late on its way to another site', () => expect(judged(APART, [sends, nothing, nothing])).toEqual(['agrees', 'agrees', 'agrees']));
  test('may arrive late on another site', () => expect(judged(APART, [sends, nothing, got(1)])).toEqual(['agrees', 'agrees', 'agrees']));
  test('arrives on the same site', () => expect(judged(TOGETHER, [sends, got(1)])).toEqual(['agrees', 'agrees']));
  test('is not lost on the same site', () => expect(judged(TOGETHER, [sends, nothing])).toEqual(['agrees', 'diverges']));
  test.each([['the same site', TOGETHER], ['another site', APART]])('is not received twice on %s', (_where, sites) =>
    expect(judged(sites, [sends, got(1), got(2)])).toEqual(['agrees', 'agrees', 'diverges']));
});

describe('a call', () => {
  test('is answered with what its server said', () =>
    expect(judged(TOGETHER, [calls, got(1), replies(replied, answered('ff'))])).toEqual(['agrees', 'agrees', 'agrees']));
  test('is not answered with anything else', () =>
    expect(judged(TOGETHER, [calls, got(1), replies(replied, answered('00'))]).at(-1)).toBe('diverges'));
  test('is answered from another site', () =>
    expect(judged(APART, [calls, got(1), replies(replied, answered('ff'))])).toEqual(['agrees', 'agrees', 'agrees']));
  test('whose answer is lost ends with an error', () => {
    const fails = (error: string) => judged(APART, [calls, got(1), replies(replied), [{ operation: 'packetIsLost', packet: 0 }, []],
      [{ operation: 'failureIsNoticed', client: 't1' }, [{ tag: 'raised', thread: 't1', error }]]]);
    expect(fails('K_EUNKNOWN')).toEqual(['agrees', 'agrees', 'agrees', 'agrees', 'agrees']);
    expect(fails('K_EFULL').at(-1)).toBe('diverges');
  });
  test('that is lost does not come back as if nothing had happened', () => {
    const lost = judged(APART, [calls, [{ operation: 'packetIsLost', packet: 0 }, []], [{ operation: 'failureIsNoticed', client: 't1' }, [answered('ff')]]]);
    expect(lost.at(-1)).toBe('diverges');
  });
});
