import { dispositions, type Disposition, type MachArguments, type MessageOption, type Name, type SentItem, type SentMessage } from '#spec/mach/vocabulary';
import { canCopyin } from '#model/mach/rights/copyin';
import { isReceive } from '#model/mach/entries';
import { DEAD, NULL } from '#model/mach/state';
import { callers, type Draw } from '#properties/mach/draw';

type MachMsg = MachArguments<'mach_msg'>;

/** A `mach_msg` in one of the ways programs use it; null if the caller has nothing to use. */
export function drawMachMsg(draw: Draw): MachMsg | null {
  const call = drawAny(draw);
  return call !== null && callers(draw.state).length === 1 && !draw.random.once(8) ? withoutWaiting(call) : call;
}

function drawAny(draw: Draw): MachMsg | null {
  if (draw.random.once(80)) return plain(draw);
  switch (draw.random.below(8)) {
    case 0:
    case 1:
    case 2: return sendOnly(draw);
    case 3: return rpc(draw);
    default: return hasNews(draw) || draw.random.once(3) ? receiveOnly(draw) : sendOnly(draw);
  }
}

/** Whether any port of the caller's task holds a message. Threads that only wait make runs that come to nothing. */
const hasNews = (draw: Draw): boolean =>
  draw.names((entry) => isReceive(entry) && draw.state.ports[entry.port]!.queue.length > 0).length > 0;

/** The last thread that can call had better not wait as well: with it the run ends. */
const withoutWaiting = (call: MachMsg): MachMsg => ({
  ...call, options: [...new Set<MessageOption>([...call.options, 'send-timeout', 'receive-timeout'])], timeout: 0,
});

/** A message to some port, through whatever right the caller has. */
export function sendOnly(draw: Draw): MachMsg | null {
  const send = drawMessage(draw, false);
  return send === null ? null : { ...plain(draw), ...sendOptions(draw), send };
}

/** A receive from a port or set, preferably one with messages, so that threads do not all wait for ever. */
export function receiveOnly(draw: Draw): MachMsg | null {
  const receive = drawReceive(draw);
  return receive === null ? null : { ...plain(draw), ...receiveOptions(draw), receive };
}

/** A request whose reply is waited for in the same call. */
export function rpc(draw: Draw): MachMsg | null {
  const send = drawMessage(draw, true);
  if (send === null) return null;
  const receive = { name: send.local.name, size: 1024 };
  const options = receiveOptions(draw);
  if (!draw.random.once(6)) return { ...plain(draw), ...options, send, receive };
  return { ...plain(draw), ...options, options: [...options.options, 'send-notify'], notify: notifyName(draw, true), send, receive };
}

const plain = (draw: Draw): MachMsg =>
  ({ thread: draw.thread, options: [], send: null, receive: null, timeout: 0, notify: NULL });

function sendOptions(draw: Draw): Pick<MachMsg, 'options' | 'timeout' | 'notify'> {
  const { random } = draw;
  const options: MessageOption[] = [];
  if (random.once(4)) options.push('send-timeout');
  if (random.once(8)) options.push('send-notify');
  if (random.once(14)) options.push('send-cancel');
  if (random.once(40)) options.push('send-interrupt');
  return { options, timeout: random.once(2) ? 0 : 50, notify: notifyName(draw, options.length > 0) };
}

function receiveOptions(draw: Draw): Pick<MachMsg, 'options' | 'timeout' | 'notify'> {
  const { random } = draw;
  const options: MessageOption[] = [];
  if (random.once(4)) options.push('receive-timeout');
  if (random.once(6)) options.push('receive-notify');
  if (random.once(6)) options.push('receive-large');
  if (random.once(40)) options.push('receive-interrupt');
  return { options, timeout: random.once(2) ? 0 : 50, notify: notifyName(draw, options.includes('receive-notify')) };
}

function notifyName(draw: Draw, wanted: boolean): Name {
  return wanted ? draw.receiveName() ?? NULL : NULL;
}

function drawReceive(draw: Draw): { name: Name; size: number } | null {
  const { random, state } = draw;
  const busy = draw.names((entry) => isReceive(entry) && state.ports[entry.port]!.queue.length > 0
    && state.ports[entry.port]!.set === null);
  const sets = draw.names((entry) => entry.tag === 'set');
  const size = random.once(8) ? random.pick([0, 24, 28, 32, 36, 48]) : 1024;
  if (busy.length > 0 && !random.once(4)) return { name: random.pick(busy), size };
  if (sets.length > 0 && random.once(2)) return { name: random.pick(sets), size };
  const name = draw.name((entry) => (isReceive(entry) && state.ports[entry.port]!.set === null) || entry.tag === 'set');
  return name === null ? null : { name, size };
}

const sendDispositions = ['copy-send', 'copy-send', 'copy-send', 'move-send', 'move-send-once', 'make-send', 'make-send-once'] as const;
const replyDispositions = ['make-send-once', 'make-send-once', 'make-send-once', 'make-send', 'copy-send', 'move-send', 'move-send-once'] as const;

/** A message: where to, with which reply right, and what in it. */
function drawMessage(draw: Draw, forReply: boolean): SentMessage | null {
  const { random } = draw;
  const remote = destination(draw);
  if (remote === null) return null;
  const local = reply(draw, forReply, remote.name);
  if (forReply && local.name === NULL) return null;
  const body = drawBody(draw, remote.name);
  const hasRights = body.some(({ tag }) => tag === 'rights');
  const complex = random.once(25) ? !hasRights : hasRights || random.once(6);
  const message = { id: 20_000 + random.below(9000), remote, local, complex, body, size: null };
  const exact = exactBytes(message);
  const size = random.once(30) ? random.pick([0, 20, 24, 26, 28, exact - 4, exact - 4]) : null;
  return size !== null && size <= exact ? { ...message, size } : message;
}

function exactBytes({ body }: SentMessage): number {
  return body.reduce((bytes, item) => {
    const data = item.tag === 'data' ? item.bytes.length / 2 : item.tag === 'rights' ? item.names.length * 4 : 4;
    return bytes + ('long' in item && item.long ? 12 : 4) + Math.ceil(data / 4) * 4;
  }, 24);
}

/** Mostly a right to somebody else's port. */
function destination(draw: Draw): SentMessage['remote'] | null {
  const { random } = draw;
  const useful = draw.names((entry) => entry.tag === 'port' || entry.tag === 'send-once');
  if (useful.length === 0 && !random.once(20)) return null;
  if (random.once(50)) return { name: draw.wrongName(), disposition: null };
  if (random.once(60)) return { name: draw.wrongName(), disposition: 'move-receive' };
  const foreign = draw.names((entry) => entry.tag === 'port' && entry.sends > 0 && !entry.receive
    && draw.state.ports[entry.port]!.kernel === null);
  if (foreign.length > 0 && !random.once(4)) {
    const crowded = foreign.filter((name) => isCrowded(draw, name));
    return { name: random.pick(crowded.length > 0 && random.once(2) ? crowded : foreign), disposition: random.once(5) ? 'move-send' : 'copy-send' };
  }
  const right = draw.right(sendDispositions, false) ?? draw.right(['make-send'], false) ?? draw.right(['make-send-once'], false);
  return right === null ? null : right;
}

/** Senders come together where there is no room, or somebody else is about to send or receive. */
function isCrowded({ state, task }: Draw, name: Name): boolean {
  const entry = state.tasks[task]!.names[name];
  if (entry?.tag !== 'port') return false;
  const { queue, queueLimit } = state.ports[entry.port]!;
  return queue.length >= queueLimit || state.threads.some(({ run }) =>
    (run.tag === 'sending' && run.woken && run.to === entry.port) || (run.tag === 'handed' && run.message.destination.port === entry.port));
}

function reply(draw: Draw, wanted: boolean, remote: Name): SentMessage['local'] {
  const { random } = draw;
  if (!wanted && random.once(2)) {
    if (random.once(12)) return { name: random.pick([NULL, DEAD]), disposition: random.pick([...replyDispositions, null]) };
    return { name: NULL, disposition: null };
  }
  if (random.once(8)) return { name: remote, disposition: random.pick(replyDispositions) };
  return draw.right(wanted ? ['make-send-once', 'make-send-once', 'make-send'] : replyDispositions)
    ?? { name: NULL, disposition: null };
}

function drawBody(draw: Draw, remote: Name): SentItem[] {
  const { random } = draw;
  const items = random.pick([0, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
  return Array.from({ length: items }, () => (random.once(3) ? drawData(draw) : drawRights(draw, remote)));
}

function drawData({ random }: Draw): SentItem {
  const bytes = Array.from({ length: random.below(7) }, () => random.below(256).toString(16).padStart(2, '0')).join('');
  return { tag: 'data', type: random.pick([2, 8, 9, 9, 99]), bits: 8, bytes, long: random.once(4), deallocate: random.once(60) };
}

function drawRights(draw: Draw, remote: Name): SentItem {
  const { random } = draw;
  const disposition: Disposition = random.pick([...dispositions, 'copy-send', 'make-send', 'make-send-once', 'move-receive']);
  const fit = draw.names((entry) => canCopyin(entry, disposition, true));
  const count = random.pick([0, 1, 1, 1, 1, 1, 2, 3]);
  const names = Array.from({ length: count }, () => {
    if (random.once(24)) return draw.wrongName();
    if (random.once(12)) return random.pick([NULL, DEAD]);
    if (random.once(10)) return remote;
    return fit.length > 0 ? random.pick(fit) : NULL;
  });
  return { tag: 'rights', disposition, names, bits: random.once(60) ? 16 : 32, long: random.once(4), deallocate: random.once(60) };
}
