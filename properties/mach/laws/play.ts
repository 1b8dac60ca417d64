import type { MachState } from '#model/mach/state';
import type { Name, NameRight, SentMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Carried, Entry, Message, PortId, SetId } from '#model/mach/state';
import { callerTask } from '#properties/mach/facts';
import { argumentIn, judged } from '#properties/mach/laws/judged';
import { once, targetTask } from '#properties/mach/laws/ledger';
import {
  expectedOf, givenBackIn, sendEnd, sendsIn, takenIn, type Taken,
} from '#properties/mach/laws/message-steps';
import { Paper, type Order } from '#properties/mach/laws/paper';
import type { CallOf, MachStep } from '#properties/mach/obligation';

type PortEntry = Extract<Entry, { tag: 'port' }>;
type Play<Op extends MachStep['call']['operation']> = (paper: Paper, call: CallOf<Op>, task: TaskId, step: MachStep) => void;

const nothing = (): void => {};

/** A name and the rights it denotes go together. The send right goes first, and who asked for that is told last. */
function destroyName(paper: Paper, task: TaskId, name: Name): void {
  const entry = paper.at(task, name)!;
  const watcher = paper.vacate(task, name);
  if (entry.tag === 'set') paper.destroySet(entry.set);
  else if (entry.tag === 'send-once') paper.destroy({ tag: 'right', port: entry.port, kind: 'send-once' });
  else if (entry.tag === 'port') destroyBoth(paper, entry);
  if (watcher !== null) paper.tellOf(watcher, 'port-deleted', { task, name });
}

function destroyBoth(paper: Paper, { port: id, sends, receive }: PortEntry): void {
  const port = paper.ports[id]!;
  const { noSenders, makeSend } = port;
  const isLast = sends > 0 && noSenders !== null && paper.sendRights(id) === 0;
  if (isLast) port.noSenders = null;
  if (receive) {
    paper.clear(id);
    paper.endPort(id);
  }
  if (isLast) paper.tell(noSenders, 'no-senders', [{ tag: 'count', count: makeSend }]);
}

/** References of a send, send-once or dead name go. */
function giveUp(paper: Paper, task: TaskId, name: Name, count: number): void {
  const entry = paper.at(task, name)!;
  if (entry.tag === 'dead') paper.put(task, name, entry.refs > count ? { ...entry, refs: entry.refs - count } : null);
  else if (entry.tag === 'send-once') destroyName(paper, task, name);
  else {
    const { port, sends } = entry as PortEntry;
    paper.loseSends(task, name, count);
    if (sends === count) paper.lostSender(port);
  }
}

/** The receive right of a name goes, and its send right stays: alive with the port if a backup gets it. */
function loseReceive(paper: Paper, task: TaskId, name: Name): void {
  const entry = paper.at(task, name) as PortEntry;
  const { port: id, sends } = entry;
  if (sends === 0) {
    destroyName(paper, task, name);
    return;
  }
  if (entry.accepted) paper.renameOwed(task, name, 0 as Name);
  paper.put(task, name, { ...entry, receive: false, accepted: false });
  if (paper.before.variant === 'gnumach' && paper.ports[id]!.portDestroyed !== null) paper.buryAlive(task, name);
  paper.clear(id);
  paper.endPort(id);
}

const modRefs: Play<'mach_port_mod_refs'> = (paper, { name, right, delta }, task) => {
  const entry = paper.at(task, name)!;
  if (delta === 0) return;
  if (right === 'receive') loseReceive(paper, task, name);
  else if (right === 'port-set') destroyName(paper, task, name);
  else if (delta < 0) giveUp(paper, task, name, -delta);
  else if (entry.tag === 'dead') paper.put(task, name, { ...entry, refs: entry.refs + delta });
  else paper.put(task, name, { ...entry as PortEntry, sends: (entry as PortEntry).sends + delta });
};

const newRight = (paper: Paper, right: NameRight | 'other'): Entry => {
  if (right === 'dead-name') return { tag: 'dead', refs: 1, untouched: null };
  if (right === 'port-set') return { tag: 'set', set: paper.sets.push({ life: 'live', receivers: [] }) - 1 as SetId };
  const { limits } = paper.before;
  const port = paper.ports.push({
    life: 'live', kernel: null, queueLimit: limits.queueLimit, sequence: 0, makeSend: 0, sendRights: 0, sendOnceRights: 0,
    set: null, queue: [], senders: [], receivers: [], noSenders: null, portDestroyed: null, stray: [],
  }) - 1 as PortId;
  return { tag: 'port', port, receive: true, sends: 0, request: null, accepted: false };
};

const rename: Play<'mach_port_rename'> = (paper, { name, to }, task) => {
  const entry = paper.at(task, name)!;
  paper.put(task, name, null);
  paper.put(task, to, entry);
  if (entry.tag === 'port' && entry.accepted) paper.renameOwed(task, name, to);
};

/** The right comes under the name that was asked for. */
const insertRight: Play<'mach_port_insert_right'> = (paper, { name, right }, task, step) => {
  const { port, kind } = paper.take(callerTask(step), right.name, right.disposition as never) as Extract<Carried, { tag: 'right' }>;
  const receive = kind === 'receive';
  const entry = paper.at(task, name) as PortEntry | null;
  if (kind === 'send-once') paper.put(task, name, { tag: 'send-once', port, request: null });
  else if (entry === null) paper.put(task, name, { tag: 'port', port, receive, sends: receive ? 0 : 1, request: null, accepted: false });
  else paper.put(task, name, receive ? { ...entry, receive } : { ...entry, sends: entry.sends + 1 });
};

const moveMember: Play<'mach_port_move_member'> = (paper, { member, set }, task) => {
  const { port } = paper.at(task, member) as PortEntry;
  const entry = paper.at(task, set);
  const into = entry?.tag === 'set' ? entry.set : null;
  if (into === paper.ports[port]!.set) return;
  paper.ports[port]!.set = null;
  if (into !== null) paper.join(port, into);
};

const requestNotification: Play<'mach_port_request_notification'> = (paper, { name, kind, sync, notify }, task, step) => {
  const caller = callerTask(step);
  const given = paper.take(caller, notify.name, notify.disposition)!;
  const to = given.tag === 'right' ? given.port : null;
  const previous = kind === 'dead-name' ? watchName(paper, task, name, to) : watchPort(paper, (paper.at(task, name) as PortEntry).port, kind, sync, to);
  paper.give(caller, previous === null ? { tag: 'null', kind: null } : { tag: 'right', port: previous, kind: 'send-once' });
};

function watchName(paper: Paper, task: TaskId, name: Name, to: PortId | null): PortId | null {
  const entry = paper.at(task, name) as Exclude<Entry, { tag: 'set' }>;
  if (entry.tag !== 'dead') {
    paper.put(task, name, { ...entry, request: to });
    return entry.request;
  }
  paper.put(task, name, { ...entry, refs: entry.refs + 1 });
  paper.tellOf(to!, 'dead-name', { task, name });
  return null;
}

function watchPort(paper: Paper, id: PortId, kind: string, sync: number, to: PortId | null): PortId | null {
  const port = paper.ports[id]!;
  if (kind === 'port-destroyed') {
    const previous = port.portDestroyed;
    port.portDestroyed = to;
    return previous;
  }
  const previous = port.noSenders;
  const isDue = to !== null && port.makeSend >= sync && paper.sendRights(id) === 0;
  port.noSenders = isDue ? null : to;
  if (isDue) paper.tell(to, 'no-senders', [{ tag: 'count', count: port.makeSend }]);
  return previous;
}

const receivedFrom = (paper: Paper, task: TaskId, name: Name) => paper.ports[(paper.at(task, name) as PortEntry).port]!;

/** What each operation on names does, once there is nothing to say against it. */
const plays: { readonly [Op in MachStep['call']['operation']]?: Play<Op> } = {
  mach_port_allocate: (paper, { right }, task) => { paper.putFresh(task, newRight(paper, right)); },
  mach_port_allocate_name: (paper, { right, name }, task) => paper.put(task, name, newRight(paper, right)),
  mach_port_deallocate: (paper, { name }, task) => giveUp(paper, task, name, 1),
  mach_port_destroy: (paper, { name }, task) => destroyName(paper, task, name),
  mach_port_mod_refs: modRefs,
  mach_port_get_refs: nothing,
  mach_port_type: nothing,
  mach_port_names: nothing,
  mach_port_rename: rename,
  mach_port_insert_right: insertRight,
  mach_port_extract_right: (paper, { name, disposition }, task, step) => {
    paper.give(callerTask(step), paper.take(task, name, disposition as never)!);
  },
  mach_port_move_member: moveMember,
  mach_port_get_set_status: nothing,
  mach_port_get_receive_status: nothing,
  mach_port_set_qlimit: (paper, { name, limit }, task) => {
    const port = receivedFrom(paper, task, name);
    if (limit > port.queueLimit && port.senders.length > 0) paper.disturbed = true;
    port.queueLimit = limit;
  },
  mach_port_set_mscount: (paper, { name, makeSend }, task) => { receivedFrom(paper, task, name).makeSend = makeSend; },
  mach_port_set_seqno: (paper, { name, sequence }, task) => { receivedFrom(paper, task, name).sequence = sequence; },
  mach_port_request_notification: requestNotification,
};

/** What should come of a step, on paper; null if that cannot be told from the call alone. */
export const played = once((step) => playedIn(step, 'breadth-first'));

/** With memory, what dies may fail threads and end tasks that wait for it: more than names can tell. */
const mayFail = ({ memory, threads }: MachState): boolean => memory !== null
  && (threads.some(({ run }) => run.tag === 'raising' || run.tag === 'faulting') || memory.objects.some(({ pager }) => pager !== null));

export function playedIn(step: MachStep, order: Order): Paper | null {
  const { before, call, choices } = step;
  if (mayFail(before)) return null;
  const paper = (): Paper =>
    new Paper(before, choices.flatMap(({ kind, taken }) => (kind === 'accepted form' ? [taken] : [])), order);
  const play = plays[call.operation] as Play<never> | undefined;
  if (play !== undefined) return playNames(step, paper(), play);
  if (call.operation !== 'mach_msg') return null;
  if (call.send === null) return playReceive(step, paper);
  return call.receive === null || sendEnd(step) === 'destroyed' ? playSend(step, paper) : null;
}

function playNames(step: MachStep, paper: Paper, play: Play<never>): Paper {
  const verdict = judged(step);
  const argument = argumentIn(step);
  if (verdict === null) play(paper, step.call as never, targetTask(step)!, step);
  else if (verdict.gate === 'operation' && argument !== null) {
    paper.destroy(paper.take(callerTask(step), argument.name, argument.disposition as never)!);
  }
  return paper;
}

/** What a thread that did not have to wait received: it is out of its queue, and its rights have names. */
function playReceive(step: MachStep, blank: () => Paper): Paper | null {
  const [taken, ...more] = takenIn(step);
  if (taken === undefined || more.length > 0 || taken.handed || taken.source === null || taken.wanted.notify !== null) return null;
  if (!('thread' in step.call) || taken.thread !== step.call.thread || taken.source.serial >= step.before.serial) return null;
  const paper = blank();
  takeOut(paper, taken, taken.source);
  return paper;
}

function takeOut(paper: Paper, { task, error }: Taken, message: Message): void {
  const { destination, reply, body, accepted } = message;
  const port = paper.ports[destination.port]!;
  port.queue = port.queue.filter(({ serial }) => serial !== message.serial);
  port.sequence += 1;
  if (port.senders.length > 0) paper.disturbed = true;
  if (accepted !== null) paper.settle(accepted, destination.port);
  const rights = body.flatMap((item) => (item.tag === 'rights' ? item.rights : []));
  const isWhole = error === null || error === 'MACH_RCV_BODY_ERROR';
  if (isWhole) [reply, ...rights].forEach((right) => paper.give(task, right));
  const used: readonly Carried[] = destination.kind === 'send' ? [{ tag: 'right', ...destination }] : [];
  paper.destroy(...used, ...(isWhole ? [] : [reply, ...rights]));
}

/** What a send takes, and where it goes: to the queue, to a sender that waits, back, or to its end. */
function playSend(step: MachStep, blank: () => Paper): Paper | null {
  const end = sendEnd(step);
  const expected = expectedOf(step);
  if (end === null || expected === null) return end === 'refused' ? blank() : null;
  const { thread, send, notify } = sendsIn(step)!;
  const task = callerTask(step);
  const paper = blank();
  const isCircular = takeMessage(paper, step, task, send, expected.message);
  const message = { ...expected.message, serial: Number.MAX_SAFE_INTEGER };
  if (end === 'destroyed' || (end === 'sent' && isCircular)) paper.destroyMessage(message);
  else if (end === 'sent') paper.queue(message);
  else if (end === 'waiting') hold(paper, thread, message);
  else if (end === 'forced') force(paper, task, notify, { message, isCircular });
  else for (const { source } of givenBackIn(step)) giveBack(paper, task, source);
  return paper;
}

/** Takes all rights of a message, and says whether one of them would end in its own queue. */
function takeMessage(paper: Paper, step: MachStep, task: TaskId, send: SentMessage, message: Message): boolean {
  const suppressed = cancelledAt(step, paper, task);
  const takeRemote = () => paper.take(task, send.remote.name, send.remote.disposition!, (watcher) => watcher !== suppressed);
  const takeLocal = () => (send.local.disposition === null ? null : paper.take(task, send.local.name, send.local.disposition));
  for (const take of send.local.disposition === 'copy-send' ? [takeLocal, takeRemote] : [takeRemote, takeLocal]) take();
  let isCircular = false;
  message.body.forEach((item, at) => {
    const sent = send.body[at];
    if (item.tag !== 'rights' || sent?.tag !== 'rights') return;
    item.rights.forEach((right, place) => {
      paper.take(task, sent.names[place]!, sent.disposition);
      if (right.tag === 'right' && right.kind === 'receive') isCircular ||= paper.leadsTo(message.destination.port, right.port);
    });
  });
  return isCircular;
}

/** The port that a send asked not to be told at, if it is not told. */
function cancelledAt(step: MachStep, paper: Paper, task: TaskId): PortId | null {
  const { options, notify } = sendsIn(step)!;
  const entry = paper.at(task, notify);
  if (!options.includes('send-cancel') || entry?.tag !== 'port') return null;
  const isOpen = step.choices.find(({ kind }) => kind === 'cancel');
  return isOpen === undefined || isOpen.taken === 'suppress' ? entry.port : null;
}

function hold(paper: Paper, thread: ThreadId, message: Message): void {
  const port = paper.ports[message.destination.port]!;
  port.senders = [...port.senders, thread];
  paper.held.set(thread, message);
}

/** A message beyond the limit: whoever asked is owed a notification, and the name it was sent through says so. */
function force(paper: Paper, task: TaskId, notify: Name, { message, isCircular }: { message: Message; isCircular: boolean }): void {
  const name = paper.nameFor(task, message.destination.port);
  const entry = paper.at(task, name);
  if (entry?.tag === 'port') paper.put(task, name, { ...entry, accepted: true });
  const accepted = { tag: 'accepted', name: { task, name }, notify: (paper.at(task, notify) as PortEntry).port } as const;
  if (isCircular) paper.destroyMessage({ ...message, accepted });
  else paper.queue({ ...message, accepted });
}

function giveBack(paper: Paper, task: TaskId, { destination, reply, body }: Message): void {
  paper.give(task, { tag: 'right', ...destination });
  paper.give(task, reply);
  for (const item of body) if (item.tag === 'rights') for (const right of item.rights) paper.give(task, right);
}
