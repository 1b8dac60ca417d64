import type { Process, QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxStep } from '#properties/qnx/obligation';
import {
  answerOf, callerOf, ended, errorOf, eventOf, flagged, isCall, isLive, live, ownerOf, processName, returnedTo, same, signalNames,
} from '#properties/qnx/facts';

const SIGCHLD = signalNames.indexOf('SIGCHLD');
const SIGCONT = signalNames.indexOf('SIGCONT');

/** Fields of a process that tell it from a copy of it. */
const apart = (process: Process, ...but: readonly (keyof Process)[]): Partial<Process> => {
  const rest: Partial<Process> = { ...process };
  for (const field of but) delete rest[field];
  return rest;
};

const tableIsFull = ({ processes, limits }: QnxState): boolean =>
  processes.filter(({ life }) => life !== 'gone').length >= limits.processTable;

/** The child that a fork or spawn made in a step; null if it made none. */
function childIn({ before, after, call }: QnxStep): Process | null {
  if (call.operation !== 'fork' && call.operation !== 'spawn') return null;
  return after.processes.length > before.processes.length ? after.processes.at(-1)! : null;
}

function forkedAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'fork')) return [];
  const { before, after, call: { thread } } = step;
  if (tableIsFull(before)) return errorOf(step) === 'EAGAIN' && same(before, after) ? [] : ['fork makes a process though the table is full'];
  const child = childIn(step);
  const parent = before.processes[thread]!;
  if (errorOf(step) !== null || child === null) return [`fork fails with ${errorOf(step) ?? 'nothing'}`];
  const changed = child.life === 'live' && !same(parent, after.processes[thread]) ? ['fork changes its caller'] : [];
  const others = before.processes.flatMap((process, id) =>
    (id === thread || same(process, after.processes[id]) ? [] : [`fork changes ${processName(id)}`]));
  return child.life === 'live' ? [...changed, ...others, ...copiedAsDue(parent, child, thread)] : [];
}

/** A child is a copy of its parent in all but who it is, and in no exchange. */
function copiedAsDue(parent: Process, child: Process, thread: number): readonly string[] {
  const own = ['pid', 'parent', 'queue', 'run', 'memory', 'pending', 'handled', 'slice'] as const;
  return [
    ...(same(apart(parent, ...own), apart(child, ...own)) ? [] : ['a child made by fork is not a copy of its parent']),
    ...(child.parent === thread ? [] : [`a child of ${processName(thread)} is told that its parent is ${processName(child.parent)}`]),
    ...(child.queue.length === 0 && child.run.tag === 'ready' ? [] : ['a child is in an exchange of its parent\'s']),
    ...(child.pid === parent.pid ? ['a child has its parent\'s pid'] : []),
  ];
}

const loadErrors = { missing: 'ENOENT', 'no program': 'ENOEXEC', 'too large': 'ENOMEM' } as const;

function execedAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'exec')) return [];
  const { before, after, call: { thread, image } } = step;
  const due = image === 'program' ? null : loadErrors[image];
  if (errorOf(step) !== due) return [`exec gives ${errorOf(step) ?? 'no error'} instead of ${due ?? 'none'}`];
  if (due !== null) return same(before, after) ? [] : ['an exec that fails changes something'];
  const was = before.processes[thread]!;
  const now = after.processes[thread]!;
  if (now.life !== 'live') return was.flags.includes('IMMORTAL') ? [] : [`exec ends ${processName(thread)}`];
  const kept = ['pid', 'parent', 'life', 'priority', 'held'] as const;
  return [
    ...kept.filter((field) => was[field] !== now[field]).map((field) => `exec changes the ${field} of ${processName(thread)}`),
    ...(now.memory.length === before.limits.memory
      && now.memory.every((byte) => byte === 0) ? [] : ['a new image begins with the memory of the old']),
    ...(same(was.queue.filter(({ tag }) => tag !== 'proxy'), now.queue.filter(({ tag }) => tag !== 'proxy')) ? [] : [`exec drops what stands in the queue of ${processName(thread)}`]),
    ...before.processes.flatMap((process, id) => (id === thread || same(process, after.processes[id]) || process.run.tag === 'receiving' ? [] : [`exec changes ${processName(id)}`])),
    ...(now.run.tag === 'ready' ? [] : [`${processName(thread)} is ${now.run.tag} after an exec`]),
  ];
}

/** What the table of inheritance has for one field: the value there must be. */
type Row = (from: Process, step: QnxStep) => unknown;

const uncaught = ({ actions }: Process) => actions.map((action) => (action === 'catch' ? 'default' : action));
const none = () => signalNames.map(() => 0);

const forkTable: Partial<Record<keyof Process, Row>> = {
  mask: ({ mask }) => mask, actions: ({ actions }) => actions, files: ({ files }) => files,
  shared: ({ shared }) => shared, windows: ({ windows }) => windows, environment: ({ environment }) => environment,
  directory: ({ directory }) => directory, umask: ({ umask }) => umask, group: ({ group }) => group, session: ({ session }) => session,
  uid: ({ uid }) => uid, priority: ({ priority }) => priority,
};

const execTable: Partial<Record<keyof Process, Row>> = {
  ...forkTable,
  pending: ({ pending, actions }) => pending.map((count, place) => (place === SIGCHLD || place === SIGCONT)
    && actions[place] === 'catch' ? 0 : count),
  shared: () => [],
  windows: () => [],
  actions: uncaught,
  handled: () => [],
  files: ({ files }, { call }) => files.map((pid, fd) => ((call as { closes: readonly number[] }).closes.includes(fd) ? 0 : pid)),
  environment: ({ environment }, { call }) => (call as { environment: number | null }).environment ?? environment,
};

type Spawn = Extract<QnxStep['call'], { operation: 'spawn' }>;
const spawnOf = ({ call }: QnxStep): Spawn => call as Spawn;

const spawnTable: Partial<Record<keyof Process, Row>> = {
  ...forkTable,
  pending: none,
  shared: () => [],
  windows: () => [],
  handled: () => [],
  mask: ({ mask }, step) => (spawnOf(step).clearMask ? mask.map(() => false) : mask),
  actions: (from, step) => (spawnOf(step).defaultSignals ? from.actions.map(() => 'default') : uncaught(from)),
  files: ({ files }, step) => (spawnOf(step).closeFiles ? [] : files),
  environment: ({ environment }, step) => spawnOf(step).environment ?? environment,
  directory: ({ directory }, step) => spawnOf(step).directory ?? directory,
  priority: ({ priority }, step) => spawnOf(step).priority ?? priority,
  group: ({ group }, step) => (spawnOf(step).newGroup || spawnOf(step).newSession ? step.after.processes.at(-1)!.pid : group),
  session: ({ session }, step) => (spawnOf(step).newSession ? step.after.processes.at(-1)!.pid : session),
};

/** What a step made of a process: by which table, from whom, and what came of it. */
function heir(step: QnxStep): { readonly table: typeof forkTable; readonly from: Process; readonly to: Process } | null {
  const { before, after, call } = step;
  if (!('thread' in call) || errorOf(step) !== null) return null;
  const from = before.processes[call.thread]!;
  const child = childIn(step);
  if (call.operation === 'exec' && !isLive(after, call.thread)) return null;
  if (call.operation === 'exec') return { table: execTable, from, to: after.processes[call.thread]! };
  if (child === null || child.life !== 'live') return null;
  return { table: call.operation === 'fork' ? forkTable : spawnTable, from, to: child };
}

function inheritedAsDue(step: QnxStep): readonly string[] {
  const wrong = [...ownAttributes(step)];
  const found = heir(step);
  if (found === null) return wrong;
  const { table, from, to } = found;
  for (const [field, row] of Object.entries(table) as [keyof Process, Row][]) {
    if (!same(row(from, step), to[field])) wrong.push(`${step.call.operation} leaves ${field} ${JSON.stringify(to[field])} instead of ${JSON.stringify(row(from, step))}`);
  }
  const id = step.after.processes.indexOf(to);
  if (step.call.operation === 'fork' && to.pending.some((count) => count > 0)) wrong.push('a child has pending signals of its parent');
  if (step.after.names.some((entry) => entry?.owner === id)) wrong.push(`${processName(id)} has inherited a name`);
  if (step.after.proxies.some(({ owner, life }) => owner === id && life === 'live')) wrong.push(`${processName(id)} has inherited a proxy`);
  return wrong;
}

/** Calls by which a process says what it is to hand on, and what Proc says of it. */
function ownAttributes(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  if (!('thread' in call)) return [];
  const was = before.processes[call.thread]!;
  const now = after.processes[call.thread]!;
  switch (call.operation) {
    case 'chdir': return same({ ...was, directory: call.directory }, now) ? [] : ['chdir does not just change the directory'];
    case 'umask': return same({ ...was, umask: call.mask }, now)
      && returnedTo<{ mask: number }>(step, call.thread)?.mask === was.umask ? [] : ['umask does not just exchange the mask'];
    case 'setsid': {
      if (was.group === was.pid) return errorOf(step) === 'EPERM' && same(was, now) ? [] : ['the leader of a group makes a session'];
      return same({ ...was, group: was.pid, session: was.pid }, now) ? [] : ['setsid does not just make a session and a group'];
    }
    case 'qnx_psinfo': return toldAsItIs(step, call.pid);
    default: return [];
  }
}

function toldAsItIs(step: QnxStep, pid: never | number): readonly string[] {
  const owner = ownerOf(step.before, pid as never);
  if (owner?.tag !== 'process') return errorOf(step) === 'ESRCH' ? [] : ['Proc tells of a process that is not there'];
  const { parent, group, session, directory, umask, environment, uid } = step.before.processes[owner.id]!;
  const due = { parent: step.before.processes[parent]!.pid, group, session, directory, umask, environment, user: uid };
  return same(returnedTo(step, callerOf(step)!), due) ? [] : [`Proc tells another thing of ${processName(owner.id)} than is so`];
}

function spawnedAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'spawn')) return [];
  const { before, after, call: { thread, image, priority } } = step;
  const { uid, priority: own } = before.processes[thread]!;
  const errors = [
    ...(image === 'program' ? [] : [loadErrors[image]]),
    ...(tableIsFull(before) ? ['EAGAIN'] : []),
    ...(priority !== null && uid !== 0 && priority > Math.max(own, 20) ? ['EPERM'] : []),
  ];
  const error = errorOf(step);
  if (errors.length > 0 || error !== null) {
    return error !== null && errors.includes(error) && same(before, after) ? [] : [`spawn gives ${error ?? 'no error'} instead of ${errors.join(' or ') || 'none'}`];
  }
  const child = childIn(step)!;
  return [
    ...(child.life === 'live' && child.run.tag === 'ready' && !child.held && child.queue.length === 0 ? [] : ['a spawned child does not run']),
    ...(child.memory.length === before.limits.memory
      && child.memory.every((byte) => byte === 0) ? [] : ['a spawned child begins with the memory of another']),
    ...(child.parent === thread ? [] : ['a spawned child has another parent than its maker']),
    ...(same(child.flags, spawnOf(step).noZombie ? ['NOZOMBIE'] : []) ? [] : ['a spawned child has flags it was not given']),
    ...(answerOf(step)?.tag === 'returned'
      && same(before.processes[thread], after.processes[thread]) ? [] : ['spawn does not leave its caller running as it was']),
  ];
}

/** A zombie, or a process that is gone, has nothing left; and only a live parent other than Proc keeps a zombie. */
function leftovers(state: QnxState): readonly string[] {
  return state.processes.flatMap((process, id) => {
    if (process.life === 'live') return [];
    const { queue, memory, files, shared, windows, parent, life, held, run } = process;
    const empty = queue.length === 0 && memory.length === 0 && files.length === 0 && shared.length === 0 && windows.length === 0 && !held
      && run.tag === 'ready';
    return [
      ...(empty ? [] : [`${processName(id)} has ended, and keeps something`]),
      ...(state.names.some((entry) => entry?.owner === id) ? [`${processName(id)} has ended, and keeps its name`] : []),
      ...(life === 'zombie' && (parent === 0 || !isLive(state, parent)) ? [`${processName(id)} is a zombie that nobody will wait for`] : []),
    ];
  });
}

/** Whether what remains of a process is to be a zombie. */
function leavesZombie({ before }: QnxStep, id: number, dead: readonly number[]): boolean {
  const { parent, flags } = before.processes[id]!;
  const ignores = before.processes[parent]?.actions[SIGCHLD] === 'ignore';
  return parent !== 0 && !dead.includes(parent) && !flags.includes('NOZOMBIE') && !ignores;
}

function buriedAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  const dead = ended(step);
  const wrong: string[] = [];
  for (const id of dead) {
    if (call.operation === 'qnx_pflags') continue;
    const { parent } = before.processes[id]!;
    const { run } = before.processes[parent]!;
    const waited = run.tag === 'waiting' && (run.child === 0 || run.child === before.processes[id]!.pid);
    const due = leavesZombie(step, id, dead) && !waited;
    const { life, status } = after.processes[id]!;
    if ((life === 'zombie') !== due) wrong.push(`${processName(id)} is ${life} after its end`);
    if (call.operation === '_exit' && call.thread === id && status !== call.status) wrong.push(`${processName(id)} ended with ${call.status}, and ${status} is kept`);
    if (parent !== 0 && isLive(after, parent)) wrong.push(...childDied(step, parent, id));
  }
  before.processes.forEach(({ parent, life }, id) => {
    if (!dead.includes(parent) || life === 'gone') return;
    const now = after.processes[id]!;
    if (now.parent !== 0 || now.life === 'zombie') wrong.push(`${processName(id)} is left without its parent, and Proc does not take its place`);
  });
  return wrong;
}

/** A parent that catches SIGCHLD has it run its handler, or wait for it to run. */
function childDied({ before, after, call }: QnxStep, parent: number, child: number): readonly string[] {
  const was = before.processes[parent]!;
  const now = after.processes[parent]!;
  if (was.actions[SIGCHLD] !== 'catch' || ('thread' in call && call.thread === parent && call.operation !== 'kill')) return [];
  const more = now.handled.slice(was.handled.length).filter((signal) => signal === 'SIGCHLD').length + now.pending[SIGCHLD]! - was.pending[SIGCHLD]!;
  const merged = was.pending[SIGCHLD]! > 0 || now.handled.length > was.handled.length;
  return more > 0 || merged ? [] : [`${processName(parent)} is not sent SIGCHLD for ${processName(child)}`];
}

/** The children a wait is for. */
const waitedFor = (state: QnxState, parent: number, pid: number): readonly number[] => state.processes.flatMap((process, id) =>
  (id > 0 && process.parent === parent && process.life !== 'gone' && (pid === 0 || process.pid === pid) ? [id] : []));

function waitedAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'waitpid')) return [];
  const { before, after, call: { thread, pid, noHang } } = step;
  const children = waitedFor(before, thread, pid);
  const zombies = children.filter((id) => before.processes[id]!.life === 'zombie');
  const value = returnedTo<{ pid: number; status: number }>(step, thread);
  const error = errorOf(step);
  if (children.length === 0) return error === 'ECHILD' ? [] : ['a wait without children does not fail'];
  if (error !== null) return [`a wait fails with ${error} though there are children`];
  if (zombies.length === 0) {
    if (noHang) return value?.pid === 0 ? [] : ['a wait that is not to wait does'];
    const { run } = after.processes[thread]!;
    return run.tag === 'waiting' && run.child === pid ? [] : [`${processName(thread)} does not wait for its children`];
  }
  const taken = zombies.find((id) => before.processes[id]!.pid === value?.pid);
  if (taken === undefined) return [`${processName(thread)} is not told of a child that has ended`];
  return [
    ...(value?.status === before.processes[taken]!.status ? [] : [`${processName(thread)} is told that ${processName(taken)} ended with ${value?.status}`]),
    ...(after.processes[taken]!.life === 'gone' ? [] : [`${processName(taken)} was waited for, and is still there`]),
    ...(zombies.filter((id) => after.processes[id]!.life !== 'zombie').length === 1 ? [] : ['a wait takes more than one child']),
  ];
}

/** Nobody waits who has a child to be told of, or none left to wait for; nor is told of what did not happen. */
function waitsInVain(state: QnxState): readonly string[] {
  const wrong: string[] = [];
  for (const [id, { run }] of live(state)) {
    if (run.tag !== 'waiting') continue;
    const children = waitedFor(state, id, run.child);
    if (children.length === 0) wrong.push(`${processName(id)} waits, and has no child to wait for`);
    if (children.some((child) => state.processes[child]!.life === 'zombie')) wrong.push(`${processName(id)} waits, and a child of it has ended`);
  }
  return wrong;
}

function toldAfterWaiting(step: QnxStep): readonly string[] {
  return step.events.flatMap((event) => {
    const was = step.before.processes[event.thread];
    if (was?.run.tag !== 'waiting' || event.tag !== 'returned') return [];
    const value = event.value as { pid: number; status: number };
    const child = step.before.processes.findIndex(({ pid, life }) => pid === value.pid && life === 'live');
    const now = step.after.processes[child];
    return now?.life === 'gone' && now.status === value.status && step.before.processes[child]!.parent === event.thread ? []
      : [`${processName(event.thread)} is told of p${value.pid}, which is not a child that ended with ${value.status}`];
  });
}

/** Messages of Proc about deaths, and whom they are for. */
function informedAsDue(step: QnxStep): readonly string[] {
  const dead = ended(step);
  const wrong: string[] = [];
  for (const [id, { queue }] of live(step.before)) {
    if (!isLive(step.after, id) || !(flagged(step.before, id, 'INFORM') || step.after.processes[id]!.queue !== queue)) continue;
    const news = (of: typeof queue, pid: number) => of.filter((item) => item.tag === 'death' && item.pid === pid).length;
    for (const gone of dead) {
      const { pid } = step.before.processes[gone]!;
      const told = news(step.after.processes[id]!.queue, pid) - news(queue, pid);
      const { run } = step.before.processes[id]!;
      const atOnce = run.tag === 'receiving' && (run.from === 0 || run.from === 1);
      const due = flagged(step.before, id, 'INFORM') ? 1 : 0;
      const ok = atOnce && due === 1 ? told <= 1 && (told === 1 || eventOf(step, id) !== undefined
        || step.after.processes[id]!.run.tag === 'answered') : told === due;
      if (!ok) wrong.push(`${processName(id)} is told ${told} times of the death of ${processName(gone)}`);
    }
  }
  return wrong;
}

/** Requests that Proc answers. */
const requests = [
  'fork', 'exec', 'spawn', 'waitpid', 'qnx_psinfo', 'qnx_name_attach', 'qnx_name_detach', 'qnx_name_locate', 'sbrk', 'shm_open', 'shm_unlink',
  'mmap', 'munmap',
] as const;

export const processLaws = {
  'qnx/proc-is-a-process': {
    always: (state) => {
      const { life, pid, run, held, memory } = state.processes[0]!;
      return life === 'live' && pid === 1 && run.tag === 'receiving' && !held && memory.length === 0 ? [] : ['Proc is not what it is at the start'];
    },
    step: (step) => [
      ...(isCall(step, 'kill') && step.call.pid === 1 && errorOf(step) === null ? ['Proc can be signalled'] : []),
      ...(step.events.some(({ thread }) => thread === 0) ? ['Proc is seen to have called'] : []),
    ],
    sometimes: {
      'a process signals Proc': (step) => isCall(step, 'kill') && step.call.pid === 1,
      'a process sends to Proc': (step) => isCall(step, 'Send') && step.call.pid === 1,
    },
  },

  'qnx/proc-serves-by-messages': {
    on: requests,
    step: ({ cost, call }) => (cost['message'] === 2 && cost['copy'] === 2 && cost['switch'] === 2 ? [] : [`${call.operation} is no exchange with Proc: ${JSON.stringify(cost)}`]),
    sometimes: Object.fromEntries(requests.map((operation) => [`a ${operation}`, ({ call }: QnxStep) => call.operation === operation])),
  },

  'qnx/fork-copies-the-caller': {
    on: ['fork'],
    step: forkedAsDue,
    sometimes: {
      'a child is made': (step) => childIn(step) !== null,
      'there is no room': (step) => errorOf(step) === 'EAGAIN',
      'the caller has others waiting for it': (step) => childIn(step) !== null && step.before.processes[callerOf(step)!]!.queue.length > 0,
    },
  },

  'qnx/exec-replaces-the-image': {
    on: ['exec'],
    step: execedAsDue,
    sometimes: {
      'an image is replaced': (step) => errorOf(step) === null,
      'a message waits for the old image': (step) =>
        errorOf(step) === null && step.before.processes[callerOf(step)!]!.queue.some(({ tag }) => tag === 'message'),
      ...Object.fromEntries(Object.values(loadErrors).map((error) => [`it fails with ${error}`, (step: QnxStep) => errorOf(step) === error])),
    },
  },

  'qnx/child-inherits-by-the-table': {
    step: inheritedAsDue,
    sometimes: {
      'handlers are lost in an exec': (step) =>
        isCall(step, 'exec') && errorOf(step) === null && step.before.processes[step.call.thread]!.actions.includes('catch'),
      'ignored signals outlast an exec': (step) =>
        isCall(step, 'exec') && errorOf(step) === null && step.before.processes[step.call.thread]!.actions.includes('ignore'),
      'handlers are copied by a fork': (step) =>
        isCall(step, 'fork') && childIn(step) !== null && step.before.processes[step.call.thread]!.actions.includes('catch'),
      'a pending signal outlasts an exec': (step) =>
        isCall(step, 'exec') && errorOf(step) === null && step.before.processes[step.call.thread]!.pending.some((count) => count > 0),
      'a parent with a pending signal has a child': (step) =>
        childIn(step) !== null && step.before.processes[callerOf(step)!]!.pending.some((count) => count > 0),
      'a parent with a name has a child': (step) => childIn(step) !== null && step.before.names.some((entry) => entry?.owner === callerOf(step)),
      'a parent with a proxy has a child': (step) =>
        childIn(step) !== null && step.before.proxies.some(({ owner, life }) => life === 'live' && owner === callerOf(step)),
      'a spawned child has a session of its own': (step) => isCall(step, 'spawn') && step.call.newSession && errorOf(step) === null,
      'a file is closed in an exec': (step) =>
        isCall(step, 'exec') && errorOf(step) === null
          && step.call.closes.some((fd) => (step.before.processes[step.call.thread]!.files[fd] ?? 0) > 0),
    },
  },

  'qnx/spawn-makes-a-child-with-its-image': {
    on: ['spawn'],
    step: spawnedAsDue,
    sometimes: {
      'a child is made': (step) => errorOf(step) === null,
      ...Object.fromEntries(['ENOENT', 'ENOEXEC', 'ENOMEM', 'EAGAIN', 'EPERM'].map((error) => [`it fails with ${error}`, (step: QnxStep) => errorOf(step) === error])),
    },
  },

  'qnx/process-ends-in-two-stages': {
    always: leftovers,
    step: buriedAsDue,
    sometimes: {
      'a zombie is left': (step) => ended(step).some((id) => step.after.processes[id]!.life === 'zombie'),
      'no zombie is left, as was asked': (step) =>
        ended(step).some((id) => step.before.processes[id]!.parent > 0 && flagged(step.before, id, 'NOZOMBIE')),
      'no zombie is left, as the parent ignores it': (step) =>
        ended(step).some((id) => step.before.processes[step.before.processes[id]!.parent]!.actions[SIGCHLD] === 'ignore'),
      'the parent of a zombie ends': (step) =>
        ended(step).some((id) => step.before.processes.some(({ parent, life }) => parent === id && life === 'zombie')),
      'the parent catches SIGCHLD': (step) =>
        ended(step).some((id) => step.before.processes[step.before.processes[id]!.parent]!.actions[SIGCHLD] === 'catch'),
    },
  },

  'qnx/wait-takes-a-zombie': {
    always: waitsInVain,
    step: (step) => [...waitedAsDue(step), ...toldAfterWaiting(step)],
    sometimes: {
      'it takes one that was there': (step) => isCall(step, 'waitpid') && (returnedTo<{ pid: number }>(step, step.call.thread)?.pid ?? 0) > 0,
      'it waits until a child ends': (step) =>
        step.events.some(({ thread, tag }) => tag === 'returned' && step.before.processes[thread]?.run.tag === 'waiting'),
      'it does not wait': (step) => isCall(step, 'waitpid') && returnedTo<{ pid: number }>(step, step.call.thread)?.pid === 0,
      'there are no children': (step) => isCall(step, 'waitpid') && errorOf(step) === 'ECHILD',
      'a signal ends it': (step) =>
        step.events.some((event) => event.tag === 'raised' && event.error === 'EINTR' && step.before.processes[event.thread]?.run.tag === 'waiting'),
    },
  },

  'qnx/inform-tells-of-deaths': {
    step: informedAsDue,
    sometimes: {
      'a process is told': (step) =>
        ended(step).length > 0 && [...live(step.before)].some(([id]) => flagged(step.before, id, 'INFORM') && !ended(step).includes(id)),
    },
  },

  'qnx/system-processes-are-ordinary': { waived: 'It says that there is nothing of its own to check: every call is open to every process, and no law makes an exception.' },
} satisfies QnxLaws;

