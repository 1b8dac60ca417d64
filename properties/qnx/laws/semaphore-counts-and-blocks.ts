import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { blocked, change, returned } from '#model/operation';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { answerOf, cellAt, errorOf, eventOf, isCall, live, processName, same } from '#properties/qnx/facts';

const calls = ['sem_init', 'sem_wait', 'sem_trywait', 'sem_post', 'sem_destroy'] as const;
type SemCall = Extract<QnxStep['call'], { operation: (typeof calls)[number] }>;

/** The semaphore that lies at an address of a process. */
function semaphoreAt(state: QnxState, process: number, address: number): number {
  const cell = cellAt(state, process, address);
  if (cell?.in !== 'object') return -1;
  return state.semaphores.findIndex(({ live: there, object, offset }) => there && object === cell.id && offset === cell.at);
}

/** Who waits is in the book of one semaphore, once, and that semaphore has nothing to give. */
function misbooked(state: QnxState): readonly string[] {
  const wrong: string[] = [];
  for (const [id, { run }] of live(state)) {
    const books = state.semaphores.flatMap(({ waiters }, semaphore) => waiters.filter((process) => process === id).map(() => semaphore));
    if (!same(books, run.tag === 'semaphore' ? [run.semaphore] : [])) wrong.push(`${processName(id)} is ${run.tag}, and in the books of semaphores [${books.join(' ')}]`);
  }
  state.semaphores.forEach(({ live: there, value, waiters, object }, semaphore) => {
    if (value > 0 && waiters.length > 0) wrong.push(`semaphore ${semaphore} counts ${value}, and ${waiters.length} wait for it`);
    if (there && state.objects[object]!.bytes.length === 0) wrong.push(`semaphore ${semaphore} outlives the memory that it is in`);
    if (waiters.some((process) => state.processes[process]!.life !== 'live')) wrong.push(`one that has ended waits for semaphore ${semaphore}`);
  });
  return wrong;
}

function doneAsDue(step: QnxStep): readonly string[] {
  const call = step.call as SemCall;
  const { before, after } = step;
  const error = errorOf(step);
  const found = semaphoreAt(before, call.thread, call.at);
  const busy = found >= 0 && before.semaphores[found]!.waiters.length > 0;
  const missing = call.operation === 'sem_init' ? cellAt(before, call.thread, call.at)?.in !== 'object' : found < 0;
  const due = missing ? 'EINVAL'
    : busy && (call.operation === 'sem_init' || call.operation === 'sem_destroy') ? 'EBUSY'
      : call.operation === 'sem_trywait' && before.semaphores[found]!.value === 0 ? 'EAGAIN' : null;
  if (error !== due) return [`${call.operation} gives ${error ?? 'no error'} instead of ${due ?? 'none'}`];
  if (due !== null) return same(before, after) ? [] : [`a ${call.operation} that fails changes something`];
  if (call.operation === 'sem_init') {
    const made = semaphoreAt(after, call.thread, call.at);
    return made >= 0 && after.semaphores[made]!.value === call.value ? [] : ['a semaphore is not made with its count'];
  }
  return countedAsDue(step, call, found);
}

function countedAsDue(step: QnxStep, call: SemCall, found: number): readonly string[] {
  const { before, after } = step;
  const was = before.semaphores[found]!;
  const now = after.semaphores[found]!;
  switch (call.operation) {
    case 'sem_wait': {
      if (was.value > 0) return answerOf(step)?.tag === 'returned' && now.value === was.value - 1 ? [] : [`${processName(call.thread)} is not given a semaphore that is free`];
      return answerOf(step)?.tag === 'blocked' && now.value === 0 && now.waiters.at(-1) === call.thread ? [] : [`${processName(call.thread)} does not wait for a semaphore that is not free`];
    }
    case 'sem_trywait': return now.value === was.value - 1 && answerOf(step)?.tag === 'returned' ? [] : ['a semaphore that is free is not taken'];
    case 'sem_post': return postedAsDue(step, found);
    default: return now.live ? ['a semaphore that was destroyed is still there'] : [];
  }
}

/** The waiting process of highest priority has what was posted; if nobody waits it is counted. */
function postedAsDue(step: QnxStep, found: number): readonly string[] {
  const { before, after } = step;
  const was = before.semaphores[found]!;
  const now = after.semaphores[found]!;
  if (was.waiters.length === 0) return now.value === was.value + 1 ? [] : ['a post that nobody waits for is not counted'];
  const freed = was.waiters.filter((process) => !now.waiters.includes(process));
  const highest = Math.max(...was.waiters.map((process) => before.processes[process]!.priority));
  if (freed.length !== 1 || now.value !== 0) return [`a post frees ${freed.length} of those that wait, and the count is ${now.value}`];
  const [process] = freed;
  const { priority, held } = before.processes[process!]!;
  return [
    ...(priority === highest ? [] : [`a post frees ${processName(process!)} of priority ${priority}, and one of ${highest} waits`]),
    ...(held || eventOf(step, process!)?.tag === 'returned' ? [] : [`${processName(process!)} has the semaphore, and does not go on`]),
  ];
}

const waiters = (step: QnxStep): number => {
  const call = step.call as SemCall;
  const found = semaphoreAt(step.before, call.thread, call.at);
  return found < 0 ? 0 : step.before.semaphores[found]!.waiters.length;
};

export const semaphoreLaws = {
  'qnx/semaphore-counts-and-blocks': {
    always: misbooked,
    on: calls,
    step: doneAsDue,
    sometimes: {
      'a process waits': (step) => answerOf(step)?.tag === 'blocked',
      'a post frees one of several': (step) => isCall(step, 'sem_post') && waiters(step) > 1,
      'a post is counted': (step) => isCall(step, 'sem_post') && errorOf(step) === null && waiters(step) === 0,
      'a trywait fails': (step) => errorOf(step) === 'EAGAIN',
      'a semaphore is waited for when it is to be destroyed': (step) => errorOf(step) === 'EBUSY',
      'there is no semaphore': (step) => errorOf(step) === 'EINVAL',
    },
  },
} satisfies QnxLaws;

export const semaphoreMutants: QnxMutants = {
  'post-is-lost-on-waiters': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a post counts up while processes wait',
    mechanisms: { releaseWaiter: (world, found) => { change(world.state.semaphores[found]!).value += 1; } },
  },
  'post-frees-all': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a post frees everyone who waits',
    mechanisms: { releaseWaiter: (world, found) => { while (world.state.semaphores[found]!.waiters.length > 0) mechanisms.releaseWaiter(world, found); } },
  },
  'post-frees-the-lowest': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a post frees whoever came first, whatever the priorities',
    mechanisms: {
      releaseWaiter: (world, found) => {
        const semaphore = change(world.state.semaphores[found]!);
        const [first, ...rest] = semaphore.waiters;
        semaphore.waiters = rest;
        mechanisms.wake(world, first!, { tag: 'done' });
      },
    },
  },
  'wait-takes-below-zero': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a wait goes through though the count is 0',
    operations: {
      sem_wait: {
        ...operations.sem_wait,
        step: (world, call) => {
          const found = semaphoreAt(world.state, call.thread, call.at);
          return found >= 0 && world.state.semaphores[found]!.value === 0 ? returned(null) : operations.sem_wait.step(world, call);
        },
      },
    },
  },
  'wait-blocks-although-free': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a wait for the last one that there is blocks',
    operations: {
      sem_wait: {
        ...operations.sem_wait,
        step: (world, call) => {
          const found = semaphoreAt(world.state, call.thread, call.at);
          if (found < 0 || world.state.semaphores[found]!.value !== 1) return operations.sem_wait.step(world, call);
          const semaphore = change(world.state.semaphores[found]!);
          semaphore.waiters = [...semaphore.waiters, call.thread];
          change(world.state.processes[call.thread]!).run = { tag: 'semaphore', semaphore: found };
          return blocked;
        },
      },
    },
  },
  'trywait-does-not-count': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a trywait that succeeds leaves the count as it was',
    operations: {
      sem_trywait: {
        ...operations.sem_trywait,
        step: (world, call) => {
          const verdict = operations.sem_trywait.step(world, call);
          const found = semaphoreAt(world.state, call.thread, call.at);
          if (verdict.tag === 'returned') change(world.state.semaphores[found]!).value += 1;
          return verdict;
        },
      },
    },
  },
  'dead-process-waits-on': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a process that ends or is interrupted stays in the book of its semaphore',
    mechanisms: { leaveSemaphore: () => {} },
  },
  'waited-for-semaphore-is-destroyed': {
    rule: 'qnx/semaphore-counts-and-blocks',
    fault: 'a semaphore is destroyed though processes wait for it',
    operations: {
      sem_destroy: {
        ...operations.sem_destroy,
        step: (world, call) => {
          const verdict = operations.sem_destroy.step(world, call);
          if (verdict.tag !== 'raised' || verdict.error !== 'EBUSY') return verdict;
          change(world.state.semaphores[semaphoreAt(world.state, call.thread, call.at)]!).live = false;
          return returned(null);
        },
      },
    },
  },
};
