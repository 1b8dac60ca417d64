import { protections, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import type { Event } from '#model/kernel';
import { NULL } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import {
  ADDRESS_OF_COPY, ADDRESS_OF_OBJECT, ADDRESS_OF_SIBLING, CLIENT, clientThread, CONTROL, HANDLER, HONEST, honestThread, LETTERS, MALICE, message, OBJECT,
  scope, siblingThread, TARGET, targetThread,
} from '#properties/mach/memory/malice/roles';
import type { Random } from '#properties/random';

const { pageSize } = scope.memory!;
const of = (task: TaskId) => ({ tag: 'identity', identity: task }) as const;
const allocate = (thread: ThreadId, task: TaskId, address: number, pages: number): MachCall =>
  ({ operation: 'vm_allocate', thread, task: of(task), address, size: pages * pageSize, anywhere: false });
const store = (thread: ThreadId, address: number, byte: string): MachCall => ({ operation: 'store', thread, address, byte });
const map = (thread: ThreadId, task: TaskId, address: number, copy: boolean, pages: number): MachCall => ({
  operation: 'vm_map', thread, task: of(task), address, size: pages * pageSize, mask: 0, anywhere: false,
  object: { name: OBJECT, disposition: 'copy-send' }, offset: 0, copy, protection: ['read', 'write'], maximum: [...protections], inheritance: 'copy',
});
const poll = (thread: ThreadId, name: typeof OBJECT): MachCall => ({ ...message, thread, options: ['receive-timeout'], receive: { name, size: 1024 } });

/** A pager makes a port and lets its client know it; the client maps it. */
const introduce = (pager: ThreadId, own: TaskId, client: TaskId): readonly MachCall[] => [
  { operation: 'mach_port_allocate', thread: pager, task: of(own), right: 'receive' },
  { operation: 'mach_port_insert_right', thread: pager, task: of(client), name: OBJECT, right: { name: OBJECT, disposition: 'make-send' } },
];

/** What the others do first, whatever the malicious pager is going to do. */
export const beginning: readonly MachCall[] = [
  ...introduce(honestThread, HONEST, CLIENT), map(clientThread, CLIENT, 0, false, 3), map(clientThread, CLIENT, 3 * pageSize, true, 1),
  poll(honestThread, OBJECT),
  { operation: 'memory_object_ready', thread: honestThread, control: CONTROL, cacheable: false, strategy: 'delay' },
  allocate(honestThread, HONEST, 0, 2), store(honestThread, 0, 'a1'), store(honestThread, 2, 'a2'),
  allocate(siblingThread, TARGET, ADDRESS_OF_SIBLING, 2), store(siblingThread, ADDRESS_OF_SIBLING, 'b1'),
  allocate(clientThread, CLIENT, 4 * pageSize, 1), store(clientThread, 4 * pageSize, 'c1'),
  { operation: 'mach_port_allocate', thread: clientThread, task: of(CLIENT), right: 'receive' },
];

/** And what the pager and its client do. The client has a handler for exceptions, which never answers: they end nobody. */
export const intrusion: readonly MachCall[] = [
  ...introduce(0 as ThreadId, MALICE, TARGET),
  { operation: 'mach_port_allocate', thread: targetThread, task: of(TARGET), right: 'receive' },
  { operation: 'task_set_special_port', thread: targetThread, task: of(TARGET), which: 'exception', port: { name: HANDLER, disposition: 'make-send' } },
  map(targetThread, TARGET, ADDRESS_OF_OBJECT, false, 2), map(targetThread, TARGET, ADDRESS_OF_COPY, true, 2),
  allocate(0 as ThreadId, MALICE, 0, 1), poll(0 as ThreadId, OBJECT),
];

/** The others go on with their own affairs, by what they have been told so far. */
export class Bystanders {
  readonly #random: Random;
  /** What the honest pager was asked and has not answered, and what it was given and has not given up. */
  readonly #answers: MachCall[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Takes in what the honest pager has received. */
  hear(events: readonly Event[]): void {
    for (const event of events) {
      if (event.thread !== honestThread || event.tag !== 'returned') continue;
      const { message: received } = (event.value ?? {}) as { message?: { id: number; body: readonly { bytes?: string; address?: number }[] } | null };
      if (received) this.#answer(received.id, received.body);
    }
  }

  #answer(id: number, body: readonly { readonly bytes?: string; readonly address?: number }[]): void {
    const offset = Number.parseInt(body[1]?.bytes?.slice(0, 2) ?? '0', 16);
    const range = { thread: honestThread, control: CONTROL, offset, size: pageSize };
    const reply = { name: NULL, disposition: 'copy-send' as const };
    if (id === 2203) this.#answers.push({ operation: 'memory_object_data_supply', ...range, data: (offset / pageSize % 2) * pageSize, lock: [], precious: false, reply });
    if (id === 2204) this.#answers.push({ operation: 'memory_object_lock_request', ...range, clean: 'nothing', flush: false, lock: [], reply });
    const address = body[2]?.address ?? 0;
    if (id === 2208) this.#answers.push({ operation: 'vm_deallocate', thread: honestThread, task: of(HONEST), address, size: pageSize });
  }

  /** The next call of one of the threads that may make one; null if there is nothing to do for the one that is drawn. */
  next(free: readonly ThreadId[]): MachCall | null {
    const thread = this.#random.pick(free);
    if (thread === honestThread) return this.#answers.shift() ?? poll(honestThread, OBJECT);
    return thread === siblingThread ? this.#sibling() : this.#client();
  }

  #byte(): string {
    return this.#random.below(256).toString(16).padStart(2, '0');
  }

  /** The other thread of the malicious pager's client keeps to its own memory. */
  #sibling(): MachCall {
    const random = this.#random;
    const thread = siblingThread;
    const address = ADDRESS_OF_SIBLING + random.below(2 * pageSize);
    const page = ADDRESS_OF_SIBLING + random.below(2) * pageSize;
    switch (random.below(8)) {
      case 0: return { operation: 'vm_copy', thread, task: of(TARGET), source: page, size: pageSize, destination: ADDRESS_OF_SIBLING };
      case 1: return { operation: 'vm_inherit', thread, task: of(TARGET), address: page, size: pageSize, inheritance: 'share' };
      case 2: return { operation: 'vm_write', thread, task: of(TARGET), address: page, size: pageSize, data: ADDRESS_OF_SIBLING };
      case 3: case 4: case 5: return store(thread, address, this.#byte());
      default: return { operation: 'load', thread, address };
    }
  }

  /** The client of the honest pager uses what that keeps, a copy of it, and memory and messages of its own. */
  #client(): MachCall {
    const random = this.#random;
    const thread = clientThread;
    const address = random.below(5 * pageSize);
    switch (random.below(9)) {
      case 0: return {
        ...message, thread, options: ['send-timeout'], send: {
          id: 7, remote: { name: LETTERS, disposition: 'make-send' }, local: { name: NULL, disposition: null }, complex: true, size: null,
          body: [{ tag: 'region', type: 8, bits: 8, long: false, address: 4 * pageSize, size: pageSize, deallocate: false }],
        },
      };
      case 1: return { ...message, thread, options: ['receive-timeout'], receive: { name: LETTERS, size: 1024 } };
      case 2: return { operation: 'vm_deallocate', thread, task: of(CLIENT), address: 5 * pageSize, size: pageSize };
      case 3: case 4: case 5: return store(thread, address, this.#byte());
      case 6: return { operation: 'evict', owner: CLIENT, address: random.below(3) * pageSize };
      default: return { operation: 'load', thread, address };
    }
  }

  /** At the end, everything that the others can see. */
  static *looks(): Generator<MachCall> {
    for (let at = 0; at < 2 * pageSize; at += 1) yield { operation: 'load', thread: siblingThread, address: ADDRESS_OF_SIBLING + at };
    for (let at = 0; at < 5 * pageSize; at += 1) yield { operation: 'load', thread: clientThread, address: at };
    yield { operation: 'mach_port_names', thread: clientThread, task: of(CLIENT) };
    yield { operation: 'mach_port_names', thread: honestThread, task: of(HONEST) };
  }
}
