import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Event } from '#model/kernel';
import { isReceive } from '#model/mach/entries';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Random } from '#properties/random';

const INIT = 2200;
const TERMINATE = 2201;
const REQUEST = 2203;
const RETURN = 2208;
const CREATE = 2250;
const INITIALIZE = 2251;

const message = { operation: 'mach_msg', options: [], send: null, receive: null, timeout: 0, notify: NULL } as const;

/** What arrived, so far as a pager looks at it. */
interface Heard {
  readonly id: number;
  readonly body: readonly { readonly tag: string; readonly names?: readonly Name[]; readonly bytes?: string; readonly address?: number; readonly size?: number }[];
}

/** What the manager keeps of one object: for each offset, where in its own space the page lies. */
interface Kept { control: Name; readonly pages: Map<number, number> }

/**
 * A memory manager that gives back what it was given. It keeps every page where it arrived in its own space, and says
 * that it has none where it never got one. Of what a page began as it makes nothing if it has the page.
 */
export class HonestManager {
  readonly #thread: ThreadId;
  readonly #task: TaskId;
  readonly #kept = new Map<Name, Kept>();
  readonly #next: MachCall[] = [];
  #listening: Name = NULL;

  constructor(thread: ThreadId, task: TaskId) {
    this.#thread = thread;
    this.#task = task;
  }

  /** Its next call: an answer that is due, or to look at a port where something has come. Null: it has nothing to do. */
  next(state: MachState, random: Random): MachCall | null {
    for (;;) {
      const call = this.#next.shift();
      if (call === undefined) break;
      if (!('control' in call) || this.#isControl(state, call.control)) return call;
    }
    const busy = state.tasks[this.#task]!.names.flatMap((entry, name) =>
      (entry !== null && isReceive(entry) && entry.tag === 'port' && state.ports[entry.port]!.queue.length > 0 ? [name as Name] : []));
    if (busy.length === 0) return null;
    this.#listening = random.pick(busy);
    return { ...message, thread: this.#thread, options: ['receive-timeout'], receive: { name: this.#listening, size: 1024 } };
  }

  /** Whether the kernel still listens at a port that it gave as one of control. */
  #isControl(state: MachState, name: Name): boolean {
    const entry = state.tasks[this.#task]!.names[name];
    return entry?.tag === 'port' && entry.sends > 0 && state.ports[entry.port]!.kernel === 'control';
  }

  /** Takes in what came of its calls. */
  hear(events: readonly Event[]): void {
    for (const event of events) {
      if (event.thread !== this.#thread || event.tag !== 'returned') continue;
      const { message: received } = (event.value ?? {}) as { message?: Heard | null };
      if (received) this.#take(received);
    }
  }

  #take({ id, body }: Heard): void {
    const names = body.flatMap((item) => (item.tag === 'rights' ? item.names! : []));
    if (id === CREATE) this.#kept.set(names[0]!, { control: names[1]!, pages: new Map() });
    else if (id === INIT) {
      this.#kept.set(this.#listening, { control: names[0]!, pages: new Map() });
      this.#next.push({ operation: 'memory_object_ready', thread: this.#thread, control: names[0]!, cacheable: false, strategy: 'delay' });
    } else if (id === TERMINATE) this.#forget();
    else this.#page(id, body, names[0]!);
  }

  #page(id: number, body: Heard['body'], control: Name): void {
    const kept = this.#kept.get(this.#listening);
    if (kept === undefined) return;
    kept.control = control;
    const offset = (body[1]!.bytes!.match(/../g) ?? []).reduceRight((sum, byte) => sum * 256 + Number.parseInt(byte, 16), 0);
    const known = kept.pages.get(offset);
    if (id === REQUEST) this.#next.push(this.#answer(control, offset, known));
    if (id !== RETURN && id !== INITIALIZE) return;
    const { address, size } = body[2] as { address: number; size: number };
    const isKept = id === RETURN || known === undefined;
    const dropped = isKept ? known : address;
    if (isKept) kept.pages.set(offset, address);
    if (dropped !== undefined) this.#free(dropped, size);
  }

  #answer(control: Name, offset: number, known: number | undefined): MachCall {
    const range = { thread: this.#thread, control, offset, size: PAGE };
    return known === undefined ? { operation: 'memory_object_data_unavailable', ...range } : {
      operation: 'memory_object_data_supply', ...range, data: known, lock: [], precious: false, reply: { name: NULL, disposition: 'copy-send' },
    };
  }

  #free(address: number, size: number): void {
    this.#next.push({ operation: 'vm_deallocate', thread: this.#thread, task: { tag: 'identity', identity: this.#task }, address, size });
  }

  /** The object has ended: nobody will ask for its pages. */
  #forget(): void {
    for (const address of this.#kept.get(this.#listening)?.pages.values() ?? []) this.#free(address, PAGE);
    this.#kept.delete(this.#listening);
  }
}

/** Bytes in a page, where there is such a manager. */
export const PAGE = 2;
