import type { MachState } from '#model/mach/state';
import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import { callerEvent, callerTask, entryAt, isLive, portName, succeeded, threadName } from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { isCall } from '#properties/mach/laws/ledger';
import { faultAt } from '#properties/mach/laws/memory/touches';
import { differences, hasPagers } from '#properties/mach/laws/memory/answers';
import { touchOf } from '#properties/mach/laws/memory/eager';
import { afterCall, isUsed, paged, pagedBefore, reaches, said, saidTo, subject, type Paged } from '#properties/mach/laws/memory/paging';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const INIT = 2200;
const TERMINATE = 2201;
const RETURN = 2208;

/** The port of the object that a successful call has mapped; null if it maps none. */
function mapped(step: MachStep): number | null {
  if (!isCall(step, 'vm_map') || step.call.object.name <= 0 || !succeeded(step) || step.before.memory === null) return null;
  const entry = entryAt(step.before, callerTask(step), step.call.object.name);
  return entry?.tag === 'port' ? entry.port : null;
}

const known = (step: MachStep, port: number): boolean => pagedBefore(step).some(([, { pager }]) => pager.port === port);

/** Whether the first mapping of an object, and no other, tells its pager so. */
function misintroduced(step: MachStep): readonly string[] {
  const port = mapped(step);
  const told = said(step).filter(({ id }) => id === INIT);
  if (port === null) return told.length === 0 ? [] : ['a pager is told of an object that nobody has mapped'];
  const made = paged(step.after).filter(([, { pager }]) => pager.port === port);
  if (!isLive(step.after, port as never)) return [];
  if (made.length !== 1) return [`${made.length} objects stand for ${portName(port as never)}`];
  const due = known(step, port) || step.before.ports[port]!.kernel !== null ? 0 : 1;
  return told.length === due ? [] : [`the pager at ${portName(port as never)} was told ${told.length} times of its object`];
}

/** Whether both ports of an object are the kernel's, and those of no other object. */
function misported(state: MachState): readonly string[] {
  const ports = paged(state).flatMap(([, { pager }]) => [pager.control, pager.name]);
  return [
    ...paged(state).flatMap(([, { pager }]) => (state.ports[pager.control]!.kernel === 'control' && state.ports[pager.name]!.kernel === 'name'
      && isLive(state, pager.control) && isLive(state, pager.name) ? [] : [`${portName(pager.port)} has not its ports`])),
    ...(new Set(ports).size === ports.length ? [] : ['two objects share a control or name port']),
  ];
}

/** Whether an introduction carries the two ports and the page size. */
const misworded = (step: MachStep): readonly string[] => said(step).filter(({ id }) => id === INIT).flatMap(({ to, message, words }) => {
  const object = paged(step.after).find(([, { pager }]) => pager.port === to)?.[1];
  const carried = message.body.flatMap((item) => (item.tag === 'rights' && item.kind === 'send' ? item.rights : [])).map((right) => (right.tag === 'right' ? right.port : null));
  const good = object !== undefined && carried.length === 2 && carried[0] === object.pager.control && carried[1] === object.pager.name
    && words.length === 1 && words[0] === step.after.memory!.pageSize;
  return good ? [] : [`${portName(to)} is not told how to reach the kernel`];
});

/** Objects that a step let end though they are used, or left though they are not, or ended without a last word. */
function misended(step: MachStep): readonly string[] {
  if (step.before.memory === null) return [];
  return pagedBefore(step).flatMap(([id, { pager }]) => {
    const now = step.after.memory!.objects[id]!;
    if (now.pager !== null && now.pager.status === 'gone') return [];
    if (now.life === 'live') {
      return isUsed(step.after, id) || (now as Paged).pager.cacheable ? [] : [`${portName(pager.port)} is kept, and nobody uses it`];
    }
    if (!isLive(step.after, pager.port)) return [];
    return lastWords(step, pager);
  });
}

/** The last message to a pager: one, after everything else, with both ports. */
function lastWords(step: MachStep, { port, control, name }: Paged['pager']): readonly string[] {
  const last = saidTo(step, port, TERMINATE);
  if (last.length !== 1) return [`${portName(port)} is told ${last.length} times that its object has ended`];
  const carried = last[0]!.message.body.flatMap((item) => (item.tag === 'rights' && item.kind === 'receive' ? item.rights : []))
    .map((right) => (right.tag === 'right' ? right.port : null));
  const later = said(step).some(({ to, message, id }) => to === port && id !== TERMINATE && id !== INIT && message.serial > last[0]!.message.serial);
  return [
    ...(same(carried, [control, name]) || (same(carried, [null, null]) && !isLive(step.after, control) && !isLive(step.after, name)) ? [] : [`${portName(port)} is not given the ports of its object`]),
    ...(later ? [`${portName(port)} is told something after the last word`] : []),
  ];
}

/** Pages returned of temporary objects, or after their pager has gone. */
const misreturned = (step: MachStep): readonly string[] => said(step).filter(({ id }) => id === RETURN).flatMap(({ to }) => {
  const object = [...pagedBefore(step), ...paged(step.after)].find(([, { pager }]) => pager.port === to);
  if (object === undefined) return [`a page is returned to ${portName(to)}, which has no object`];
  const now = step.after.memory!.objects[object[0]]!;
  return now.life === 'dead' && now.pager?.strategy === 'temporary' ? [`a page of the temporary ${portName(to)} is returned at its end`] : [];
});

/** Objects whose pager has given them up, or died, in a step. */
const orphans = (step: MachStep): readonly (readonly [number, Paged])[] => (step.before.memory === null ? []
  : pagedBefore(step).filter(([id]) => step.after.memory!.objects[id]!.pager?.status === 'gone'));

/** Objects whose pager is gone, and that still ask it, or keep threads waiting. */
const haunting = (state: MachState): readonly string[] => (state.memory?.objects ?? []).flatMap((object, id) => {
  if (object.life === 'dead' || object.pager?.status !== 'gone') return [];
  const waiting = state.threads.some(({ run, life, suspends, task }) => life === 'live' && run.tag === 'faulting' && run.object === id
    && run.broken === null && suspends === 0 && state.tasks[task]!.suspends === 0);
  return [
    ...(object.pages.some((page) => page?.tag === 'awaited') ? [`object ${id} awaits a page of nobody`] : []),
    ...(waiting ? [`a thread waits for object ${id}, which has no pager`] : []),
  ];
});

/** A touch of what a gone pager took along must fail with a memory error. */
function unfailed(step: MachStep): readonly string[] {
  if (step.before.memory === null || !isCall(step, 'load', 'store')) return [];
  const { memory } = step.before;
  const touch = touchOf(step, step.call.thread)!;
  if (faultAt(step.before, callerTask(step), touch.what, touch.address) !== null) return [];
  const mapping = memory.spaces[callerTask(step)]!.pages[Math.floor(touch.address / memory.pageSize)]!;
  for (let at: number | null = mapping.object; at !== null; at = memory.objects[at]!.shadow) {
    const { pages, pager } = memory.objects[at]!;
    const page = pages[mapping.index] ?? null;
    if (page?.tag === 'resident' || (pager !== null && pager.status !== 'gone')) return [];
    if (pager === null || page?.tag === 'absent') continue;
    const { run, life } = step.after.threads[step.call.thread]!;
    return life === 'dead' || (run.tag === 'raising' && run.fault === 'KERN_MEMORY_ERROR') ? [] : [`${threadName(step.call.thread)} touches a page whose pager is gone`];
  }
  return [];
}

const failed = ({ before, after }: MachStep, id: number): boolean => before.threads.some(({ run, life }, thread) =>
  life === 'live' && run.tag === 'faulting' && run.object === id && (after.threads[thread]!.life === 'dead' || after.threads[thread]!.run.tag === 'raising'));

/** How many tasks map some page of an object that another maps as well. */
function sharersOf({ memory }: MachState, object: number): number {
  const owners = new Map<number, Set<number>>();
  memory!.spaces.forEach(({ pages }, task) => pages.forEach((mapping) => {
    if (mapping?.object === object) owners.set(mapping.index, (owners.get(mapping.index) ?? new Set()).add(task));
  }));
  return Math.max(0, ...[...owners.values()].map(({ size }) => size));
}

/** Where bytes were written in a step, by its caller or by a thread that had waited. */
const stored = (step: MachStep): readonly (readonly [TaskId, number])[] => (step.before.memory === null ? [] : step.events.flatMap(({ tag, thread }) => {
  const touch = tag === 'returned' && step.before.threads[thread] !== undefined ? touchOf(step, thread as ThreadId) : null;
  return touch?.what === 'store' ? [[step.before.threads[thread]!.task, touch.address] as const] : [];
}));

/** Whether the call reads what is a copy of something. */
function readsCopy(step: MachStep): boolean {
  if (!isCall(step, 'load')) return false;
  const { spaces, objects, pageSize } = step.before.memory!;
  const mapping = spaces[callerTask(step)]!.pages[Math.floor(step.call.address / pageSize)] ?? null;
  return mapping !== null && objects[mapping.object]!.shadow !== null;
}

const isDeath = (step: MachStep, { pager }: Paged): boolean => !isLive(step.after, pager.port);

export const memoryObjectLaws: MachLaws = {
  'mach/object-has-control-and-name-ports': {
    always: misported,
    step: misworded,
    sometimes: {
      'a pager learns of its object': (step) => said(step).some(({ id }) => id === INIT),
      'two objects have a pager': ({ after }) => paged(after).length > 1,
    },
  },

  'mach/first-map-sends-init': {
    step: misintroduced,
    sometimes: {
      'an object is mapped for the first time': (step) => mapped(step) !== null && !known(step, mapped(step)!),
      'an object is mapped again': (step) => mapped(step) !== null && known(step, mapped(step)!),
      'a snapshot of an object is mapped': (step) => mapped(step) !== null && isCall(step, 'vm_map') && step.call.copy,
    },
  },

  'mach/last-unmap-terminates': {
    step: (step) => (step.before.memory === null ? [] : [...misended(step), ...misreturned(step)]),
    sometimes: {
      'an object ends': (step) => said(step).some(({ id }) => id === TERMINATE) && !isCall(step, 'memory_object_destroy'),
      'an object ends with pages to be returned': (step) => said(step).some(({ id }) => id === TERMINATE) && said(step).some(({ id }) => id === RETURN),
      'a temporary object ends': (step) => pagedBefore(step).some(([id, { pager, pages }]) => pager.strategy === 'temporary'
        && pages.some((page) => page?.tag === 'resident' && page.dirty) && step.after.memory!.objects[id]!.life === 'dead'),
      'an original outlives its mappings for a copy': ({ after }) => paged(after).some(([id, { copy }]) => copy !== null
        && !after.memory!.spaces.some(({ pages }) => pages.some((mapping) => mapping?.object === id))),
    },
  },

  'mach/same-object-shares-its-pages': {
    step: (step) => (step.before.memory === null || !hasPagers(step) ? []
      : differences(step).filter(({ aspect }) => aspect === 'sharing').map(({ text }) => text)),
    sometimes: {
      'two tasks map one page of an object': ({ after }) => paged(after).some(([id]) => sharersOf(after, id) > 1),
      'a page is written of an object that two tasks map': (step) => stored(step).some(([task, address]) =>
        paged(step.before).some(([id]) => sharersOf(step.before, id) > 1 && reaches(step.before, task, address, id, null))),
    },
  },

  'mach/delayed-copy-keeps-the-old-version': {
    step: (step) => (step.before.memory === null || !hasPagers(step) ? []
      : differences(step).filter(({ aspect }) => aspect === 'contents').map(({ text }) => text)),
    sometimes: {
      'an object is written that has a copy': (step) => stored(step).some(([task, address]) =>
        paged(step.before).some(([id, { copy }]) => copy !== null && reaches(step.before, task, address, id, null))),
      'a page of a copy is asked for at the original': (step) => said(step).some(({ id }) => id === 2203) && readsCopy(step),
    },
  },

  'mach/cached-object-may-be-kept': {
    step: (step) => (step.before.memory === null ? [] : paged(step.after).flatMap(([id, { pager }]) =>
      (isUsed(step.after, id) || pager.cacheable ? [] : [`${portName(pager.port)} is kept without leave`]))),
    sometimes: {
      'an object is kept that nobody maps': ({ after }) => paged(after).some(([id]) => !isUsed(after, id)),
      'a kept object is mapped again': (step) => mapped(step) !== null && pagedBefore(step).some(([id, { pager }]) => pager.port === mapped(step) && !isUsed(step.before, id)),
    },
  },

  'mach/destroyed-object-asks-nothing-more': {
    always: haunting,
    step: (step) => {
      if (step.before.memory === null) return [];
      const object = isCall(step, 'memory_object_destroy') ? subject(step) : null;
      const given = object === null ? [] : step.after.memory!.objects[object]!.pager?.status === 'gone' || step.after.memory!.objects[object]!.life === 'dead'
        ? lastWords(step, (step.before.memory.objects[object] as Paged).pager) : ['an object that was given up still has its pager'];
      const late = said(step).filter(({ id }) => (id > TERMINATE && id <= 2205) || id === 2251).flatMap(({ to }) =>
        (pagedBefore(step).some(([, { pager }]) => pager.port === to) ? [] : [`${portName(to)} is asked, and has no object`]));
      const filled = orphans(step).flatMap(([id, { pages, pager }]) => pages.flatMap((page, place) =>
        (step.after.memory!.objects[id]!.pages[place]?.tag === 'absent' && page?.tag !== 'absent' && afterCall(step, id, place)?.tag !== 'absent'
          ? [`page ${place} of ${portName(pager.port)} is made up`] : [])));
      return [...filled, ...(object !== null && !isLive(step.after, (step.before.memory.objects[object] as Paged).pager.port) ? [] : given), ...late, ...unfailed(step)];
    },
    sometimes: {
      'a pager gives its object up': (step) => isCall(step, 'memory_object_destroy') && subject(step) !== null,
      'a page is touched whose pager is gone': (step) => isCall(step, 'load', 'store') && callerEvent(step)?.tag !== 'returned' && step.before.memory !== null
        && step.after.threads[step.call.thread]!.run.tag !== 'faulting' && step.before.memory.objects.some(({ pager, life }) => life === 'live' && pager?.status === 'gone')
        && faultAt(step.before, callerTask(step), isCall(step, 'load') ? 'load' : 'store', (step.call as { address: number }).address) === null,
    },
  },

  'mach/pager-death-fails-waiting-threads': {
    step: (step) => (step.before.memory === null ? [] : [
      ...pagedBefore(step).flatMap(([id, object]) => {
        const now = step.after.memory!.objects[id]!;
        return isDeath(step, object) && now.life === 'live' && now.pager?.status !== 'gone' ? [`${portName(object.pager.port)} is dead, and its object goes on`] : [];
      }),
      ...orphans(step).filter(([, object]) => isDeath(step, object)).flatMap(([id, { pager }]) => [
        ...(isLive(step.after, pager.control) || isLive(step.after, pager.name) ? [`the ports of ${portName(pager.port)} outlive it`] : []),
        ...step.before.threads.flatMap(({ run, life, suspends, task }, thread) => (life === 'live' && run.tag === 'faulting' && run.object === id && suspends === 0
          && step.before.tasks[task]!.suspends === 0 && step.after.threads[thread]!.run.tag === 'faulting' && (step.after.threads[thread]!.run as typeof run).object === id
          ? [`${threadName(thread as ThreadId)} still waits for ${portName(pager.port)}`] : [])),
      ]),
    ]),
    sometimes: {
      'a pager dies': (step) => orphans(step).some(([, object]) => isDeath(step, object)),
      'a thread fails with its pager': (step) => orphans(step).some(([id, object]) => isDeath(step, object) && failed(step, id)),
    },
  },

  'mach/orphaned-pages-may-stay': {
    step: (step) => orphans(step).flatMap(([id, { pages, pager }]) => {
      const now = step.after.memory!.objects[id]!;
      if (now.life === 'dead') return [];
      const held = pages.flatMap((_, place) => (afterCall(step, id, place)?.tag === 'resident' ? [place] : []));
      const kept = held.filter((place) => now.pages[place]?.tag === 'resident');
      return kept.length === 0 || kept.length === held.length ? [] : [`${kept.length} of ${held.length} pages of ${portName(pager.port)} stay`];
    }),
    sometimes: {
      'pages stay without a pager': (step) => orphans(step).some(([id]) => step.after.memory!.objects[id]!.pages.some((page) => page?.tag === 'resident')),
      'pages go with their pager': (step) => orphans(step).some(([id, { pages }]) => pages.some((page) => page?.tag === 'resident')
        && !step.after.memory!.objects[id]!.pages.some((page) => page?.tag === 'resident')),
    },
  },
};
