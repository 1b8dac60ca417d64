import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policies, type Pid, type Policy, type ProcessId } from '#spec/qnx/vocabulary';
import { runInPlace } from '#model/kernel';
import { qnx } from '#model/qnx/kernel';
import type { QnxCall } from '#model/qnx/world';
import { following } from '#properties/program';

const SLICE = 2;
const part = { at: 0, length: 0 };

/** A workload: what happens next, time after time. A process waits for its own proxy, which an interrupt triggers. */
type Happening = { readonly tag: 'tick' | 'wait' } | { readonly tag: 'interrupt'; readonly of: number };

interface Worker { readonly base: number; level: number; slice: number; ready: boolean; pending: number }

/** Who is dispatched, by the rules: one queue for each level, worked out with nothing of the model. */
function reference(priorities: readonly number[], policy: Policy, happenings: readonly Happening[]): number[] {
  const workers: Worker[] = priorities.map((base) => ({ base, level: base, slice: SLICE, ready: true, pending: 0 }));
  const queues: number[][] = Array.from({ length: 32 }, () => []);
  priorities.forEach((base, id) => queues[base]!.push(id));
  const order: number[] = [];
  const next = (): number => {
    const id = queues.findLast((queue) => queue.length > 0)?.shift() ?? -1;
    if (id >= 0) order.push(id);
    return id;
  };
  let running = next();
  for (const happening of happenings) {
    const worker = workers[running];
    if (happening.tag === 'tick' && worker !== undefined && policy !== 'fifo' && (worker.slice -= 1) === 0) {
      worker.slice = SLICE;
      if (policy === 'adaptive') worker.level = Math.max(0, worker.base - 1);
      queues[worker.level]!.push(running);
      running = next();
    } else if (happening.tag === 'wait' && worker !== undefined) {
      if (worker.pending > 0) worker.pending -= 1;
      else {
        Object.assign(worker, { ready: false, level: worker.base });
        running = next();
      }
    } else if (happening.tag === 'interrupt') {
      const woken = workers[happening.of]!;
      if (woken.ready) woken.pending += 1;
      else {
        Object.assign(woken, { ready: true, slice: SLICE });
        queues[woken.level]!.push(happening.of);
        if (worker !== undefined && woken.level > worker.level) queues[worker.level]!.unshift(running);
        if (worker === undefined || woken.level > worker.level) running = next();
      }
    }
  }
  return order;
}

/** Who is dispatched by the model. */
function modelled(priorities: readonly number[], policy: Policy, happenings: readonly Happening[]): number[] {
  const state = qnx.boot({ priorities, policies: priorities.map(() => policy), limits: { slice: SLICE } } as never);
  const order: number[] = [];
  const run = (call: QnxCall) => runInPlace(qnx, state, call, following([]));
  const proxies = priorities.map((_, id) => {
    const made = run({ operation: 'qnx_proxy_attach', thread: id + 1 as ProcessId, pid: 0 as Pid, data: part, priority: -1 });
    return (made.events[0] as { value: { proxy: Pid } }).value.proxy;
  });
  const dispatch = () => {
    if (state.running > 0 || state.ready.length === 0) return;
    run({ operation: 'dispatch' });
    order.push(state.running - 1);
  };
  dispatch();
  for (const happening of happenings) {
    if (happening.tag === 'tick') run({ operation: 'tick' });
    else if (happening.tag === 'interrupt') run({ operation: 'interrupt', proxy: proxies[happening.of]! });
    else if (state.running > 0) run({ operation: 'Receive', thread: state.running, pid: proxies[state.running - 1]!, buffer: part });
    dispatch();
  }
  return order;
}

const workloads = fc.array(fc.constantFrom(8, 9, 9, 10, 10), { minLength: 2, maxLength: 5 }).chain((priorities) => fc.record({
  priorities: fc.constant(priorities),
  happenings: fc.array(fc.oneof(
    { weight: 4, arbitrary: fc.constant<Happening>({ tag: 'tick' }) },
    { weight: 2, arbitrary: fc.constant<Happening>({ tag: 'wait' }) },
    { weight: 3, arbitrary: fc.nat({ max: priorities.length - 1 }).map((of): Happening => ({ tag: 'interrupt', of })) },
  ), { maxLength: 60 }),
}));

describe.each(policies.map((policy) => [policy] as const))('processes that are %s', (policy) => {
  test('are dispatched in the order of the reference', () => {
    fc.assert(fc.property(workloads, ({ priorities, happenings }) => {
      expect(modelled(priorities, policy, happenings)).toEqual(reference(priorities, policy, happenings));
    }), { numRuns: 300, seed: 1 });
  });
});
