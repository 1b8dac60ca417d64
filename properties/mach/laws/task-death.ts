import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Message, PortId } from '#model/mach/state';
import { callerEvent, isLive, messageBySerial, portName, setName, taskName, threadName } from '#properties/mach/facts';
import { misdirected } from '#properties/mach/laws/hand-over';
import { deadTask, losses } from '#properties/mach/laws/hand-overs';
import { casualties, isCall, once, senders, survivors, targetTask } from '#properties/mach/laws/ledger';
import { kindOf, missing, nameText, type Notice } from '#properties/mach/laws/notices';
import { isMoved } from '#properties/mach/laws/no-senders';
import { droppedOnce, dueFor } from '#properties/mach/laws/send-once-ends';
import { mayRun } from '#properties/mach/laws/suspension';
import { owed } from '#properties/mach/laws/watched';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** What the dead still have, or stand in line for. */
function remains(state: MachState): string[] {
  const wrong: string[] = [];
  state.tasks.forEach(({ life, names, self, exception, bootstrap, registered, port }, id) => {
    if (life === 'live') return;
    const task = taskName(id as TaskId);
    if (names.some((entry) => entry !== null)) wrong.push(`${task} is dead, and has names`);
    if ([self, exception, bootstrap, ...registered].some((right) => right !== null)) wrong.push(`${task} is dead, and the kernel holds rights for it`);
    if (isLive(state, port)) wrong.push(`${task} is dead, and its port lives`);
    if (state.threads.some((thread) => thread.task === id && thread.life === 'live')) wrong.push(`${task} is dead, and has a thread`);
  });
  const lines = [...state.ports.map(({ senders: line }) => line), ...state.ports.map(({ receivers }) => receivers), ...state.sets.map(({ receivers }) => receivers)];
  for (const thread of lines.flat()) if (state.threads[thread]!.life === 'dead') wrong.push(`${threadName(thread)} is dead, and stands in line`);
  return wrong;
}

/** A termination ends the task it names; nobody who was dead does anything any more. */
function undead(step: MachStep): string[] {
  const wrong = step.events.flatMap(({ thread }) => (step.before.threads[thread]?.life === 'dead' ? [`${threadName(thread as ThreadId)} was dead, and ran`] : []));
  const target = isCall(step, 'task_terminate') ? targetTask(step) : null;
  if (target === null) return wrong;
  if (step.after.tasks[target]!.life === 'live') wrong.push(`${taskName(target)} was terminated, and lives`);
  const own = step.before.threads[(step.call as { thread: ThreadId }).thread]!.task === target;
  if (callerEvent(step)?.tag !== (own ? 'ended' : 'returned')) wrong.push('the caller of a termination was not answered as it should be');
  return wrong;
}

/** Ports to which a dying task had send rights: it must count as one sender fewer at each that lives on. */
const uncounted = (step: MachStep): string[] => survivors(step).flatMap((port) => {
  const { before, after } = senders(step);
  const leak = step.before.ports[port]!.sendRights - before[port]!;
  const stale = step.before.variant === 'gnumach' ? losses(step).filter((loss) => loss.port === port).length : 0;
  const extra = step.after.ports[port]!.sendRights - after[port]!;
  return extra === leak || (extra > leak && extra <= leak + stale) ? [] : [`${portName(port)} counts ${extra} senders that are not there`];
});

/** The notifications of no senders that the death of a task owes. */
const bereft = (step: MachStep): readonly Notice[] => survivors(step).flatMap((port) => {
  const { noSenders, makeSend } = step.before.ports[port]!;
  const { before, after } = senders(step);
  const counted = step.after.ports[port]!.sendRights;
  if (noSenders === null || before[port] === 0 || after[port]! > 0 || counted > 0 || isMoved(step, port)) return [];
  return [{ kind: 'no-senders', to: noSenders, about: String(makeSend) }];
});

/** Each name of a dying task, and what its kind asks for. */
function uncleaned(step: MachStep): string[] {
  const dead = deadTask(step);
  if (dead === null) return [];
  const wrong = [...misdirected(step), ...uncounted(step), ...missing(step, [...dueFor(step, droppedOnce(step)), ...owed(step).deleted, ...bereft(step)])];
  for (const entry of step.before.tasks[dead]!.names) {
    if (entry?.tag !== 'set') continue;
    if (step.after.sets[entry.set]!.life === 'live') wrong.push(`${setName(entry.set)} outlives its task`);
    if (step.after.ports.some(({ set }) => set === entry.set)) wrong.push(`${setName(entry.set)} is dead, and has a member`);
  }
  return wrong;
}

const has = (step: MachStep, wanted: (entry: NonNullable<MachState['tasks'][number]['names'][number]>) => boolean): boolean => {
  const dead = deadTask(step);
  return dead !== null && step.before.tasks[dead]!.names.some((entry) => entry !== null && wanted(entry));
};

/** The stages of a task's end, as notifications show them. */
const stages = ['a thread ended', 'the kernel let go of a right', 'a name was cleaned', 'the task port died'] as const;

/** Which stage a notification in a queue tells of; null if it may be of any. */
function stageOf(step: MachStep, { id, body }: Message, at: PortId): number | null {
  const dead = deadTask(step)!;
  const kind = kindOf(id);
  const [item] = body;
  if (kind === 'no-senders') return holdsOnly(step, at) ? 1 : null;
  if (item?.tag !== 'name') return null;
  const { task, name } = item.name;
  if (kind === 'port-deleted') return task === dead ? 2 : null;
  const entry = kind === 'dead-name' ? step.before.tasks[task]?.names[name] : null;
  if (entry?.tag !== 'port') return null;
  if (entry.port === step.before.tasks[dead]!.port) return 3;
  return step.before.threads.some((thread) => thread.task === dead && thread.port === entry.port) ? 0 : null;
}

/** Whether all the ports that a notify port is to be told of lost their senders with what the kernel held for the dying task. */
function holdsOnly({ before, ...step }: MachStep, at: PortId): boolean {
  const dead = deadTask({ before, ...step })!;
  const { self, exception, bootstrap, registered, names } = before.tasks[dead]!;
  const held = new Set([self, exception, bootstrap, ...registered].flatMap((right) => (right?.tag === 'right' ? [right.port] : [])));
  const watchedFor = before.ports.flatMap(({ noSenders }, port) => (noSenders === at ? [port as PortId] : []));
  return watchedFor.every((port) => held.has(port) && names.every((entry) => entry?.tag !== 'port' || entry.port !== port)
    && !before.threads.some(({ task, self: own, exception: other }) => task === dead && [own, other].some((right) => right?.tag === 'right' && right.port === port)));
}

/** The stages that show in each queue, in their order. */
const shown = once((step): readonly (readonly number[])[] => {
  if (deadTask(step) === null) return [];
  return step.after.ports.map(({ queue }, port) => queue.flatMap((message) => {
    const isNew = message.sender === -1 && message.serial >= step.before.serial;
    const stage = isNew ? stageOf(step, message, port as PortId) : null;
    return stage === null ? [] : [stage];
  }));
});

const disordered = (step: MachStep): string[] => shown(step).flatMap((order) => order.flatMap((stage, place) => {
  const earlier = order.slice(0, place).find((one) => one > stage);
  return earlier === undefined ? [] : [`${stages[earlier]} before ${stages[stage]}`];
}));

const shows = (...wanted: readonly number[]) => (step: MachStep): boolean =>
  shown(step).some((order) => wanted.every((stage) => order.includes(stage)));

/** Senders of other tasks, blocked at a port that dies with its task. */
const orphans = once((step): readonly { readonly thread: ThreadId; readonly port: PortId }[] => {
  const dead = deadTask(step);
  if (dead === null) return [];
  return casualties(step).flatMap((port) => step.before.ports[port]!.senders
    .filter((thread) => step.before.threads[thread]!.task !== dead && step.after.threads[thread]!.life === 'live').map((thread) => ({ thread, port })));
});

/** Each of them goes on as if it had sent its message, which is gone. */
function unreleased(step: MachStep): string[] {
  return orphans(step).flatMap(({ thread, port }) => {
    const { run } = step.before.threads[thread]!;
    const now = step.after.threads[thread]!.run;
    if (run.tag !== 'sending') return [];
    const label = `${threadName(thread)}, blocked at ${portName(port)},`;
    if (!mayRun(step.after, thread)) return now.tag === 'sending' && now.woken ? [] : [`${label} will not go on when it is resumed`];
    const event = step.events.find((one) => one.thread === thread);
    const wrong: string[] = [];
    if (now.tag === 'sending') wrong.push(`${label} still waits`);
    if (event?.tag === 'raised' && event.error.startsWith('MACH_SEND')) wrong.push(`${label} got ${event.error}`);
    if (run.afterwards === null && event?.tag !== 'returned') wrong.push(`${label} was not told that it had sent`);
    if (messageBySerial(step.after, run.message.serial) !== null) wrong.push(`${label} still has its message`);
    return wrong;
  });
}

/** Receive rights of a dying task whose end can change what becomes of others, whatever ends before them. */
const weighty = (step: MachStep): readonly Name[] => {
  const dead = deadTask(step);
  if (dead === null) return [];
  return step.before.tasks[dead]!.names.flatMap((entry, name) => {
    if (entry?.tag !== 'port' || !entry.receive) return [];
    const { queue, portDestroyed } = step.before.ports[entry.port]!;
    return queue.length > 0 || portDestroyed !== null ? [name as Name] : [];
  });
};

function decidedAlready(step: MachStep): string[] {
  const names = weighty(step);
  const orders = step.choices.filter(({ kind }) => kind === 'cleaning order');
  if (names.length < 2) return [];
  return orders.length >= names.length - 1 && orders[0]!.of >= names.length ? []
    : [`which of ${names.map((name) => nameText({ task: deadTask(step)!, name })).join(', ')} is cleaned first was not left open`];
}

export const taskDeathLaws = {
  'mach/terminated-task-releases-everything': {
    always: remains,
    step: undead,
    sometimes: {
      'a task ends another': (step) => deadTask(step) !== null && callerEvent(step)?.tag === 'returned',
      'a task ends itself': (step) => deadTask(step) !== null && callerEvent(step)?.tag === 'ended',
      'threads that wait end with it': (step) => step.before.threads.some(({ task, run }) => task === deadTask(step) && run.tag !== 'ready'),
      'it is terminated again': (step) => isCall(step, 'task_terminate') && step.call.task.tag === 'identity'
        && step.before.tasks[step.call.task.identity]?.life === 'dead',
    },
  },

  'mach/cleaning-a-name-depends-on-its-kind': {
    on: ['task_terminate'],
    step: uncleaned,
    sometimes: {
      'it has a send right': (step) => has(step, (entry) => entry.tag === 'port' && entry.sends > 0 && isLive(step.after, entry.port)),
      'it has a send-once right': (step) => has(step, (entry) => entry.tag === 'send-once' && isLive(step.after, entry.port)),
      'it has a receive right': (step) => has(step, (entry) => entry.tag === 'port' && entry.receive && !isLive(step.after, entry.port)),
      'a receive right is handed over': (step) => has(step, (entry) => entry.tag === 'port' && entry.receive && isLive(step.after, entry.port)),
      'it has a port set with members': (step) => has(step, (entry) => entry.tag === 'set' && step.before.ports.some(({ set }) => set === entry.set)),
      'it has a dead name': (step) => has(step, ({ tag }) => tag === 'dead'),
      'a name was watched': (step) => owed(step).deleted.length > 0 && deadTask(step) !== null,
      'a port loses its last sender': (step) => deadTask(step) !== null && bereft(step).length > 0,
    },
  },

  'mach/task-death-starts-with-kernel-held-rights': {
    on: ['task_terminate'],
    step: disordered,
    sometimes: {
      'a held right and a name show in one queue': shows(1, 2),
      'a name and the task port show in one queue': shows(2, 3),
    },
  },

  'mach/task-death-releases-blocked-senders': {
    on: ['task_terminate'],
    step: unreleased,
    sometimes: {
      'a sender is blocked': (step) => orphans(step).length > 0,
      'it means to receive next': (step) => orphans(step).some(({ thread }) => {
        const { run } = step.before.threads[thread]!;
        return run.tag === 'sending' && run.afterwards !== null;
      }),
    },
  },

  'mach/dying-task-may-clean-any-name-first': {
    on: ['task_terminate'],
    step: decidedAlready,
    sometimes: {
      'several names make a difference': (step) => weighty(step).length > 1,
      'another than the first goes first': (step) => step.choices.some(({ kind, option }) => kind === 'cleaning order' && option > 0),
    },
  },
} satisfies MachLaws;
