import type { SentItem } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, Draw, timedWaits } from '#properties/mach/draw';
import { drawMemory, Memory } from '#properties/mach/memory/draw-memory';
import { Weighted, type Random } from '#properties/random';

const message = {
  operation: 'mach_msg', options: [], send: null, receive: null, timeout: 0, notify: NULL,
} as const;

/** A region of the caller's memory; now and then empty, or where nothing can be read. */
function region(draw: Draw): SentItem {
  const { random } = draw;
  const memory = new Memory(draw);
  const { address, size } = memory.range(true, draw.task, 3);
  const isEmpty = random.once(8);
  return { tag: 'region', type: 8, bits: 8, long: random.once(4), address, size: isEmpty ? 0 : size, deallocate: random.once(3) };
}

function item(draw: Draw): SentItem {
  const { random } = draw;
  if (!random.once(5)) return region(draw);
  if (random.once(3)) return { tag: 'data', type: 8, bits: 8, bytes: '0102', long: false, deallocate: random.once(3) };
  const own = draw.names(isReceive);
  return { tag: 'rights', disposition: 'make-send-once', names: own.length === 0 ? [] : [random.pick(own)], bits: 32, long: false, deallocate: false };
}

function send(draw: Draw): MachCall | null {
  const { random } = draw;
  const remote = draw.right(['copy-send', 'copy-send', 'make-send', 'move-send', 'make-send-once']);
  if (remote === null || remote.name <= 0) return null;
  const body = Array.from({ length: random.pick([1, 1, 1, 2]) }, () => item(draw));
  const options = random.once(3) ? ['send-timeout' as const] : [];
  return {
    ...message, thread: draw.thread, options, timeout: random.once(2) ? 0 : 20,
    send: { id: 30_000 + random.below(9000), remote, local: { name: NULL, disposition: null }, complex: !random.once(20), body, size: null },
  };
}

function receive(draw: Draw): MachCall | null {
  const names = draw.names((entry) => isReceive(entry));
  const busy = names.filter((name) => {
    const entry = draw.entries()[name];
    return entry?.tag === 'port' && draw.state.ports[entry.port]!.queue.length > 0;
  });
  if (names.length === 0) return null;
  const polls = busy.length > 0 ? ['receive-timeout' as const] : [];
  return {
    ...message, thread: draw.thread, options: polls,
    receive: { name: draw.random.pick(busy.length > 0 ? busy : names), size: draw.random.once(12) ? 24 : 1024 },
  };
}

type Row = (draw: Draw) => MachCall | null;

const onName = (operation: 'mach_port_destroy' | 'mach_port_deallocate', wanted: typeof isReceive | typeof isSend): Row => (draw) => {
  const names = draw.names(wanted);
  return names.length === 0 ? null : { operation, thread: draw.thread, task: draw.identity(draw.task), name: draw.random.pick(names) };
};

/** Ports come to be known, memory goes through them, and in between it is written. */
const rows = new Weighted<Row>([
  [4, (draw) => (draw.names(isReceive).length > 1 ? null
    : { operation: 'mach_port_allocate', thread: draw.thread, task: draw.identity(draw.task), right: 'receive' })],
  [5, (draw) => {
    const right = draw.right(['make-send']);
    const task = draw.otherTask();
    return right === null ? null : { operation: 'mach_port_insert_right', thread: draw.thread, task: draw.identity(task), name: draw.unknown(task), right };
  }],
  [2, (draw) => {
    const names = draw.names(isReceive);
    return names.length === 0 ? null : {
      operation: 'mach_port_set_qlimit', thread: draw.thread, task: draw.identity(draw.task), name: draw.random.pick(names), limit: draw.random.pick([0, 1, 2]),
    };
  }],
  [22, send],
  [18, receive],
  [1, onName('mach_port_destroy', isReceive)],
  [1, onName('mach_port_deallocate', isSend)],
  [26, (draw) => drawMemory(draw.state, draw.random, 60)],
]);

/** One call in so many is time running out for somebody, while anybody waits for a limited time. */
const TIMEOUTS = 8;

export function drawTransfer(state: MachState, random: Random): MachCall | null {
  const free = callers(state);
  const timed = timedWaits(state);
  if (timed.length > 0 && (free.length === 0 || random.once(TIMEOUTS))) return { operation: 'timeout', waiting: random.pick(timed) };
  if (free.length === 0) return null;
  for (;;) {
    const call = rows.draw(random)(new Draw(state, random, random.pick(free)));
    if (call === null) continue;
    if (free.length > 1 || call.operation !== 'mach_msg') return call;
    const options = call.receive === null ? ['send-timeout' as const] : ['receive-timeout' as const];
    return { ...call, options, timeout: 0 };
  }
}
