import { protections, type Name, type Protection, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { ADDRESS_OF_OBJECT, MALICE, message, TARGET, targetThread } from '#properties/mach/memory/malice/roles';
import { Weighted, type Random } from '#properties/random';

/** What a pager that means harm, or knows no better, may do next: anything at all with what it has. */
class Malice {
  readonly state: MachState;
  readonly random: Random;
  readonly thread: ThreadId;

  constructor(state: MachState, random: Random, thread: ThreadId) {
    this.state = state;
    this.random = random;
    this.thread = thread;
  }

  get self() {
    return { thread: this.thread, task: { tag: 'identity' as const, identity: MALICE } };
  }

  names(wanted: (entry: Entry) => boolean): readonly Name[] {
    return this.state.tasks[MALICE]!.names.flatMap((entry, name) => (entry !== null && wanted(entry) ? [name as Name] : []));
  }

  /** A name for a control port; now and then any name, or one that denotes nothing. */
  control(): Name {
    const { ports, tasks } = this.state;
    const known = this.names((entry) => isSend(entry) && ports[entry.port]!.kernel === 'control');
    if (known.length > 0 && !this.random.once(12)) return this.random.pick(known);
    const kernels = this.names((entry) => isSend(entry) && ports[entry.port]!.kernel !== null);
    return kernels.length > 0 ? this.random.pick(kernels) : tasks[MALICE]!.names.length as Name;
  }

  /** Bytes of an object: as they should be, or of a size or at a place that makes no sense. */
  range(): { readonly offset: number; readonly size: number } {
    const { pageSize, pageCount } = this.state.memory!;
    const page = this.random.below(pageCount) * pageSize;
    const offset = this.random.once(4) ? this.random.pick([1, page + 1, pageSize * pageCount, 0xffff_fffe]) : page;
    return { offset, size: this.random.once(4) ? this.random.pick([0, 1, 3, 0xffff_ffff]) : pageSize * this.random.pick([1, 1, 2, pageCount]) };
  }

  lock(): readonly Protection[] {
    return this.random.pick([[], [], ['write'], ['read', 'write'], [...protections]]);
  }

  reply() {
    const own = this.names(isReceive);
    return own.length === 0 || this.random.once(2) ? { name: NULL, disposition: 'copy-send' as const }
      : { name: this.random.pick(own), disposition: 'make-send-once' as const };
  }

  /** Memory of its own that no pager has a say in, nor in what follows: what is at other places it may not have. */
  data(): number {
    const { spaces, objects, pageSize } = this.state.memory!;
    const isPlain = (page: number): boolean => {
      const mapping = spaces[MALICE]!.pages[page] ?? null;
      return mapping === null || (objects[mapping.object]!.pager === null && objects[mapping.object]!.shadow === null);
    };
    const plain = spaces[MALICE]!.pages.flatMap((mapping, page) =>
      (mapping !== null && isPlain(page) && isPlain(page + 1) ? [page * pageSize] : []));
    return plain.length === 0 ? this.state.memory!.pageCount * pageSize : this.random.pick(plain);
  }
}

type Row = (malice: Malice) => MachCall | null;

const on = (make: (malice: Malice) => object): Row => (malice) => ({ thread: malice.thread, control: malice.control(), ...make(malice) }) as MachCall;

const rows = new Weighted<Row>([
  [8, (m) => {
    const names = m.names(isReceive);
    return names.length === 0 ? null
      : { ...message, thread: m.thread, options: ['receive-timeout'], receive: { name: m.random.pick(names), size: m.random.once(6) ? 24 : 1024 } };
  }],
  [5, on((m) => ({ operation: 'memory_object_ready', cacheable: m.random.once(2), strategy: m.random.pick(['delay', 'temporary']) }))],
  [12, on((m) => ({ operation: 'memory_object_data_supply', ...m.range(), data: m.data(), lock: m.lock(), precious: m.random.once(3), reply: m.reply() }))],
  [3, on((m) => ({ operation: 'memory_object_data_unavailable', ...m.range() }))],
  [3, on((m) => ({ operation: 'memory_object_data_error', ...m.range(), reason: 5 }))],
  [8, on((m) => ({
    operation: 'memory_object_lock_request', ...m.range(), clean: m.random.pick(['nothing', 'dirty', 'all']), flush: m.random.once(2), lock: m.lock(), reply: m.reply(),
  }))],
  [2, on((m) => ({ operation: 'memory_object_change_attributes', cacheable: m.random.once(2), strategy: m.random.pick(['delay', 'temporary']), reply: m.reply() }))],
  [2, on(() => ({ operation: 'memory_object_destroy', reason: 0 }))],
  [3, (m) => {
    const own = m.names(isReceive);
    const { pageSize, pageCount } = m.state.memory!;
    const name = own.length > 0 ? m.random.pick(own) : m.control();
    return {
      operation: 'vm_map', ...m.self, address: 0, size: pageSize * m.random.pick([1, 2]), mask: 0, anywhere: true,
      object: { name, disposition: own.length > 0 ? 'make-send' : 'copy-send' }, offset: m.random.below(pageCount - 1) * pageSize, copy: m.random.once(3),
      protection: ['read', 'write'], maximum: [...protections], inheritance: 'share',
    };
  }],
  [2, (m) => ({ operation: 'load', thread: m.thread, address: m.random.below(m.state.memory!.pageCount * m.state.memory!.pageSize) })],
  [2, (m) => ({ operation: 'store', thread: m.thread, address: m.random.below(m.state.memory!.pageCount * m.state.memory!.pageSize), byte: 'ee' })],
  [2, (m) => ({ operation: 'vm_allocate', ...m.self, address: 0, size: m.state.memory!.pageSize, anywhere: true })],
  [1, (m) => ({ operation: 'vm_deallocate', ...m.self, address: 0, size: m.state.memory!.pageSize * m.random.pick([1, 6]) })],
  [2, (m) => ({ operation: 'mach_port_allocate', ...m.self, right: 'receive' })],
  [1, (m) => {
    const names = m.names(() => true);
    return names.length === 0 ? null : { operation: m.random.pick(['mach_port_destroy', 'mach_port_deallocate'] as const), ...m.self, name: m.random.pick(names) };
  }],
  [1, (m) => ({ operation: 'thread_terminate', thread: m.thread, target: { tag: 'identity', identity: m.thread } })],
]);

/** The next thing that the pager does, or its client or the kernel does with the pager's memory. Null: nobody of them can. */
export function drawMalice(state: MachState, random: Random, free: readonly ThreadId[]): MachCall | null {
  const own = free.filter((thread) => state.threads[thread]!.task === MALICE);
  if (free.includes(targetThread) && (own.length === 0 || random.once(4))) return touch(state, random);
  if (own.length === 0) return null;
  for (;;) {
    const call = rows.draw(random)(new Malice(state, random, random.pick(own)));
    if (call !== null) return call;
  }
}

/** The client touches the object, its copy, or gives some of it up. */
function touch(state: MachState, random: Random): MachCall {
  const { pageSize } = state.memory!;
  const address = ADDRESS_OF_OBJECT + random.below(4 * pageSize);
  const task = { tag: 'identity', identity: TARGET as TaskId } as const;
  if (random.once(12)) return { operation: 'vm_deallocate', thread: targetThread, task, address: address - address % pageSize, size: pageSize };
  return random.once(2) ? { operation: 'load', thread: targetThread, address } : { operation: 'store', thread: targetThread, address, byte: 'dd' };
}
