import { type Call, callerOf, isMessage, isTime, type MessageCall, type PlainCall } from './program.js';

/**
 * When timed waits are to expire, in ticks of the kernel's clock since the program began.
 *
 * A program says when a wait expires (`timeout`), so the wait's length cannot be its argument: it must
 * outlast everything before that call, and then be the first to expire. The whole program is known, so every
 * call is given a time by which it is made at the latest, and every wait a deadline just after the `timeout`
 * that is to end it; a wait that none ends outlasts the program.
 */

/** A timed wait begins and ends within this many ticks of what was planned. */
const start = 8;
const timeoutTakes = 5;
const napTakes = 4;
const afterwards = 2;
const beyondTheEnd = 1000;

const isTimedMessage = ({ timeout, options }: MessageCall): boolean =>
  timeout > 0 && (options.includes('send-timeout') || options.includes('receive-timeout'));

const isSleep = (call: Call): call is PlainCall =>
  call.operation === 'thread_switch' && (call as PlainCall).option === 'wait';

const isTimedWait = (call: Call): boolean =>
  isMessage(call) ? isTimedMessage(call) : isSleep(call) && call.milliseconds !== 0;

/** A sleep of no time at all lasts to the next tick, which the agent lets pass at once. */
export const isNap = (call: Call): boolean => isSleep(call) && call.milliseconds === 0;

/** By which tick each call is made, and after the last one, by which the program is over. */
function latestTimes(calls: readonly Call[]): number[] {
  const times = [start];
  for (const call of calls) {
    const takes = isTime(call) ? timeoutTakes : isNap(call) ? napTakes : 0;
    times.push(times.at(-1)! + takes);
  }
  return times;
}

/** For each call the tick its wait is to expire at, or 0 when it is not a timed wait. */
export function deadlines(calls: readonly Call[]): number[] {
  const times = latestTimes(calls);
  const never = times.at(-1)! + beyondTheEnd;
  /** By thread: the `timeout` that comes next, unless the thread makes another call before. */
  const next = new Map<string, number>();
  const planned = calls.map(() => 0);
  for (let at = calls.length - 1; at >= 0; at--) {
    const call = calls[at]!;
    const thread = callerOf(call);
    if (isTime(call)) {
      next.set(thread, times[at]! + afterwards);
      continue;
    }
    if (isTimedWait(call)) planned[at] = next.get(thread) ?? never;
    next.delete(thread);
  }
  return planned;
}
