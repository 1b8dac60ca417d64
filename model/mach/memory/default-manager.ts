import type { Name, TaskId } from '#spec/mach/vocabulary';
import { entryOf, isSend, touch } from '#model/mach/entries';
import { integerItem, requestOf } from '#model/mach/memory/exception';
import { objectOf, resident, setPage } from '#model/mach/memory/object';
import { CREATE, DATA_INITIALIZE, offsetItem, pageItem, rightsItem } from '#model/mach/memory/pager';
import { memoryOf } from '#model/mach/memory/space';
import type { ObjectId, Pager } from '#model/mach/memory/state';
import { newPort } from '#model/mach/ports/new-port';
import { argument, give } from '#model/mach/tasks/argument';
import { makeSend } from '#model/mach/tasks/new-task';
import { copySend } from '#model/mach/tasks/special-ports';
import type { Through } from '#model/mach/tasks/target';
import { implementing, refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import type { Carried, MachState, PortId } from '#model/mach/state';
import { BeyondScope, change, returned, spoiled } from '#model/operation';

/** The port of the default memory manager, if there is one and it lives. */
export function managerOf(state: MachState) {
  const { manager } = memoryOf(state);
  return manager !== null && state.ports[manager.port]!.life === 'live' ? manager.port : null;
}

/**
 * Makes an object of the kernel's own one that can be paged: the default memory manager is given its port, and how to
 * answer. It needs no word of being ready.
 */
export const createPager = implementing(
  [
    'mach/default-pager-learns-by-create', 'mach/default-pager-backs-anonymous-memory', 'mach/pager-makes-the-object-port',
    'mach/kernel-messages-ignore-queue-limits',
  ],
  (world: Mach<Cascade>, object: ObjectId): void => {
    const { state, mechanisms } = world;
    const { pageCount, pageSize } = memoryOf(state);
    const port = newPort(state);
    const pager: Pager = {
      tag: 'pager', port, control: newPort(state, 'control'), name: newPort(state, 'name'),
      status: 'ready', cacheable: false, strategy: 'temporary', internal: true, cached: false,
    };
    makeSend(state, port);
    change(state.ports[port]!).makeSend = 0;
    const { length } = objectOf(state, object).pages;
    change(objectOf(state, object)).pager = pager;
    // Whoever reaches the port may map the object beyond what the kernel made it for.
    change(objectOf(state, object)).pages = Array.from({ length: Math.max(length, pageCount) }, (_, index) => objectOf(state, object).pages[index] ?? null);
    const destination = copySend(state, memoryOf(state).manager) as Extract<Carried, { tag: 'right' }>;
    mechanisms.enqueue(world, requestOf(state, CREATE, { port: destination.port, kind: 'send' }, { tag: 'null', kind: null }, [
      rightsItem('receive', { tag: 'right', port, kind: 'receive' }), integerItem(length * pageSize),
      rightsItem('send', makeSend(state, pager.control)), rightsItem('send', makeSend(state, pager.name)), integerItem(pageSize),
    ]));
  },
);

/**
 * Gives a copy the version of a page that its original is about to lose. Where the default memory manager may have the
 * page already, it is told what the page began as, and is to make nothing of it if it has a version. Whether there was
 * an old version to be preserved.
 */
export const pushPage = implementing(
  ['mach/copy-on-write-is-invisible', 'mach/delayed-copy-keeps-the-old-version', 'mach/old-version-goes-to-the-copys-pager'],
  (world: Mach<Cascade>, copy: ObjectId, index: number, old: () => string): boolean => {
    const { state, mechanisms } = world;
    const { pages, pager } = objectOf(state, copy);
    const page = pages[index] ?? null;
    if (index >= pages.length || page?.tag === 'resident' || page?.tag === 'sent') return false;
    if (page?.tag === 'awaited') throw new BeyondScope('a copy that waits for its pager');
    if (page?.tag === 'absent' || pager === null) {
      setPage(state, copy, index, resident(old(), true));
      return true;
    }
    if (pager.status === 'gone') return false;
    mechanisms.sendToPager(world, pager, DATA_INITIALIZE, [offsetItem(world, index), pageItem(world, old())]);
    setPage(state, copy, index, { tag: 'sent' });
    return true;
  },
);

/** Says who keeps memory that has no pager, and tells who did so far; the null port only asks. */
export const setDefaultManager: MachOperation<'vm_set_default_memory_manager', Cascade> = {
  implements: ['mach/default-manager-is-replaceable', 'mach/failed-kernel-request-destroys-its-body'],

  step(world, { thread, host, manager }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    const through = hostPort(world, task, host);
    if (through === null) return refused('MACH_SEND_INVALID_DEST', touch(state, task, host));
    const { kernel } = state.ports[through]!;
    if (kernel === null) throw new BeyondScope('a request to a port that is not the kernel\'s');
    const right = argument(world, task, manager);
    if (right === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    if (kernel !== 'host-control') {
      mechanisms.destroyRight(world, right);
      return spoiled('KERN_INVALID_ARGUMENT', null);
    }
    const memory = memoryOf(state);
    const { manager: known } = memory;
    const asked = { thread, task: asReference(host) };
    if (right.tag === 'null') return returned({ previous: give(world, asked, known === null ? right : copySend(state, known)) });
    change(memory).manager = right.tag === 'right' && right.kind === 'send' ? { tag: 'right', port: right.port, kind: 'send' } : null;
    return returned({ previous: give(world, asked, known ?? { tag: 'null', kind: null }) });
  },
};

/** What the caller says for the host, as others say tasks. */
const asReference = (host: Name | Through) => (typeof host === 'number' ? { tag: 'name', name: host } as const : host);

/** The port behind the caller's name for the host, or that a request came to; null if the caller has no right to it. */
function hostPort({ state }: Mach, task: TaskId, host: Name | Through): PortId | null {
  if (typeof host !== 'number') return host.port;
  const entry = entryOf(state, task, host);
  return isSend(entry) ? entry.port : null;
}
