import type { Name, ReportedName, SentItem, SentMessage, TaskId } from '#spec/mach/vocabulary';
import { canCopyin, carriedKind } from '#model/mach/rights/copyin';
import {
  HEADER_BYTES, LONG_DESCRIPTOR_BYTES, SHORT_DESCRIPTOR_BYTES, WORD_BYTES, entryOf, reserveName, touch,
} from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import { DEAD, NULL, type Carried, type Item, type MachState, type PortId } from '#model/mach/state';

const PORT_BITS = 32;

export type BodyError = 'MACH_SEND_MSG_TOO_SMALL' | 'MACH_SEND_INVALID_TYPE' | 'MACH_SEND_INVALID_RIGHT' | 'MACH_SEND_INVALID_MEMORY';

/** The items copied in so far, and what stopped the copying, if anything did. */
export interface CopiedBody {
  readonly body: readonly Item[];
  readonly circular: boolean;
  readonly complex: boolean;
  readonly error: BodyError | null;
}

/** Takes the rights of a complex message's body, item by item; the first that cannot be taken ends it. */
export const copyinBody = implementing(
  [
    'mach/body-failure-destroys-rights-taken', 'mach/complex-body-is-typed-items',
    'mach/complex-flag-needs-ports-or-regions', 'mach/port-items-keep-messages-complex',
    'mach/failing-item-spares-later-ones', 'mach/null-and-dead-may-replace-rights',
  ],
  (world: Mach<Cascade>, task: TaskId, message: SentMessage, destination: PortId): CopiedBody => {
    const body: Item[] = [];
    let circular = false;
    let room = (message.size ?? Number.POSITIVE_INFINITY) - HEADER_BYTES;
    for (const item of message.body) {
      if (room <= 0) break;
      const error = itemError(item, room);
      if (error !== null) return { body, circular, complex: true, error };
      if (item.tag === 'data') {
        body.push(dataItem(item));
      } else if (item.tag === 'name') {
        body.push({ tag: 'name', name: asData(world.state, task, destination, item.name) });
      } else if (item.tag === 'region') {
        const region = world.mechanisms.copyinRegion(world, task, item);
        if (region === null) return { body, circular, complex: true, error: 'MACH_SEND_INVALID_MEMORY' };
        body.push(region);
      } else {
        const rights = copyinRights(world, task, item);
        body.push({ tag: 'rights', kind: carriedKind[item.disposition], rights, long: item.long });
        circular ||= rights.some((right) => right.tag === 'right' && right.kind === 'receive'
          && world.mechanisms.isCircular(world, right.port, destination));
        if (rights.length < item.names.length) return { body, circular, complex: true, error: 'MACH_SEND_INVALID_RIGHT' };
      }
      room -= descriptorBytes(item) + Math.ceil(payloadBytes(item) / WORD_BYTES) * WORD_BYTES;
    }
    return { body, circular, complex: body.some(({ tag }) => tag === 'rights' || tag === 'region'), error: null };
  },
);

/** What a simple message carries: the bytes of its items, whatever they say. */
export function opaqueBody(state: MachState, task: TaskId, { body, size }: SentMessage, destination: PortId): readonly Item[] {
  const items: Item[] = [];
  let room = (size ?? Number.POSITIVE_INFINITY) - HEADER_BYTES;
  for (const item of body) {
    const bytes = descriptorBytes(item) + Math.ceil(payloadBytes(item) / WORD_BYTES) * WORD_BYTES;
    if (bytes > room) break;
    room -= bytes;
    items.push(opaque(state, task, destination, item));
  }
  return items;
}

function opaque(state: MachState, task: TaskId, destination: PortId, item: SentItem): Item {
  switch (item.tag) {
    case 'data': return dataItem(item);
    case 'region': return { ...item, tag: 'pointer' };
    case 'name': return { tag: 'name', name: asData(state, task, destination, item.name) };
    case 'rights': {
      const { disposition, names, long } = item;
      return { tag: 'uninterpreted', disposition, names: names.map((name) => remembered(state, { task, name })), long };
    }
  }
}

/** A name as data: of the task that the message goes to, and otherwise of its sender's, where it is remembered. */
function asData(state: MachState, sender: TaskId, destination: PortId, name: Name): ReportedName {
  if (state.ports[destination]!.kernel !== 'task') return remembered(state, { task: sender, name });
  return { task: state.tasks.findIndex(({ port }) => port === destination) as TaskId, name };
}

function remembered(state: MachState, name: ReportedName): ReportedName {
  reserveName(state, name);
  return name;
}

const dataItem = ({ type, bits, bytes, long }: Extract<SentItem, { tag: 'data' }>): Item =>
  ({ tag: 'data', type, bits, bytes, long });

/** The form of one item is judged before its contents. */
function itemError(item: SentItem, room: number): BodyError | null {
  if (room < descriptorBytes(item)) return 'MACH_SEND_MSG_TOO_SMALL';
  if (('deallocate' in item && item.deallocate && item.tag !== 'region') || (item.tag === 'rights' && item.bits !== PORT_BITS)) return 'MACH_SEND_INVALID_TYPE';
  return room < descriptorBytes(item) + payloadBytes(item) ? 'MACH_SEND_MSG_TOO_SMALL' : null;
}

/** The rights of one item, up to the first that its sender cannot give. */
function copyinRights(
  world: Mach<Cascade>, task: TaskId, { names, disposition }: Extract<SentItem, { tag: 'rights' }>,
): readonly Carried[] {
  const { state, mechanisms } = world;
  const rights: Carried[] = [];
  for (const name of names) {
    if (name === NULL || name === DEAD) {
      rights.push({ tag: name === DEAD ? 'dead' : 'null', kind: carriedKind[disposition] });
      continue;
    }
    if (!canCopyin(entryOf(state, task, name), disposition, true)) {
      touch(state, task, name);
      break;
    }
    const { right, deleted } = mechanisms.copyin(world, task, name, disposition);
    if (deleted !== null) mechanisms.notifyPortDeleted(world, deleted, { task, name });
    rights.push(right);
  }
  return rights;
}

const descriptorBytes = (item: SentItem): number => ('long' in item && item.long ? LONG_DESCRIPTOR_BYTES : SHORT_DESCRIPTOR_BYTES);

/** Of a region, the message itself holds the address alone. */
function payloadBytes(item: SentItem): number {
  switch (item.tag) {
    case 'data': return item.bytes.length / 2;
    case 'rights': return item.names.length * WORD_BYTES;
    default: return WORD_BYTES;
  }
}

/** The exact size of a message as it is sent. */
export const sentBytes = ({ body }: SentMessage): number => body.reduce(
  (bytes, item: SentItem) => bytes + descriptorBytes(item) + Math.ceil(payloadBytes(item) / WORD_BYTES) * WORD_BYTES,
  HEADER_BYTES,
);

export const nameIsStandIn = (name: Name): boolean => name === NULL || name === DEAD;
