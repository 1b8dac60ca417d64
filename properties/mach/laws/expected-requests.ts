import type { Disposition, Name, TaskId } from '#spec/mach/vocabulary';
import type { Carried, Entry, PortId } from '#model/mach/state';
import { callerEvent, callerTask, entryAt, isLive, taskName } from '#properties/mach/facts';
import { Space } from '#properties/mach/laws/expected-send';
import { same } from '#properties/mach/laws/frame';
import { isCall, once, targetFault } from '#properties/mach/laws/ledger';
import { denotes } from '#properties/mach/laws/message-steps';
import type { MachStep } from '#properties/mach/obligation';

/** The rights that a request to the kernel brings along, in order; null if it brings none by its nature. */
export function argumentsOf(step: MachStep): readonly { readonly name: Name; readonly disposition: Disposition }[] | null {
  if (isCall(step, 'mach_port_insert_right')) {
    const { right } = step.call;
    return right.disposition === 'other' ? null : [right as { name: Name; disposition: Disposition }];
  }
  if (isCall(step, 'mach_port_request_notification')) return [step.call.notify];
  if (isCall(step, 'task_set_special_port', 'thread_set_special_port')) return [step.call.port];
  if (!isCall(step, 'mach_ports_register')) return null;
  const { names, disposition } = step.call.ports;
  return names.map((name) => ({ name, disposition }));
}

/** What a request took out of its caller's space before anybody judged it. */
export interface Brought {
  readonly space: Space;
  readonly rights: readonly Carried[];
  /** One of the rights was not there to be taken: the message fails, with what it had taken. */
  readonly missing: boolean;
}

/** Null if the request brings no rights, or there is no port to send it to. */
export const brought = once((step): Brought | null => {
  const given = argumentsOf(step);
  if (given === null || targetFault(step) === 'no port') return null;
  const space = Space.of(step.before, callerTask(step));
  const rights: Carried[] = [];
  for (const { name, disposition } of given) {
    const right = space.take(name, disposition);
    if (right === null) return { space, rights, missing: true };
    rights.push(right);
  }
  return { space, rights, missing: false };
});

/** What should have become of an entry if nothing but the death of its port befell it. */
function aged({ before, after }: MachStep, entry: Entry | null): Entry | null {
  if (entry === null || (entry.tag !== 'port' && entry.tag !== 'send-once')) return entry;
  if (isLive(after, entry.port) || !isLive(before, entry.port)) return entry;
  const refs = (entry.tag === 'port' ? entry.sends : 1) + (entry.request === null ? 0 : 1);
  return { tag: 'dead', refs, untouched: null };
}

/** Whether threads of a task other than the caller went on in a step: they may have got names of their own. */
export const otherwiseBusy = (step: MachStep, task: TaskId): boolean => step.events.some(({ thread }) =>
  step.before.threads[thread]?.task === task && !('thread' in step.call && step.call.thread === thread));

/** Where the names of a task are not what they should be. Names made in the step have no order. */
export function unlike(step: MachStep, task: TaskId, { names }: Space): string[] {
  if (otherwiseBusy(step, task) || step.after.tasks[task]!.life === 'dead') return [];
  const old = step.before.tasks[task]!.names.length;
  const now = step.after.tasks[task]!.names;
  const wrong: string[] = [];
  for (let name = 1; name < old; name += 1) {
    if (!same(aged(step, names[name] ?? null), now[name] ?? null)) wrong.push(`n${name} of ${taskName(task)} is not what it should be`);
  }
  const due = names.slice(old).filter((entry) => entry !== null).map((entry) => aged(step, entry));
  for (const entry of now.slice(old)) {
    if (entry === null) continue;
    const at = due.findIndex((one) => same(one, entry));
    if (at < 0) wrong.push(`${taskName(task)} has a name it should not have got`);
    else due.splice(at, 1);
  }
  return due.length === 0 ? wrong : [...wrong, `${taskName(task)} did not get a name it should have`];
}

/** A space that nothing was done to. */
export const untouchedSpace = ({ before }: MachStep, task: TaskId): Space => Space.of(before, task);

/** Whether the name a call was answered with stands for a right that it gave to the caller's space. */
export function misnamed(step: MachStep, space: Space, right: Carried, answer: Name | undefined): string[] {
  const { name, fresh } = space.give(right);
  if (answer === undefined) return ['no name was answered'];
  if (!fresh) return answer === name ? [] : [`the answer was n${answer} instead of n${name}`];
  const task = callerTask(step);
  const free = entryAt(step.before, task, answer) === null && answer > 0;
  return free && denotes(step.after, task, answer, right) ? [] : [`n${answer} is not the right that was asked for`];
}

/** The names in the answer to a call that succeeded. */
export function answerOf(step: MachStep): { readonly name?: Name; readonly names?: readonly Name[] } {
  const event = callerEvent(step);
  return event?.tag === 'returned' ? (event.value ?? {}) as { name?: Name } : {};
}

/** One more of a send right that the kernel holds. */
export const copyOf = ({ before }: MachStep, held: Carried | null): Carried => {
  if (held === null) return { tag: 'null', kind: 'send' };
  return held.tag === 'right' && !isLive(before, held.port) ? { tag: 'dead', kind: 'send' } : held;
};

/** A send right to a port. */
export const sendRight = (port: PortId): Carried => ({ tag: 'right', port, kind: 'send' });

