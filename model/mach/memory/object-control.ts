import type { MachArguments, Name, ThreadId } from '#spec/mach/vocabulary';
import { entryOf, isSend, touch } from '#model/mach/entries';
import { booleanItem, integerItem, requestOf } from '#model/mach/memory/exception';
import { newObject, objectOf } from '#model/mach/memory/object';
import { CHANGE_COMPLETED, complete, INIT, pagerOf, rightsItem, TERMINATE } from '#model/mach/memory/pager';
import { memoryOf } from '#model/mach/memory/space';
import type { ObjectId, Page, Pager } from '#model/mach/memory/state';
import { newPort } from '#model/mach/ports/new-port';
import { argument } from '#model/mach/tasks/argument';
import { makeSend } from '#model/mach/tasks/new-task';
import { implementing, refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import type { Carried, PortEntry, PortId } from '#model/mach/state';
import type { Through } from '#model/mach/tasks/target';
import { BeyondScope, change, returned, spoiled } from '#model/operation';

/** The object a right stands for. The first time it is mapped, its pager is told how to answer. */
export const enterObject = implementing(
  [
    'mach/first-map-sends-init', 'mach/same-object-shares-its-pages', 'mach/object-has-control-and-name-ports', 'mach/remapped-object-has-other-ports',
  ],
  (world: Mach<Cascade>, right: Extract<Carried, { tag: 'right' }>): ObjectId => {
    const { state, mechanisms } = world;
    const { objects, pageCount, pageSize } = memoryOf(state);
    const known = objects.findIndex(({ life, pager }) => life === 'live' && pager?.port === right.port && pager.status !== 'gone');
    if (known >= 0) {
      mechanisms.destroyRight(world, right);
      change(objects[known]!).pager = { ...objects[known]!.pager!, cached: false };
      return known as ObjectId;
    }
    const made = newObject(state, pageCount);
    const pager: Pager = {
      tag: 'pager', port: right.port, control: newPort(state, 'control'), name: newPort(state, 'name'),
      status: 'silent', cacheable: false, strategy: 'delay', internal: false, cached: false,
    };
    change(objectOf(state, made)).pager = pager;
    mechanisms.sendToPager(world, pager, INIT, [rightsItem('send', makeSend(state, pager.name)), integerItem(pageSize)]);
    return made;
  },
);

/** What a control argument denotes: an object, a port of the kernel's that controls none, or nothing. */
export type Controlled =
  | { readonly tag: 'object'; readonly object: ObjectId }
  | { readonly tag: 'nothing' }
  | { readonly tag: 'missing'; readonly touched: boolean };

/** The object whose control port the caller knows by a name, or a request came to. */
export const memoryObjectAt = implementing(
  ['mach/object-has-control-and-name-ports', 'mach/destroyed-object-asks-nothing-more'],
  ({ state }: Mach, caller: ThreadId, control: Name | Through): Controlled => {
    const { task } = state.threads[caller]!;
    const entry = typeof control === 'number' ? entryOf(state, task, control) : null;
    if (typeof control === 'number' && !isSend(entry)) return { tag: 'missing', touched: touch(state, task, control) };
    const { port } = typeof control === 'number' ? entry as PortEntry : control;
    if (state.ports[port]!.kernel === null) throw new BeyondScope('a request to a port that is not the kernel\'s');
    const object = memoryOf(state).objects.findIndex(({ life, pager }) =>
      life === 'live' && pager !== null && pager.status !== 'gone' && pager.control === port);
    return object < 0 ? { tag: 'nothing' } : { tag: 'object', object: object as ObjectId };
  },
);

/** The pager is ready: threads that wait may ask. */
export const objectReady: MachOperation<'memory_object_ready', Cascade> = {
  implements: ['mach/no-request-before-ready'],

  step(world, { thread, control, cacheable, strategy }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = mechanisms.memoryObjectAt(world, thread, control);
    if (target.tag === 'missing') return refused('MACH_SEND_INVALID_DEST', target.touched);
    if (target.tag === 'nothing') return returned(null);
    // Effect.
    setAttributes(world, target.object, { cacheable, strategy });
    const { pager } = objectOf(state, target.object);
    change(objectOf(state, target.object)).pager = { ...pager!, status: 'ready' };
    // Whoever waits for a page of an object that was ready before waits on.
    if (pager!.status === 'silent') mechanisms.wakeFaulters(world, target.object, null);
    return returned(null);
  },
};

/** `memory_object_copy_strategy_t`. */
const strategyNumbers = { none: 0, delay: 2, temporary: 3 };

type Attributes = Pick<MachArguments<'memory_object_ready'>, 'cacheable' | 'strategy'>;

function setAttributes({ state }: Mach, object: ObjectId, { cacheable, strategy }: Attributes): void {
  const changed = change(objectOf(state, object));
  if (strategy === 'none') throw new BeyondScope('copies that are made at once');
  changed.pager = { ...changed.pager!, cacheable, strategy };
}

/** Changes what the pager lets the kernel do with an object. */
export const changeAttributes: MachOperation<'memory_object_change_attributes', Cascade> = {
  implements: ['mach/last-unmap-terminates'],

  step(world, { thread, control, cacheable, strategy, reply }) {
    world.charge('trap');
    const { mechanisms } = world;
    const target = mechanisms.memoryObjectAt(world, thread, control);
    if (target.tag === 'missing') return refused('MACH_SEND_INVALID_DEST', target.touched);
    const right = argument(world, world.state.threads[thread]!.task, reply);
    if (right === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    if (target.tag === 'nothing') mechanisms.destroyRight(world, right);
    else {
      setAttributes(world, target.object, { cacheable, strategy });
      complete(world, right, CHANGE_COMPLETED, () => [booleanItem(cacheable), integerItem(strategyNumbers[strategy])]);
    }
    return returned(null);
  },
};

/** The pager gives an object up: whoever maps it keeps what is in memory, or loses it. */
export const objectDestroy: MachOperation<'memory_object_destroy', Cascade | 'orphaned pages'> = {
  implements: ['mach/destroyed-object-asks-nothing-more', 'mach/orphaned-pages-may-stay', 'mach/pager-may-reject-a-mapping'],

  step(world, { thread, control }) {
    world.charge('trap');
    const { mechanisms } = world;
    // Guards.
    const target = mechanisms.memoryObjectAt(world, thread, control);
    if (target.tag === 'missing') return refused('MACH_SEND_INVALID_DEST', target.touched);
    if (target.tag === 'nothing') return returned(null);
    // Effect.
    const pager = pagerOf(world, target.object)!;
    orphan(world, target.object);
    mechanisms.terminateObject(world, pager);
    return returned(null);
  },
};

/** From here on an object has no pager: what is awaited will never come. */
function orphan(world: Mach<Cascade | 'orphaned pages'>, object: ObjectId): void {
  const { state, mechanisms } = world;
  const orphaned = change(objectOf(state, object));
  const held = orphaned.pages.some((page) => page?.tag === 'resident');
  const kept = held && world.choose('orphaned pages', [true, false], (yes) => (yes ? 'keep' : 'discard'));
  orphaned.pager = { ...orphaned.pager!, status: 'gone' };
  orphaned.pages = orphaned.pages.map((page: Page | null) => (page?.tag === 'awaited' || (page?.tag === 'resident' && !kept) ? null : page));
  mechanisms.wakeFaulters(world, object, null);
}

/** The last words to a pager, which take the ports of the object along, and the kernel's right to reach it. */
export const terminateObject = implementing(
  ['mach/last-unmap-terminates', 'mach/ended-object-hears-nothing-more'],
  (world: Mach<Cascade>, { port, control, name }: Pager): void => {
    const { state, mechanisms } = world;
    const isGiven = world.choose('ended ports', [true, false], (yes) => (yes ? 'given' : 'dead'));
    const last = (id: PortId): Carried => {
      if (!isGiven) {
        mechanisms.killPort(world, id);
        return { tag: 'dead', kind: 'receive' };
      }
      const given = change(state.ports[id]!);
      given.kernel = null;
      given.makeSend = 0;
      return { tag: 'right', port: id, kind: 'receive' };
    };
    const body = [rightsItem('receive', last(control)), rightsItem('receive', last(name))];
    mechanisms.enqueue(world, requestOf(state, TERMINATE, { port, kind: 'send' }, { tag: 'null', kind: null }, body));
  },
);

/** Whether the kernel keeps an object as its pager lets it. One variant does as long as it has pages of it. */
function isKept(world: Mach<'cached object'>, object: ObjectId, { cached }: Pager): boolean {
  if (world.state.variant === 'gnumach') return objectOf(world.state, object).pages.some((page) => page !== null);
  return cached || world.choose('cached object', [true, false], (yes) => (yes ? 'keep' : 'end'));
}

/** Nobody maps the object any longer. The kernel may keep it if the pager lets it; or it ends. */
export const releaseObject = implementing(
  [
    'mach/last-unmap-terminates', 'mach/cached-object-may-be-kept', 'mach/kept-object-keeps-its-pages', 'mach/temporary-objects-return-nothing-in-the-end',
  ],
  (world: Mach<Cascade | 'cached object'>, object: ObjectId): void => {
    const { state, mechanisms } = world;
    const pager = pagerOf(world, object);
    if (pager?.cacheable === true && isKept(world, object, pager)) {
      if (!pager.cached) change(objectOf(state, object)).pager = { ...pager, cached: true };
      return;
    }
    if (pager !== null && pager.strategy !== 'temporary') {
      objectOf(state, object).pages.forEach((page, index) => {
        if (page?.tag === 'resident' && (page.dirty || page.precious)) mechanisms.returnPage(world, object, index, page, false);
      });
    }
    mechanisms.collapse(world, object);
    mechanisms.wakeFaulters(world, object, null);
    if (pager !== null) mechanisms.terminateObject(world, pager);
  },
);

/** The port of a memory object has died, and its pager with it. */
export const loseObject = implementing(
  ['mach/pager-death-fails-waiting-threads', 'mach/orphaned-pages-may-stay'],
  (world: Mach<Cascade | 'orphaned pages'>, port: PortId): void => {
    const { state, mechanisms } = world;
    memoryOf(state).objects.forEach(({ life, pager }, object) => {
      if (life === 'dead' || pager === null || pager.port !== port || pager.status === 'gone') return;
      orphan(world, object as ObjectId);
      mechanisms.killPort(world, pager.control);
      mechanisms.killPort(world, pager.name);
    });
  },
);
