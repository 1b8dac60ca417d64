import type { TaskId } from '#spec/mach/vocabulary';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { curios } from '#properties/mach/curios';
import { isEnabled } from '#properties/mach/draw';
import { memoryConformance } from '#properties/mach/memory/conformance-memory';
import { Scene } from '#properties/mach/scenes';
import { drawing } from '#properties/mach/theme';
import type { Random } from '#properties/random';
import type { Able, Theme } from '#properties/suite';

type Draw = Theme<MachState, MachCall>['draw'];

/** How often another call is drawn where one is not fit. */
const TRIES = 20;

/** One in so many runs is about memory, where an implementation has any. */
const MEMORY = 2;

/** What other implementations are asked: runs that go deep, with the limits that real kernels have. */
export function conformanceTheme(random: Random, { operations, scope: sayable }: Able): Theme<MachState, MachCall> {
  const aside = random.aside();
  if (operations.has('load') && sayable.includes('memory') && aside.once(MEMORY)) {
    const { scope, draw } = memoryConformance(aside);
    return { scope, draw: fitting(draw) };
  }
  const threads = random.pick([[2, 2], [3, 2], [2, 3], [2, 2, 2]]);
  const draw = drawing(random, random.pick([3, 4, 6]));
  const opens = opening(random, threads.length);
  return { scope: { threads }, draw: fitting((state, draws) => opens(state) ?? draw(state, draws)) };
}

/** How a run begins: with a scene, with something curious, or as it happens. */
function opening(random: Random, tasks: number): (state: MachState) => MachCall | null {
  const style = random.below(4);
  if (style === 0) {
    const scene = new Scene(random, tasks);
    return (state) => scene.next(state);
  }
  if (style > 1) return () => null;
  let now: MachState | null = null;
  const curio = random.pick(curios)(() => now!, random);
  return (state) => {
    now = state;
    for (let next = curio.next(); next.done !== true; next = curio.next()) if (isEnabled(state, next.value)) return next.value;
    return null;
  };
}

/**
 * Leaves out what a harness that lives on the same kernel cannot do: its own code runs in the threads that
 * call, so they need a task that shares memory with it, which only tasks made after such a task do.
 */
function fitting(draw: Draw): Draw {
  const apart = new Set<TaskId>();
  return (state, draws) => {
    for (let i = 0; i < TRIES; i += 1) {
      const drawn = draw(state, draws);
      if (drawn === null) return null;
      const call = drawn.operation === 'task_create' ? { ...drawn, inherit: drawn.inherit || !draws.once(4) } : drawn;
      if ('thread' in call && apart.has(state.threads[call.thread]!.task)) continue;
      if (call.operation === 'mach_msg' && call.send !== null && isRequest(call.send.id)) {
        return { ...call, send: { ...call.send, id: call.send.id + UNKNOWN } };
      }
      if (call.operation === 'task_create' && sharesNothing(call, apart)) apart.add(call.child);
      return call;
    }
    return null;
  };
}

/**
 * Ids of the kernel's own requests: to a kernel port such a message would be an operation of its own. The answers to
 * exceptions are none of them.
 */
const isRequest = (id: number): boolean => id >= 1000 && id < 5000 && !(id >= 2500 && id < 2600);
const UNKNOWN = 10_000;

function sharesNothing({ task, inherit }: Extract<MachCall, { operation: 'task_create' }>, apart: ReadonlySet<TaskId>): boolean {
  if (!inherit) return true;
  return task.tag === 'identity' ? apart.has(task.identity) : apart.size > 0;
}
