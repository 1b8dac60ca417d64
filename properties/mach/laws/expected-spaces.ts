import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Carried, Entry, Message, PortId } from '#model/mach/state';
import { entryAt, messageBySerial, messagesIn, taskName } from '#properties/mach/facts';
import { isReceiver, Space } from '#properties/mach/laws/expected-send';
import { changesOf, same } from '#properties/mach/laws/frame';
import { expectedOf, givenBackIn, remember, sendEnd, takenIn, type Taken } from '#properties/mach/laws/message-steps';
import type { MachStep } from '#properties/mach/obligation';

/** Operations that change no name but through messages sent, received and given back. */
const throughMessages: ReadonlySet<string> = new Set(
  ['mach_msg', 'timeout', 'thread_abort', 'thread_resume', 'task_resume', 'mach_port_set_qlimit', 'mach_port_move_member'],
);

/** Whether all that a step did to names can be told from its messages: no port, thread or task died or was handed over. */
export const isPlain = remember((step: MachStep): boolean => throughMessages.has(step.call.operation)
  && sendEnd(step) !== 'destroyed'
  && changesOf(step).every((change) => change.what === 'name' || (change.field !== 'life' && change.field !== 'portDestroyed')));

/** Where the names of tasks are not what the messages of a plain step should have made of them. */
export const misnamed = remember((step: MachStep): readonly string[] => {
  if (!isPlain(step)) return [];
  const spaces = expectedSpaces(step);
  return step.before.tasks.flatMap((_, id) => {
    const task = id as TaskId;
    return differences(step, task, spaces.get(task)?.names ?? step.before.tasks[task]!.names);
  });
});

function differences({ before, after }: MachStep, task: TaskId, expected: readonly (Entry | null)[]): readonly string[] {
  const now = after.tasks[task]!.names;
  const old = before.tasks[task]!.names.length;
  const wrong: string[] = [];
  for (let name = 1; name < old; name += 1) {
    if (same(expected[name], now[name])) continue;
    wrong.push(`n${name} of ${taskName(task)} is ${entryInWords(now[name])} instead of ${entryInWords(expected[name])}`);
  }
  const missing = expected.slice(old).filter(isEntry);
  for (const entry of now.slice(old).filter(isEntry)) {
    const at = missing.findIndex((other) => same(other, entry));
    if (at < 0) wrong.push(`${taskName(task)} gained ${entryInWords(entry)}`);
    else missing.splice(at, 1);
  }
  return [...wrong, ...missing.map((entry) => `${taskName(task)} did not get ${entryInWords(entry)}`)];
}

const isEntry = (entry: Entry | null): entry is Entry => entry !== null;

export function entryInWords(entry: Entry | null | undefined): string {
  switch (entry?.tag) {
    case undefined: return 'nothing';
    case 'dead': return `dead with ${entry.refs}`;
    case 'set': return `s${entry.set + 1}`;
    case 'send-once': return `a send-once right to p${entry.port + 1}${asking(entry)}`;
    case 'port': return `${entry.receive ? 'the receive right and ' : ''}${entry.sends} references to p${entry.port + 1}${asking(entry)}`;
  }
}

const asking = (entry: { request: number | null; accepted?: boolean }): string =>
  `${entry.request === null ? '' : `, watched by p${entry.request + 1}`}${entry.accepted === true ? ', owed an acceptance' : ''}`;

/** The name spaces as they should be after a plain step, by task; those without an effect are left out. */
function expectedSpaces(step: MachStep): Map<TaskId, Space> {
  const { before } = step;
  const spaces = new Map<TaskId, Space>();
  const spaceOf = (task: TaskId): Space => {
    const space = spaces.get(task) ?? Space.of(before, task);
    spaces.set(task, space);
    return space;
  };
  const sent = expectedOf(step);
  if (sent !== null) spaces.set(before.threads[(step.call as { thread: ThreadId }).thread]!.task, sent.space.copy());
  for (const { task, source } of givenBackIn(step)) giveAll(spaceOf(task), { tag: 'right', ...source.destination }, source);
  for (const taken of takenIn(step)) receive(step, spaceOf(taken.task), taken);
  settleAccepted(step, spaceOf);
  return spaces;
}

function giveAll(space: Space, first: Carried, { reply, body }: Message): void {
  space.give(first);
  space.give(reply);
  giveBody(space, body);
}

function giveBody(space: Space, body: Message['body']): void {
  for (const item of body) if (item.tag === 'rights') for (const right of item.rights) space.give(right);
}

/** A reply right that got a new name is watched, if that was asked for. */
function receive(step: MachStep, space: Space, { source, body, wanted, task }: Taken): void {
  if (source === null || body === null) return;
  const { name, fresh } = space.give(source.reply);
  const entry = space.at(name);
  if (fresh && wanted.notify !== null && (entry?.tag === 'port' || entry?.tag === 'send-once')) {
    const watcher = space.at(wanted.notify) ?? entryAt(step.before, task, wanted.notify);
    const request = isReceiver(watcher) ? watcher.port : watcher === null ? watcherSince(step, task, wanted.notify, entry) : null;
    space.names[name] = { ...entry, request };
  }
  giveBody(space, source.body);
}

/** The notify name was freed while the thread waited: whichever receive right came later may have got its name. */
function watcherSince({ before, after }: MachStep, task: TaskId, notify: Name, { tag, port }: Watched): PortId | null {
  const { names } = after.tasks[task]!;
  const found = names.slice(before.tasks[task]!.names.length).find((entry): entry is Watched =>
    entry?.tag === tag && entry.port === port && entry.request !== null);
  const isLater = names.some((entry, name) => name > notify && isReceiver(entry) && entry.port === found?.request);
  return isLater ? found!.request : null;
}

type Watched = Extract<Entry, { tag: 'port' | 'send-once' }>;

/** A name is marked while a msg-accepted notification is owed for it. */
function settleAccepted(step: MachStep, spaceOf: (task: TaskId) => Space): void {
  const { before, after } = step;
  for (const [{ accepted, serial }] of messagesIn(before)) {
    if (accepted !== null && messageBySerial(after, serial) === null) mark(spaceOf(accepted.name.task), accepted.name.name, false);
  }
  for (const [{ accepted, serial, sender }] of messagesIn(after)) {
    if (accepted === null || (messageBySerial(before, serial)?.[0].accepted ?? null) !== null || sender < 0) continue;
    const { task } = before.threads[sender]!;
    const space = spaceOf(task);
    const port = messageBySerial(after, serial)![0].destination.port;
    mark(space, space.names.findIndex((entry) => entry?.tag === 'port' && entry.port === port) as Name, true);
  }
}

function mark(space: Space, name: Name, accepted: boolean): void {
  const entry = space.at(name);
  if (entry?.tag === 'port') space.names[name] = { ...entry, accepted };
}

