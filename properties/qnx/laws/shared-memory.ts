import { operations } from '#model/qnx/kernel';
import { inUse } from '#model/qnx/memory/allocate';
import { change, raised, returned } from '#model/operation';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { copyIn } from '#properties/qnx/laws/copies';
import {
  answerOf, cellAt, ended, errorOf, eventOf, isCall, laidOut, live, processName, returnedTo, same,
} from '#properties/qnx/facts';

const LARGEST = 64;

function allocatedAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'sbrk')) return [];
  const { before, after, call: { thread, bytes } } = step;
  const { memory } = before.processes[thread]!;
  const used = before.processes.reduce((sum, process) => sum + process.memory.length, 0);
  const fits = used + bytes <= before.limits.pool && memory.length + bytes <= LARGEST;
  if (answerOf(step)?.tag === 'blocked') return [`${processName(thread)} waits for memory`];
  if (!fits) return errorOf(step) === 'ENOMEM' && same(before, after) ? [] : ['memory is given that is not there'];
  const due = [...memory, ...Array.from({ length: bytes }, () => 0)];
  const others = before.processes.some((process, id) => id !== thread && !same(process, after.processes[id]));
  return returnedTo<{ at: number }>(step, thread)?.at === memory.length && same(after.processes[thread]!.memory, due) && !others
    ? [] : [`${processName(thread)} is not just given ${bytes} bytes behind its memory`];
}

/** Objects change only under whoever writes to them: a store, a copy, a message of the system. */
function writtenAsDue(step: QnxStep): readonly string[] {
  const { before, after } = step;
  if (before.objects === after.objects) return [];
  return before.objects.flatMap(({ bytes }, object) => {
    const now = after.objects[object]!.bytes;
    if (now === bytes || now.length === 0) return [];
    return now.flatMap((byte, at) => (byte === bytes[at] || isWritten(step, object, at) ? [] : [`byte ${at} of shared object ${object} changed, and nobody wrote to it`]));
  });
}

function isWritten(step: QnxStep, object: number, at: number): boolean {
  const writers: (readonly [number, readonly number[]])[] = [];
  if (isCall(step, 'store')) writers.push([step.call.thread, laidOut([{ at: step.call.at, length: step.call.bytes.length }])]);
  const copy = copyIn(step);
  if (copy !== null) writers.push([copy.to, copy.addresses]);
  for (const [id, { run }] of live(step.before)) if (run.tag === 'receiving'
    && eventOf(step, id) !== undefined) writers.push([id, laidOut(run.buffer)]);
  return writers.some(([process, addresses]) => addresses.some((address) => {
    const cell = cellAt(step.before, process, address);
    return cell?.in === 'object' && cell.id === object && cell.at === at;
  }));
}

/** What is stored in a shared object is there for everyone who has it. */
function storedForAll(step: QnxStep): readonly string[] {
  if (!isCall(step, 'store') || errorOf(step) !== null || ended(step).length > 0) return [];
  const { thread, at, bytes } = step.call;
  const written = new Map<string, { readonly id: number; readonly at: number; readonly byte: number }>();
  bytes.forEach((byte, place) => {
    const cell = cellAt(step.before, thread, at + place);
    if (cell?.in === 'object') written.set(`${cell.id}:${cell.at}`, { id: cell.id, at: cell.at, byte });
  });
  return [...written.values()].filter((cell) => step.after.objects[cell.id]!.bytes[cell.at] !== cell.byte)
    .map(() => `what ${processName(thread)} wrote to shared memory is not there`);
}

const linked = ({ objects }: QnxState, name: string): number => objects.findIndex((object) => object.linked && object.name === name);
const had = ({ processes }: QnxState, object: number): boolean =>
  processes.some(({ shared, windows }) => shared.includes(object) || windows.includes(object));
const lowest = (places: readonly number[]): number => [...places, -1].indexOf(-1);

function openedAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  if (!('thread' in call)) return [];
  const { shared, windows } = before.processes[call.thread]!;
  const now = after.processes[call.thread]!;
  const error = errorOf(step);
  const expectError = (due: string | null): readonly string[] | null =>
    (error === due ? (due === null ? null : []) : [`${call.operation} gives ${error ?? 'no error'} instead of ${due ?? 'none'}`]);
  switch (call.operation) {
    case 'shm_open': {
      const known = linked(before, call.name);
      const due = known < 0 && !call.create ? 'ENOENT' : known >= 0 && call.create
        && call.exclusive ? 'EEXIST' : lowest(shared) >= before.limits.files ? 'EMFILE' : null;
      const fd = returnedTo<{ fd: number }>(step, call.thread)?.fd ?? -1;
      return expectError(due) ?? (fd === lowest(shared) && now.shared[fd] === linked(after, call.name) && (known < 0
        || linked(after, call.name) === known) ? []
        : [`${call.name} is opened as something else`]);
    }
    case 'mmap': {
      const object = shared[call.fd] ?? -1;
      const window = lowest(windows);
      const due = object < 0 ? 'EBADF' : window >= before.limits.windows ? 'ENOMEM' : null;
      const at = returnedTo<{ at: number }>(step, call.thread)?.at ?? -1;
      return expectError(due) ?? (at === 64 + 4 * window && now.windows[window] === object ? [] : [`shared memory is not mapped where ${processName(call.thread)} is told`]);
    }
    case 'munmap': {
      const window = (call.at - 64) / 4;
      return expectError((windows[window] ?? -1) < 0 ? 'EINVAL' : null)
        ?? (same(now.windows, windows.map((object, at) => (at === window ? -1 : object))) ? [] : ['munmap does not just take the object out of its window']);
    }
    case 'shm_unlink': return expectError(linked(before, call.name) < 0 ? 'ENOENT' : null) ?? (linked(after, call.name) < 0 ? [] : [`${call.name} can still be opened`]);
    default: return [];
  }
}

/** Objects are there as long as they have a name or anyone has them, and no longer. */
const kept = (state: QnxState): readonly string[] => state.objects.flatMap(({ linked: named, bytes }, object) => {
  const due = named || had(state, object);
  return (bytes.length > 0) === due ? [] : [`shared object ${object} is ${due ? 'gone, and somebody has it' : 'there for nobody'}`];
});

const intoShared = (step: QnxStep): boolean => {
  const copy = copyIn(step);
  return copy !== null && errorOf(step) === null && copy.bytes.length > 0 && copy.addresses.length > 0
    && cellAt(step.before, copy.to, copy.addresses[0]!)?.in === 'object';
};

export const sharedMemoryLaws = {
  'qnx/memory-is-given-or-refused': {
    on: ['sbrk'],
    step: allocatedAsDue,
    sometimes: {
      'memory is given': (step) => errorOf(step) === null,
      'there is not so much': (step) => errorOf(step) === 'ENOMEM',
    },
  },

  'qnx/shared-memory-is-one-for-all': {
    always: kept,
    step: (step) => [...writtenAsDue(step), ...storedForAll(step), ...openedAsDue(step)],
    sometimes: {
      'a process stores what others find': (step) =>
        isCall(step, 'store') && errorOf(step) === null && cellAt(step.before, step.call.thread, step.call.at)?.in === 'object'
        && step.before.processes.filter(({ windows }) => windows.includes(cellAt(step.before, step.call.thread, step.call.at)!.id)).length > 1,
      'a message is received into shared memory': intoShared,
      'an object loses its name and stays': (step) =>
        isCall(step, 'shm_unlink') && errorOf(step) === null && step.after.objects[linked(step.before, step.call.name)]!.bytes.length > 0,
      'an object is gone': ({ before, after }) => before.objects.some(({ bytes }, object) => bytes.length > 0
        && after.objects[object]!.bytes.length === 0),
      ...Object.fromEntries(['ENOENT', 'EEXIST', 'EMFILE', 'EBADF'].map((error) => [`a call fails with ${error}`, (step: QnxStep) => errorOf(step) === error])),
    },
  },
} satisfies QnxLaws;

export const sharedMemoryMutants: QnxMutants = {
  'memory-has-no-end': {
    rule: 'qnx/memory-is-given-or-refused',
    fault: 'more memory is given than there is',
    operations: {
      sbrk: {
        ...operations.sbrk,
        step: (world, call) => {
          const { memory } = world.state.processes[call.thread]!;
          if (inUse(world.state) + call.bytes <= world.state.limits.pool
            || memory.length + call.bytes > LARGEST) return operations.sbrk.step(world, call);
          change(world.state.processes[call.thread]!).memory = [...memory, ...Array.from({ length: call.bytes }, () => 0)];
          return returned({ at: memory.length });
        },
      },
    },
  },
  'memory-is-given-in-front': {
    rule: 'qnx/memory-is-given-or-refused',
    fault: 'new memory is put in front of the old, whose addresses change',
    operations: {
      sbrk: {
        ...operations.sbrk,
        step: (world, call) => {
          const verdict = operations.sbrk.step(world, call);
          const process = change(world.state.processes[call.thread]!);
          if (verdict.tag === 'returned'
            && call.bytes > 0) process.memory = [...process.memory.slice(-call.bytes), ...process.memory.slice(0, -call.bytes)];
          return verdict;
        },
      },
    },
  },
  'memory-is-one-byte-less': {
    rule: 'qnx/memory-is-given-or-refused',
    fault: 'the last byte that there is is not given out',
    operations: {
      sbrk: {
        ...operations.sbrk,
        step: (world, call) => (call.bytes > 0
          && inUse(world.state) + call.bytes === world.state.limits.pool ? raised('ENOMEM') : operations.sbrk.step(world, call)),
      },
    },
  },
  'every-open-makes-an-object': {
    rule: 'qnx/shared-memory-is-one-for-all',
    fault: 'opening an object to be created makes another one though it is there',
    operations: {
      shm_open: {
        ...operations.shm_open,
        step: (world, call) => {
          const known = linked(world.state, call.name);
          if (!call.create || call.exclusive || known < 0) return operations.shm_open.step(world, call);
          change(world.state.objects[known]!).linked = false;
          const verdict = operations.shm_open.step(world, call);
          change(world.state.objects[known]!).linked = verdict.tag !== 'returned';
          return verdict;
        },
      },
    },
  },
  'exclusive-is-ignored': {
    rule: 'qnx/shared-memory-is-one-for-all',
    fault: 'an object that is to be made anew may be there already',
    operations: { shm_open: { ...operations.shm_open, step: (world, call) => operations.shm_open.step(world, { ...call, exclusive: false }) } },
  },
  'store-to-shared-memory-is-private': {
    rule: 'qnx/shared-memory-is-one-for-all',
    fault: 'what a process writes to shared memory is lost',
    operations: {
      store: {
        ...operations.store,
        step: (world, call) => {
          const objects = world.state.objects.map(({ bytes }) => [...bytes]);
          const verdict = operations.store.step(world, call);
          objects.forEach((bytes, object) => { if (world.state.objects[object]!.bytes.length > 0) change(world.state.objects[object]!).bytes = bytes; });
          return verdict;
        },
      },
    },
  },
  'unlinking-destroys': {
    rule: 'qnx/shared-memory-is-one-for-all',
    fault: 'an object is gone with its name though processes have it',
    operations: {
      shm_unlink: {
        ...operations.shm_unlink,
        step: (world, call) => {
          const known = linked(world.state, call.name);
          const verdict = operations.shm_unlink.step(world, call);
          if (verdict.tag === 'returned') change(world.state.objects[known]!).bytes = [];
          return verdict;
        },
      },
    },
  },
  'unused-objects-stay': {
    rule: 'qnx/shared-memory-is-one-for-all',
    fault: 'an object that has no name stays when nobody has it any more',
    mechanisms: { dropUnused: () => {} },
  },
  'munmap-takes-the-first': {
    rule: 'qnx/shared-memory-is-one-for-all',
    fault: 'munmap takes the object out of the first window, whichever is named',
    operations: { munmap: { ...operations.munmap, step: (world, call) => operations.munmap.step(world, { ...call, at: 64 }) } },
  },
};

