import type { Name, ReceivedItem, ReceivedMessage, SentItem } from '#spec/mach/vocabulary';
import { copy } from '#model/copy';
import { runInPlace, type Kernel } from '#model/kernel';
import type { MachScope } from '#model/mach/kernel';
import type { Device } from '#model/mach/devices/state';
import type { MachState, PortId } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { BeyondScope } from '#model/operation';
import { callerEvent, callerTask, entryAt, portName } from '#properties/mach/facts';
import { callers, Draw } from '#properties/mach/draw';
import { isCall } from '#properties/mach/laws/ledger';
import { same } from '#properties/mach/laws/frame';
import type { MachLaws, MachStep } from '#properties/mach/obligation';
import type { Relation, Tried } from '#properties/obligation';
import type { Ran } from '#properties/program';
import { Random } from '#properties/random';

const OPEN = 2800;
const CLOSE = 2801;
const WRITE = 2803;
const READ = 2805;
const READING = 1;
const WRITING = 2;
const INTEGER = 2;
const CHARACTERS = 8;

type Data = Extract<SentItem, { tag: 'data' }>;

/** The types of the items that each request has. Others are no requests of this sort. */
const shapes: Readonly<Record<number, readonly number[]>> = {
  [OPEN]: [INTEGER, CHARACTERS], [CLOSE]: [], [WRITE]: [INTEGER, INTEGER, CHARACTERS], [READ]: [INTEGER, INTEGER, INTEGER],
};

/** What a step asked of a port of the kernel in the matter of devices, and what it was answered. */
interface Asked { readonly number: number; readonly port: PortId; readonly words: readonly number[]; readonly text: string; readonly reply: ReceivedMessage }

function askedIn(step: MachStep): Asked | null {
  if (step.before.devices === null || !isCall(step, 'mach_msg') || step.call.send === null) return null;
  const { id: number, remote, local, body, size } = step.call.send;
  const inbox = entryAt(step.before, callerTask(step), local.name);
  const isAlone = inbox?.tag === 'port' && step.before.ports[inbox.port]!.queue.length === 0 && step.call.receive?.name === local.name;
  const entry = entryAt(step.before, callerTask(step), remote.name);
  const event = callerEvent(step);
  const reply = event?.tag === 'returned' ? (event.value as { readonly message: ReceivedMessage | null }).message : null;
  if (entry?.tag !== 'port' || step.before.ports[entry.port]!.kernel === null || reply === null || size !== null || !isAlone) return null;
  const data = body.filter((item) => item.tag === 'data' && !item.long && item.bits === (item.type === INTEGER ? 32 : 8) && !item.deallocate);
  if (data.length < body.length || !same(data.map((item) => (item as Data).type), shapes[number])) return null;
  return {
    number, port: entry.port, reply,
    words: (data as readonly Data[]).filter(({ type }) => type === INTEGER).map(({ bytes }) => Buffer.from(bytes, 'hex').readUInt32LE()),
    text: (data as readonly Data[]).find(({ type }) => type === CHARACTERS)?.bytes ?? '',
  };
}

/** What should have come of it: the code, what follows it, and the devices as they should be then. */
interface Due { readonly code: string; readonly results: readonly unknown[]; readonly devices: readonly Device[] }

function dueFor({ before }: MachStep, { number, port, words, text }: Asked): Due {
  const { master, all } = before.devices!;
  const devices = copy(all) as { -readonly [Field in keyof Device]: Device[Field] }[];
  const refused = (code: string): Due => ({ code, results: [], devices });
  if (number === OPEN) {
    if (port !== master) return refused('D_INVALID_OPERATION');
    const device = devices.find(({ name }) => name === Buffer.from(text, 'hex').toString('latin1'));
    if (device === undefined) return refused('D_NO_SUCH_DEVICE');
    if (device.opens > 0 && device.mode !== words[0]) return refused('D_ALREADY_OPEN');
    device.opens += 1;
    device.mode = words[0]!;
    return { code: 'D_SUCCESS', results: ['right'], devices };
  }
  const device = devices.find((one) => one.port === port);
  if (device === undefined) return refused('D_NO_SUCH_DEVICE');
  if (number === CLOSE) {
    device.opens -= 1;
    return { code: 'D_SUCCESS', results: [], devices };
  }
  const at = 2 * words[1]! * device.recordSize;
  if (at >= device.bytes.length) return refused('D_INVALID_RECNUM');
  if (number === READ) return { code: 'D_SUCCESS', results: [device.bytes.slice(at, at + 2 * words[2]!)], devices };
  const end = Math.min(device.bytes.length, at + text.length);
  device.bytes = device.bytes.slice(0, at) + text.slice(0, end - at) + device.bytes.slice(end);
  return { code: 'D_SUCCESS', results: [(end - at) / 2], devices };
}

const said = (item: ReceivedItem): unknown => {
  if (item.tag === 'rights') return 'right';
  if (item.tag !== 'data') return item.tag;
  return item.type === CHARACTERS ? item.bytes : Buffer.from(item.bytes, 'hex').readUInt32LE();
};

/** Where the answer, the devices or the ports of the devices are not what they should be. */
function misserved(step: MachStep, opening: boolean): readonly string[] {
  const asked = askedIn(step);
  if (asked === null || (asked.number === OPEN) !== opening) return [];
  const due = dueFor(step, asked);
  const [code, ...items] = asked.reply.body;
  const wrong: string[] = [];
  const found = code?.tag === 'code' ? code.code : 'no code';
  if (found !== due.code) wrong.push(`${portName(asked.port)} answered ${asked.number} with ${found}, and ${due.code} is due`);
  else if (!same(items.map(said), due.results)) wrong.push(`${portName(asked.port)} gave [${items.map(said).join(' ')}], and [${due.results.join(' ')}] is due`);
  step.after.devices!.all.forEach((device, at) => {
    const { port, ...rest } = due.devices[at]!;
    const { port: now, ...is } = device;
    if (!same(is, rest)) wrong.push(`${device.name} is not as it should be`);
    wrong.push(...misported(step.after, device, device.opens > 0 ? port : null, now));
  });
  return opening && due.code === 'D_SUCCESS' ? [...wrong, ...misnamed(step, asked)] : wrong;
}

/** A device has a port as long as it is open, and keeps it. */
function misported({ ports }: MachState, { name, opens }: Device, was: PortId | null, is: PortId | null): readonly string[] {
  if (opens === 0) return is === null && (was === null || ports[was]!.life === 'dead') ? [] : [`${name} is closed, and has a port`];
  if (is === null || ports[is]!.life === 'dead' || ports[is]!.kernel !== 'device') return [`${name} is open, and has no port`];
  return was === null || was === is ? [] : [`${name} has another port`];
}

/** The right that comes with a reply is one to the port of the device that was asked for. */
function misnamed(step: MachStep, { text, reply }: Asked): readonly string[] {
  const name = Buffer.from(text, 'hex').toString('latin1');
  const item = reply.body[1];
  const entry = item?.tag === 'rights' && item.kind === 'send' ? entryAt(step.after, callerTask(step), item.names[0]!) : null;
  const port = step.after.devices!.all.find((device) => device.name === name)!.port;
  return entry?.tag === 'port' && entry.sends > 0 && entry.port === port ? [] : [`whoever opened ${name} has no right to it`];
}

const answered = (number: number, code: string, more: (step: MachStep, asked: Asked) => boolean = () => true) => (step: MachStep): boolean => {
  const asked = askedIn(step);
  const [first] = asked?.reply.body ?? [];
  return asked?.number === number && first?.tag === 'code' && first.code === code && more(step, asked);
};

const conditions = {
  opening: {
    'a device is opened': answered(OPEN, 'D_SUCCESS'),
    'an open device is opened again': answered(OPEN, 'D_SUCCESS', ({ after }) => after.devices!.all.some(({ opens }) => opens > 1)),
    'a device is opened through another port': answered(OPEN, 'D_INVALID_OPERATION'),
    'an unknown device is opened': answered(OPEN, 'D_NO_SUCH_DEVICE'),
    'a device is opened in another mode': answered(OPEN, 'D_ALREADY_OPEN'),
  },
  using: {
    'a device is closed': answered(CLOSE, 'D_SUCCESS'),
    'a device that is open twice is closed': answered(CLOSE, 'D_SUCCESS', ({ after }, { port }) => after.devices!.all.some((device) => device.port === port)),
    'what is no device is closed': answered(CLOSE, 'D_NO_SUCH_DEVICE'),
    'a device is read': answered(READ, 'D_SUCCESS'),
    'a device is read by another task than the one that opened it': answered(READ, 'D_SUCCESS', (step) => callerTask(step) !== 0),
    'more is read than there is': answered(READ, 'D_SUCCESS', (_, { words, reply }) => (reply.body[1] as { readonly bytes: string }).bytes.length < 2 * words[2]!),
    'a device is read beyond its end': answered(READ, 'D_INVALID_RECNUM'),
    'what is no device is read': answered(READ, 'D_NO_SUCH_DEVICE'),
    'a device is written': answered(WRITE, 'D_SUCCESS'),
    'more is written than there is room for': answered(WRITE, 'D_SUCCESS', (_, { text, reply }) => said(reply.body[1]!) as number < text.length / 2),
    'a device is written beyond its end': answered(WRITE, 'D_INVALID_RECNUM'),
  },
};

const scope: MachScope = {
  threads: [1, 1],
  devices: [{ name: 'hd0', recordSize: 2, bytes: '001122334455' }, { name: 'hd1', recordSize: 1, bytes: 'aabbcc' }],
};

const word = (value: number): SentItem => ({ tag: 'data', type: INTEGER, bits: 32, bytes: `${value.toString(16).padStart(2, '0')}000000`, long: false, deallocate: false });
const characters = (bytes: string): SentItem => ({ tag: 'data', type: CHARACTERS, bits: 8, bytes, long: false, deallocate: false });

/** A request of some port of the kernel in the matter of devices. */
function drawRequest(random: Random): { readonly id: number; readonly body: SentItem[] } {
  const mode = word(random.pick([READING, READING, READING | WRITING]));
  switch (random.below(4)) {
    case 0: return { id: OPEN, body: [mode, characters(Buffer.from(random.pick(['hd0', 'hd0', 'hd1', 'tty']), 'latin1').toString('hex'))] };
    case 1: return random.once(2) ? { id: CLOSE, body: [] } : drawRequest(random);
    case 2: return { id: READ, body: [mode, word(random.below(4)), word(random.below(6))] };
    default: return { id: WRITE, body: [mode, word(random.below(4)), characters('deadbeef'.slice(0, 2 * random.below(5)))] };
  }
}

/** One of two tasks asks something of a port it knows, or gives a right to the other. */
function drawCall(state: MachState, random: Random): MachCall | null {
  const free = callers(state);
  if (free.length === 0) return null;
  const draw = new Draw(state, random, random.pick(free));
  const { thread } = draw;
  const [reply] = draw.names((entry) => entry.tag === 'port' && entry.receive);
  if (reply === undefined) return { operation: 'mach_reply_port', thread };
  if (random.once(12)) return { operation: 'mach_host_self', thread };
  const known = draw.names((entry) => entry.tag === 'port' && entry.sends > 0);
  const devices = draw.names((entry) => entry.tag === 'port' && state.ports[entry.port]!.kernel === 'device');
  const isMaster = (name: Name) => entryAt(state, draw.task, name)?.tag === 'port' && portAt(state, draw, name) === state.devices!.master;
  if (!known.some(isMaster) && random.once(2)) return { operation: 'task_get_special_port', thread, task: draw.identity(draw.task), which: 'bootstrap' };
  if (known.length === 0) return { operation: 'mach_task_self', thread };
  const name = random.pick(devices.length > 0 && !random.once(3) ? devices : known);
  if (random.once(8)) return passed(draw, name);
  const { id, body } = drawRequest(random);
  return {
    operation: 'mach_msg', thread, options: [],
    send: {
      id, complex: false, body, size: null,
      remote: { name: id === OPEN && !random.once(4) ? known.find(isMaster) ?? name : name, disposition: 'copy-send' },
      local: { name: reply, disposition: 'make-send-once' },
    },
    receive: { name: reply, size: 1024 }, timeout: 0, notify: 0 as Name,
  };
}

const portAt = (state: MachState, { task }: Draw, name: Name): PortId => (entryAt(state, task, name) as { readonly port: PortId }).port;

const passed = (draw: Draw, name: Name): MachCall => {
  const other = draw.otherTask();
  return {
    operation: 'mach_port_insert_right', thread: draw.thread, task: draw.identity(other), name: draw.unknown(other), right: { name, disposition: 'copy-send' },
  };
};

const LENGTH = 60;

/** Runs of two tasks that use devices. */
const using = (law: (step: MachStep) => readonly string[], sometimes: Readonly<Record<string, (step: MachStep) => boolean>>): Relation<MachState, MachCall> => ({
  tries(kernel: Kernel<MachState, MachCall>, seed): Tried<MachCall> {
    const random = Random.forRun(seed, LENGTH);
    const state = kernel.boot(scope as never);
    const calls: Ran<MachCall>[] = [];
    const met = new Set<string>();
    const end = (violations: readonly string[]): Tried<MachCall> => ({ applied: met.size > 0, met: [...met], violations, run: { scope: { ...scope }, calls } });
    for (let at = 0; at < LENGTH; at += 1) {
      const call = drawCall(state, random);
      if (call === null) return end([]);
      const before = copy(state);
      try {
        const outcome = runInPlace(kernel, state, call, (_kind, options) => random.pick(options));
        calls.push({ call, choices: outcome.choices.map(({ taken }) => taken) });
        const step = { ...outcome, before, call, after: state, kernel };
        for (const [condition, holds] of Object.entries(sometimes)) if (holds(step)) met.add(condition);
        const violations = law(step);
        if (violations.length > 0) return end(violations);
      } catch (error) {
        if (error instanceof BeyondScope) return end([]);
        throw error;
      }
    }
    return end([]);
  },
});

const opened = (step: MachStep) => misserved(step, true);
const used = (step: MachStep) => misserved(step, false);

export const deviceLaws = {
  'mach/device-opens-through-the-master-port': {
    on: ['mach_msg'], step: opened, relates: using(opened, conditions.opening), sometimes: conditions.opening,
  },
  'mach/device-port-stands-for-the-device': {
    on: ['mach_msg'], step: used, relates: using(used, conditions.using), sometimes: conditions.using,
  },
} satisfies MachLaws;

