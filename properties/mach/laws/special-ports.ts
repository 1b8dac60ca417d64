import type { Carried } from '#model/mach/state';
import { callerTask, errorOf, succeeded, taskName, threadName } from '#properties/mach/facts';
import { Space } from '#properties/mach/laws/expected-send';
import { answerOf, brought, copyOf, misnamed, unlike } from '#properties/mach/laws/expected-requests';
import { same, stray, type Change } from '#properties/mach/laws/frame';
import { denotedThread, isCall, targetTask } from '#properties/mach/laws/ledger';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Slots = Readonly<Record<string, unknown>>;
interface Holder { readonly what: 'task' | 'thread'; readonly id: number; readonly was: Slots; readonly is: Slots }

/** The task or thread whose special ports a call is about. */
function holderOf(step: MachStep): Holder | null {
  const { before, after } = step;
  if (isCall(step, 'task_get_special_port', 'task_set_special_port', 'mach_ports_register', 'mach_ports_lookup')) {
    const id = targetTask(step);
    return id === null ? null : { what: 'task', id, was: before.tasks[id]!, is: after.tasks[id]! };
  }
  const id = denotedThread(step);
  return id === null ? null : { what: 'thread', id, was: before.threads[id]!, is: after.threads[id]! };
}

/** What a call that gives out kernel-held rights should answer with; null if it should be refused, or is no such call. */
function asked(step: MachStep): readonly Carried[] | null {
  const { before, call } = step;
  switch (call.operation) {
    case 'mach_task_self': return [copyOf(step, before.tasks[callerTask(step)]!.self)];
    case 'mach_thread_self': return [copyOf(step, before.threads[call.thread]!.self)];
    case 'mach_ports_lookup': return (holderOf(step)?.was['registered'] as readonly Carried[] | undefined)?.map((held) => copyOf(step, held)) ?? null;
    case 'task_get_special_port':
    case 'thread_get_special_port': {
      const holder = holderOf(step);
      return holder === null || call.which === 'other' ? null : [copyOf(step, holder.was[call.which] as Carried | null)];
    }
    default: return null;
  }
}

const reading = ['mach_task_self', 'mach_thread_self', 'task_get_special_port', 'thread_get_special_port'] as const;

const asksForNone = (step: MachStep): boolean =>
  isCall(step, 'task_get_special_port', 'thread_get_special_port') && step.call.which === 'other' && holderOf(step) !== null;

/** Reading gives the caller a send right to what is set, and changes nothing else. */
function misread(step: MachStep): readonly string[] {
  if (asksForNone(step)) return errorOf(step) === 'KERN_INVALID_ARGUMENT' ? stray(step) : ['a selector of no special port was taken'];
  const rights = asked(step);
  if (rights === null) return [];
  if (!succeeded(step)) return ['a special port could not be read'];
  const space = Space.of(step.before, callerTask(step));
  const { name, names } = answerOf(step);
  const answers = names ?? [name!];
  const wrong = rights.flatMap((right, at) => misnamed(step, space, right, answers[at]));
  if (answers.length !== rights.length) wrong.push(`${answers.length} ports were answered instead of ${rights.length}`);
  return [...wrong, ...unlike(step, callerTask(step), space), ...stray(step, isCounting(step))];
}

const isCounting = (step: MachStep) => (change: Change): boolean =>
  (change.what === 'name' && change.task === callerTask(step)) || (change.what === 'port' && change.field === 'sendRights');

const setting = ['task_set_special_port', 'thread_set_special_port'] as const;

/** Setting puts the right in its slot; all other slots of everybody stay as they are. */
function misset(step: MachStep): string[] {
  if (!isCall(step, ...setting)) return [];
  const holder = holderOf(step);
  const taken = brought(step);
  if (holder === null || taken === null || taken.missing) return [];
  const { which } = step.call;
  if (which === 'other') return errorOf(step) === 'KERN_INVALID_ARGUMENT' ? elsewhere(step, holder, '') : ['a selector of no special port was taken'];
  if (!succeeded(step)) return ['a special port could not be set'];
  const right = taken.rights[0]!;
  const set = right.tag === 'null' ? null : right;
  const is = holder.is[which] as Carried | null;
  const isSet = set === null || is === null ? set === is : same({ ...set, kind: 'send' }, { ...is, kind: 'send' });
  const label = holder.what === 'task' ? taskName(holder.id as never) : threadName(holder.id as never);
  return [...(isSet ? [] : [`the ${which} port of ${label} is not what it was set to`]), ...elsewhere(step, holder, which),
    ...unlike(step, callerTask(step), taken.space)];
}

const slots: ReadonlySet<string> = new Set(['self', 'exception', 'bootstrap', 'registered']);

/** Slots that changed besides the one that was meant. */
function elsewhere(step: MachStep, holder: Holder, field: string): string[] {
  return stray(step, (change) => (change.what !== 'task' && change.what !== 'thread') || !slots.has(change.field)
    || (change.what === holder.what && ('task' in change ? change.task : change.thread) === holder.id && change.field === field)) as string[];
}

/** As many rights as there are places are registered; the rest of the places are empty. */
function misregistered(step: MachStep): string[] {
  const holder = holderOf(step);
  const taken = brought(step);
  if (!isCall(step, 'mach_ports_register') || holder === null || taken === null || taken.missing) return [];
  const places = step.before.limits.registered;
  if (taken.rights.length > places) {
    return errorOf(step) === 'KERN_INVALID_ARGUMENT' ? elsewhere(step, holder, '') : [`${taken.rights.length} ports were registered`];
  }
  if (!succeeded(step)) return ['ports could not be registered'];
  const now = holder.is['registered'] as readonly (Carried | null)[];
  const wrong = now.length === places ? [] : [`there are ${now.length} registered ports`];
  for (let place = 0; place < places; place += 1) {
    const right = taken.rights[place];
    const due = right === undefined || right.tag === 'null' ? null : { ...right, kind: 'send' };
    if (!same(due, now[place] === null ? null : { ...now[place], kind: 'send' })) wrong.push(`the registered port at ${place} is another`);
  }
  return [...wrong, ...elsewhere(step, holder, 'registered'), ...unlike(step, callerTask(step), taken.space)];
}

/** A right that a task registered or set, and that is a right of another task to a port of its own: an interposer's. */
const interposes = (step: MachStep): boolean => {
  const right = asked(step)?.[0];
  return right?.tag === 'right' && step.before.ports[right.port]!.kernel === null;
};

export const specialPortLaws = {
  'mach/special-ports-are-readable-and-settable': {
    on: [...reading, ...setting],
    step: (step) => [...misread(step), ...misset(step)],
    sometimes: {
      'one is set': (step) => isCall(step, ...setting) && succeeded(step) && brought(step)?.rights[0]?.tag === 'right',
      'one is cleared': (step) => isCall(step, ...setting) && succeeded(step) && brought(step)?.rights[0]?.tag === 'null',
      'one that is set is read': (step) => isCall(step, 'task_get_special_port', 'thread_get_special_port') && succeeded(step) && interposes(step),
      'one that was never set is read': (step) => isCall(step, 'task_get_special_port') && succeeded(step) && asked(step)?.[0]?.tag === 'null',
      'a bad selector is refused': (step) => isCall(step, 'task_get_special_port', 'thread_get_special_port', ...setting)
        && step.call.which === 'other' && errorOf(step) === 'KERN_INVALID_ARGUMENT',
      'an identity trap gives what was put in its place': (step) => isCall(step, 'mach_task_self', 'mach_thread_self') && interposes(step),
    },
  },

  'mach/task-registers-at-most-four-ports': {
    on: ['mach_ports_register', 'mach_ports_lookup'],
    step: (step) => [...misregistered(step), ...(isCall(step, 'mach_ports_lookup') ? misread(step) : [])],
    sometimes: {
      'as many as there may be are registered': (step) => isCall(step, 'mach_ports_register') && succeeded(step)
        && step.call.ports.names.length === step.before.limits.registered,
      'one too many are refused': (step) => isCall(step, 'mach_ports_register') && step.call.ports.names.length > step.before.limits.registered
        && errorOf(step) === 'KERN_INVALID_ARGUMENT',
      'none are registered in place of some': (step) => isCall(step, 'mach_ports_register') && succeeded(step) && step.call.ports.names.length === 0
        && (holderOf(step)?.was['registered'] as readonly unknown[] | undefined)?.some((held) => held !== null) === true,
      'registered ports are looked up': (step) => isCall(step, 'mach_ports_lookup') && succeeded(step)
        && (asked(step) ?? []).some(({ tag }) => tag === 'right'),
    },
  },
} satisfies MachLaws;
