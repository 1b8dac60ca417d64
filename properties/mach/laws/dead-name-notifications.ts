import type { Name, TaskId } from '#spec/mach/vocabulary';
import { entryOf, setEntry } from '#model/mach/entries';
import { destroyEntry } from '#model/mach/names/destroy-entry';
import { modRefs } from '#model/mach/names/mod-refs';
import { deallocate } from '#model/mach/names/release-name';
import { requestNotification } from '#model/mach/notifications/request-notification';
import { notifyDeadName, notifyPortDeleted } from '#model/mach/notifications/notify';
import { buryNames } from '#model/mach/ports/destroy-port';
import { copyin } from '#model/mach/rights/copyin';
import type { Entry } from '#model/mach/state';
import type { MachLaws, MachMutants, MachStep } from '#properties/mach/obligation';
import {
  callerTask, entryAt, errorOf, isLive, namesOf, portName, succeeded, taskName,
} from '#properties/mach/facts';
import { altered } from '#properties/mach/laws/altered';
import { casualties, holding, isCall, targetFault, targetTask } from '#properties/mach/laws/ledger';
import { audit, sends } from '#properties/mach/laws/notices';
import {
  asked, asksOfTheDead, newName, notifyOf, owed, refsOf, requestOf, watched,
} from '#properties/mach/laws/watched';

const at = (task: TaskId, name: Name): string => `n${name} of ${taskName(task)}`;

/** Tasks whose threads were answered in a step with something that may have changed their names. */
const busy = ({ before, call, events }: MachStep): readonly TaskId[] => events.flatMap(({ tag, thread }) =>
  (tag === 'blocked' || ('thread' in call && thread === call.thread && call.operation !== 'mach_msg') ? []
    : [before.threads[thread]!.task]));

/** Names of a dying port have as many references as dead names as before, and one more if they were watched. */
function inheritance(step: MachStep): string[] {
  const { before, after } = step;
  const dying = casualties(step);
  if (dying.length === 0) return [];
  const apart = isCall(step, 'mach_msg') ? [callerTask(step), ...busy(step)] : busy(step);
  return [...namesOf(before)].flatMap(([task, name, entry]) => {
    if ((entry.tag !== 'port' && entry.tag !== 'send-once') || !dying.includes(entry.port)) return [];
    const now = entryAt(after, task, name);
    const refs = refsOf(entry) + (entry.request === null ? 0 : 1);
    if (now?.tag !== 'dead' || now.refs === refs || apart.includes(task)) return [];
    return [`${at(task, name)} has ${now.refs} references as a dead name, not ${refs}`];
  });
}

/** A dead-name request that may sit where it is asked for, and was refused. */
function refusedLive(step: MachStep): string[] {
  if (!isCall(step, 'mach_port_request_notification') || step.call.kind !== 'dead-name') return [];
  const error = errorOf(step);
  if (error === null || targetFault(step) !== null || error === 'MACH_SEND_INVALID_RIGHT') return [];
  const entry = asked(step);
  if ((entry?.tag !== 'port' && entry?.tag !== 'send-once') || notifyOf(step) === 'dead') return [];
  return [`${at(targetTask(step)!, step.call.name)} was refused a dead-name request: ${error}`];
}

export const deadNameLaws = {
  'mach/dead-name-notification-adds-a-reference': {
    step: (step) => [...inheritance(step), ...refusedLive(step)],
    sometimes: {
      'a receive right is watched': (step) => watched(step).some(({ task, name }) =>
        refsOf(entryAt(step.before, task, name)!) === 0),
      'a send right with several references dies watched': (step) => watched(step).some(({ fate, task, name }) =>
        fate === 'dead' && refsOf(entryAt(step.before, task, name)!) > 1),
      'a send-once right dies watched': (step) => watched(step).some(({ fate, task, name }) =>
        fate === 'dead' && entryAt(step.before, task, name)!.tag === 'send-once'),
      'a name dies that nobody watches': (step) => casualties(step).length > 0
        && [...namesOf(step.before)].some(([task, name, entry]) => entry.tag === 'port' && entry.request === null
          && casualties(step).includes(entry.port) && entryAt(step.after, task, name)?.tag === 'dead'),
    },
  },

  'mach/request-on-a-dead-name-fires': {
    on: ['mach_port_request_notification'],
    step: (step) => {
      if (!asksOfTheDead(step)) return [];
      const { before, after, call } = step;
      const task = targetTask(step)!;
      const { refs } = asked(step) as Extract<Entry, { tag: 'dead' }>;
      const notify = notifyOf(step);
      const errors: string[] = notify === 'dead' ? ['KERN_INVALID_CAPABILITY'] : [];
      if (call.sync === 0 || notify === 'null') errors.push('KERN_INVALID_ARGUMENT');
      else if (refs >= before.limits.references) errors.push('KERN_UREFS_OVERFLOW');
      const error = errorOf(step);
      const wrong = error === null ? errors.length > 0 : !errors.includes(error);
      const first = before.variant === 'gnumach' && error !== null && error !== errors[0];
      const now = entryAt(after, task, call.name);
      const due = refs + (error === null ? 1 : 0);
      return [
        ...(wrong || first ? [`a request on the dead ${at(task, call.name)} got ${error ?? 'success'}, not ${errors.join(' or ')}`] : []),
        ...(now?.tag === 'dead' && now.refs === due ? [] : [`${at(task, call.name)} should be dead with ${due} references`]),
        ...audit(step, ['dead-name'], owed(step).dead),
      ];
    },
    sometimes: {
      'it fires at once': (step) => asksOfTheDead(step) && succeeded(step),
      'it is refused for want of sync': (step) => asksOfTheDead(step) && step.call.sync === 0,
      'it is refused for want of a notify right': (step) => asksOfTheDead(step) && step.call.sync > 0 && notifyOf(step) === 'null',
      'it is refused at the ceiling': (step) => errorOf(step) === 'KERN_UREFS_OVERFLOW',
    },
  },

  'mach/watched-name-is-live-dead-or-deleted': {
    step: (step) => {
      const { dead, deleted, perhaps } = owed(step);
      const lost = watched(step).flatMap(({ task, name, port, to, fate }) => {
        if (fate === 'stray' && step.before.variant === 'documented') return [`${at(task, name)} is dead while ${portName(port)} lives`];
        if (fate !== 'watched') return [];
        const now = entryAt(step.after, task, newName(step, task, name));
        return requestOf(now) === to ? [] : [`the request on ${at(task, name)} is lost`];
      });
      return [...lost, ...audit(step, ['dead-name', 'port-deleted'], [...dead, ...deleted], perhaps)];
    },
    sometimes: {
      'a watched name dies': (step) => watched(step).some(({ fate }) => fate === 'dead'),
      'a watched name is freed': (step) => watched(step).some(({ fate }) => fate === 'deleted'),
      'a watched name goes with its task': (step) => watched(step).some(({ task }) => step.after.tasks[task]!.life === 'dead'),
      'a send drops the request': (step) => watched(step).some(({ fate }) => fate === 'cancelled'),
    },
  },

  'mach/dead-name-notification-carries-the-name': {
    step: (step) => audit(step, ['dead-name'], owed(step).dead, owed(step).perhaps),
    sometimes: {
      'one arrives': (step) => sends(step, 'dead-name'),
      'one death tells of several names': (step) => watched(step).filter(({ fate, to }) =>
        fate === 'dead' && isLive(step.after, to)).length > 1,
      'another task is told': (step) => watched(step).some(({ fate, task, to }) => {
        const holder = holding(step).after.get(to);
        return fate === 'dead' && holder !== undefined && holder.task !== task;
      }),
    },
  },

  'mach/port-deleted-carries-the-freed-name': {
    step: (step) => audit(step, ['port-deleted'], owed(step).deleted, owed(step).perhaps),
    sometimes: {
      'a deallocate frees the name': (step) => isCall(step, 'mach_port_deallocate') && sends(step, 'port-deleted'),
      'a destroy frees it, and the port dies': (step) =>
        isCall(step, 'mach_port_destroy') && sends(step, 'port-deleted') && casualties(step).length > 0,
      'a message carries the right away': (step) => isCall(step, 'mach_msg') && sends(step, 'port-deleted'),
      'a mod_refs frees it': (step) => isCall(step, 'mach_port_mod_refs') && sends(step, 'port-deleted'),
      'its task ends': (step) => isCall(step, 'task_terminate') && sends(step, 'port-deleted'),
      'an extraction frees it': (step) => isCall(step, 'mach_port_extract_right') && sends(step, 'port-deleted'),
    },
  },
} satisfies MachLaws;

export const deadNameMutants: MachMutants = {
  'dead-name-keeps-its-references': {
    rule: 'mach/dead-name-notification-adds-a-reference',
    fault: 'the dead name of a watched right gets no extra reference',
    mechanisms: {
      buryNames: (world, port) => {
        const requests = buryNames(world, port);
        for (const { name: { task, name } } of requests) {
          const entry = entryOf(world.state, task, name);
          if (entry?.tag === 'dead' && entry.refs > 1) setEntry(world.state, task, name, { ...entry, refs: entry.refs - 1 });
        }
        return requests;
      },
    },
  },
  'receive-right-cannot-be-watched': {
    rule: 'mach/dead-name-notification-adds-a-reference',
    fault: 'a dead-name request on a name without send rights is refused',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => {
          const task = call.task.tag === 'identity' ? call.task.identity : world.state.threads[call.thread]!.task;
          const entry = entryOf(world.state, task, call.name);
          if (call.kind === 'dead-name' && entry?.tag === 'port' && entry.sends === 0) return { tag: 'raised', error: 'KERN_INVALID_ARGUMENT' };
          return requestNotification.step(world, call);
        },
      },
    },
  },
  'request-on-a-dead-name-adds-nothing': {
    rule: 'mach/request-on-a-dead-name-fires',
    fault: 'a request on a dead name fires without adding its reference',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => requestNotification.step(altered(world, {
          notifyDeadName: (inner, to, { task, name }) => {
            const entry = entryOf(inner.state, task, name) as Extract<Entry, { tag: 'dead' }>;
            setEntry(inner.state, task, name, { ...entry, refs: entry.refs - 1 });
            notifyDeadName(inner, to, { task, name });
          },
        }), call),
      },
    },
  },
  'request-on-a-dead-name-is-never-answered': {
    rule: 'mach/request-on-a-dead-name-fires',
    fault: 'a request on a dead name is granted, and nothing is sent',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => requestNotification.step(altered(world, {
          notifyDeadName: (inner, to) => inner.mechanisms.dropSendOnce(inner, to),
        }), call),
      },
    },
  },
  'zero-sync-fires-on-a-dead-name': {
    rule: 'mach/request-on-a-dead-name-fires',
    fault: 'a request on a dead name fires whatever its sync value',
    operations: {
      mach_port_request_notification: {
        ...requestNotification, step: (world, call) => requestNotification.step(world, { ...call, sync: call.sync || 1 }),
      },
    },
  },
  'request-dies-with-the-last-send-reference': {
    rule: 'mach/watched-name-is-live-dead-or-deleted',
    fault: 'a name that still receives loses its request when its last send reference is deallocated',
    operations: {
      mach_port_deallocate: {
        ...deallocate,
        step: (world, call) => {
          const verdict = deallocate.step(world, call);
          const { task } = world.state.threads[call.thread]!;
          const entry = entryOf(world.state, task, call.name);
          if (verdict.tag === 'returned' && entry?.tag === 'port' && entry.sends === 0) setEntry(world.state, task, call.name, { ...entry, request: null });
          return verdict;
        },
      },
    },
  },
  'freed-name-is-told-dead-as-well': {
    rule: 'mach/watched-name-is-live-dead-or-deleted',
    fault: 'a destroyed name is told as deleted, and as dead too',
    mechanisms: {
      destroyEntry: (world, task, name) => {
        const request = requestOf(entryOf(world.state, task, name));
        destroyEntry(world, task, name);
        if (request !== null) world.mechanisms.notifyDeadName(world, request, { task, name });
      },
    },
  },
  'first-watcher-alone-is-told': {
    rule: 'mach/dead-name-notification-carries-the-name',
    fault: 'the death of a port is told to the first of those who watch its names',
    mechanisms: { buryNames: (world, port) => buryNames(world, port).slice(0, 1) },
  },
  'dead-name-notification-carries-another-name': {
    rule: 'mach/dead-name-notification-carries-the-name',
    fault: 'a dead-name notification carries the next name',
    mechanisms: {
      notifyDeadName: (world, to, { task, name }) => notifyDeadName(world, to, { task, name: name + 1 as Name }),
    },
  },
  'mod-refs-deletes-in-silence': {
    rule: 'mach/port-deleted-carries-the-freed-name',
    fault: 'a name freed by mod_refs is not told as deleted',
    operations: {
      mach_port_mod_refs: {
        ...modRefs,
        step: (world, call) => modRefs.step(altered(world, {
          notifyPortDeleted: (inner, to) => inner.mechanisms.dropSendOnce(inner, to),
        }), call),
      },
    },
  },
  'consumed-destination-is-not-told': {
    rule: 'mach/port-deleted-carries-the-freed-name',
    fault: 'a send-once right that is used as destination takes its request along in silence',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        return disposition === 'move-send-once' ? { ...copied, deleted: null } : copied;
      },
    },
  },
  'port-deleted-comes-as-dead-name': {
    rule: 'mach/port-deleted-carries-the-freed-name',
    fault: 'a freed name is told as dead',
    mechanisms: { notifyPortDeleted: (world, to, name) => world.mechanisms.notifyDeadName(world, to, name) },
  },
  'port-deleted-comes-twice': {
    rule: 'mach/port-deleted-carries-the-freed-name',
    fault: 'a freed name is told twice',
    mechanisms: {
      notifyPortDeleted: (world, to, name) => {
        notifyPortDeleted(world, to, name);
        notifyPortDeleted(world, to, name);
      },
    },
  },
};
