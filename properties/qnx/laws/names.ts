import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { change, raised, returned } from '#model/operation';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { altered } from '#properties/qnx/laws/altered';
import { callerOf, ended, errorOf, isCall, isLive, ownerOf, processName, returnedTo, same, sendIn } from '#properties/qnx/facts';

const attached = ({ names }: QnxState, name: string): number => names.findIndex((entry) => entry?.name === name);
const inUse = ({ names }: QnxState): number => names.filter((entry) => entry !== null).length;

/** Names of the dead, and names that stand for two. */
const misnamed = (state: QnxState): readonly string[] => state.names.flatMap((entry, place) => {
  if (entry === null) return [];
  return [
    ...(isLive(state, entry.owner) ? [] : [`${entry.name} stands for ${processName(entry.owner)}, which is not there`]),
    ...(attached(state, entry.name) === place ? [] : [`${entry.name} is attached twice`]),
  ];
});

/** A name goes only when its owner says so, ends or replaces its image, and comes only to its caller. */
function changedAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  if (before.names === after.names) return [];
  const caller = callerOf(step);
  const wrong: string[] = [];
  for (const entry of before.names) {
    if (entry === null || after.names.some((other) => same(other, entry))) continue;
    const own = entry.owner === caller && (call.operation === 'qnx_name_detach' || call.operation === 'exec');
    if (!own && !ended(step).includes(entry.owner)) wrong.push(`${entry.name} is taken away from ${processName(entry.owner)}`);
  }
  for (const entry of after.names) {
    if (entry === null || before.names.some((other) => same(other, entry))) continue;
    if (call.operation !== 'qnx_name_attach' || entry.owner !== caller || entry.name !== call.name) wrong.push(`${entry.name} is attached by nobody`);
  }
  return wrong;
}

function attachedAsDue(step: QnxStep): readonly string[] {
  const { before, after } = step;
  if (isCall(step, 'qnx_name_detach')) {
    const { thread, id } = step.call;
    const due = before.names[id - 1]?.owner === thread ? null : 'EINVAL';
    if (errorOf(step) !== due) return [`detaching a name gives ${errorOf(step) ?? 'no error'} instead of ${due ?? 'none'}`];
    return due === null && (after.names[id - 1] ?? null) !== null ? ['a name that was detached is still there'] : [];
  }
  if (!isCall(step, 'qnx_name_attach')) return [];
  const { thread, name } = step.call;
  const errors = [
    ...(name.length > 32 ? ['EINVAL'] : []),
    ...(attached(before, name) >= 0 ? ['EBUSY'] : []),
    ...(inUse(before) >= before.limits.names ? ['EAGAIN'] : []),
  ];
  const error = errorOf(step);
  if (error !== null || errors.length > 0) return error !== null && errors.includes(error) ? [] : [`attaching a name gives ${error ?? 'no error'} instead of ${errors.join(' or ') || 'none'}`];
  const id = returnedTo<{ id: number }>(step, thread)!.id;
  return same(after.names[id - 1], { tag: 'name', name, owner: thread }) ? [] : [`${name} is not ${processName(thread)}'s under the id it is told`];
}

function locatedAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'qnx_name_locate') || (step.call.nid ?? 0) > step.before.nid) return [];
  const { before, call: { thread, name } } = step;
  const entry = before.names[attached(before, name)] ?? null;
  if (entry === null) return errorOf(step) === 'ENOENT' ? [] : [`${name}, which nobody has, is located`];
  const value = returnedTo<{ pid: number; copies: number }>(step, thread);
  return value?.pid === before.processes[entry.owner]!.pid && value.copies === 1 ? [] : [`${name} is located at p${value?.pid ?? 0} instead of ${processName(entry.owner)}`];
}

/** What a pid denotes does not change while it denotes anything, whoever attaches what. */
function rebound({ before, after }: QnxStep): readonly string[] {
  const wrong: string[] = [];
  before.processes.forEach(({ pid, life }, id) => {
    if (life === 'gone') return;
    const now = ownerOf(after, pid);
    if (now !== null && now.id !== id && before.variant !== 'pid-reuse') wrong.push(`p${pid} denoted ${processName(id)}, and now something else`);
  });
  return wrong;
}

/** A Send to the pid of one that has ended, when another goes by the name that it had. */
const sentToTheOld = (step: QnxStep): boolean => {
  const send = sendIn(step);
  return send !== null && errorOf(step) === 'ESRCH' && step.before.processes.some(({ pid, life }) => pid === send.pid && life !== 'live')
    && step.before.names.some((entry) => entry !== null);
};

export const nameLaws = {
  'qnx/names-belong-to-a-node': {
    always: misnamed,
    step: changedAsDue,
    sometimes: {
      'several processes have names': ({ after }) => new Set(after.names.flatMap((entry) => (entry === null ? [] : [entry.owner]))).size > 1,
      'the owner of a name ends': (step) => step.before.names.some((entry) => entry !== null && ended(step).includes(entry.owner)),
    },
  },

  'qnx/name-is-attached-once': {
    on: ['qnx_name_attach', 'qnx_name_detach'],
    step: attachedAsDue,
    sometimes: {
      ...Object.fromEntries(['EBUSY', 'EAGAIN', 'EINVAL'].map((error) => [`attaching fails with ${error}`, (step: QnxStep) => isCall(step, 'qnx_name_attach') && errorOf(step) === error])),
      'another\'s name is to be detached': (step) =>
        isCall(step, 'qnx_name_detach') && errorOf(step) !== null && (step.before.names[step.call.id - 1] ?? null) !== null,
      'a name is detached': (step) => isCall(step, 'qnx_name_detach') && errorOf(step) === null,
    },
  },

  'qnx/name-is-located-where-it-is-attached': {
    on: ['qnx_name_locate'],
    step: locatedAsDue,
    sometimes: {
      'a name is located': (step) => errorOf(step) === null,
      'nobody has the name': (step) => errorOf(step) === 'ENOENT',
    },
  },

  'qnx/located-pid-is-a-snapshot': {
    step: rebound,
    sometimes: {
      'a name is attached that was another\'s': (step) =>
        isCall(step, 'qnx_name_attach') && errorOf(step) === null && step.before.processes.some(({ life }) => life === 'gone'),
      'a message is sent to what is no longer there': sentToTheOld,
    },
  },
} satisfies QnxLaws;

export const nameMutants: QnxMutants = {
  'name-outlives-its-owner': {
    rule: 'qnx/names-belong-to-a-node',
    fault: 'a name stays when its owner ends',
    mechanisms: { release: (world, id) => mechanisms.release(altered(world, { dropNames: () => {} }), id) },
  },
  'attach-takes-over': {
    rule: 'qnx/names-belong-to-a-node',
    fault: 'attaching a name takes it away from whoever has it',
    operations: {
      qnx_name_attach: {
        ...operations.qnx_name_attach,
        step: (world, call) => {
          const place = attached(world.state, call.name);
          if (place < 0) return operations.qnx_name_attach.step(world, call);
          change(world.state.names)[place] = { tag: 'name', name: call.name, owner: call.thread };
          return returned({ id: place + 1 });
        },
      },
    },
  },
  'any-length-of-name': {
    rule: 'qnx/name-is-attached-once',
    fault: 'a name may be longer than 32 characters',
    operations: {
      qnx_name_attach: {
        ...operations.qnx_name_attach,
        step: (world, call) => {
          const verdict = operations.qnx_name_attach.step(world, call);
          if (verdict.tag !== 'raised' || verdict.error !== 'EINVAL') return verdict;
          change(world.state).names = [...world.state.names, { tag: 'name', name: call.name, owner: call.thread }];
          return returned({ id: world.state.names.length });
        },
      },
    },
  },
  'anyone-detaches-names': {
    rule: 'qnx/name-is-attached-once',
    fault: 'a process may detach the name of another',
    operations: {
      qnx_name_detach: {
        ...operations.qnx_name_detach,
        step: (world, call) => {
          if ((world.state.names[call.id - 1] ?? null) === null) return raised('EINVAL');
          change(world.state.names)[call.id - 1] = null;
          return returned(null);
        },
      },
    },
  },
  'name-can-be-attached-twice': {
    rule: 'qnx/name-is-attached-once',
    fault: 'a process may attach a name that it has already',
    operations: {
      qnx_name_attach: {
        ...operations.qnx_name_attach,
        step: (world, call) => {
          const place = attached(world.state, call.name);
          return place >= 0
            && world.state.names[place]!.owner === call.thread ? returned({ id: place + 1 }) : operations.qnx_name_attach.step(world, call);
        },
      },
    },
  },
  'locate-gives-the-caller': {
    rule: 'qnx/name-is-located-where-it-is-attached',
    fault: 'locating a name gives the pid of the caller',
    operations: {
      qnx_name_locate: {
        ...operations.qnx_name_locate,
        step: (world, call) => {
          const verdict = operations.qnx_name_locate.step(world, call);
          return verdict.tag === 'returned' ? returned({ ...verdict.value, pid: world.state.processes[call.thread]!.pid }) : verdict;
        },
      },
    },
  },
  'locate-finds-nothing-anywhere': {
    rule: 'qnx/name-is-located-where-it-is-attached',
    fault: 'a name that nobody has is located at Proc',
    operations: {
      qnx_name_locate: {
        ...operations.qnx_name_locate,
        step: (world, call) => {
          const verdict = operations.qnx_name_locate.step(world, call);
          return verdict.tag === 'raised' ? returned({ pid: 1 as never, copies: 0 }) : verdict;
        },
      },
    },
  },
  'name-takes-the-pid-with-it': {
    rule: 'qnx/located-pid-is-a-snapshot',
    fault: 'who attaches a name is given the pid of a process that has just ended',
    operations: {
      qnx_name_attach: {
        ...operations.qnx_name_attach,
        step: (world, call) => {
          const verdict = operations.qnx_name_attach.step(world, call);
          const other = world.state.processes.findIndex(({ life, pid }, id) => id > 0 && id !== call.thread && life !== 'gone' && pid > 0);
          if (verdict.tag !== 'returned' || other < 0) return verdict;
          const mine = change(world.state.processes[call.thread]!);
          const theirs = change(world.state.processes[other]!);
          [mine.pid, theirs.pid] = [theirs.pid, mine.pid];
          return verdict;
        },
      },
    },
  },
};
