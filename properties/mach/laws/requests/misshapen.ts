import type { Name, SentItem } from '#spec/mach/vocabulary';
import type { MachCall } from '#model/mach/world';
import { int } from '#properties/mach/laws/requests/stubs';

/** Where a right of any kind may stand, or of either kind that one can reply through. */
const ofSeveralKinds: ReadonlySet<MachCall['operation']> = new Set([
  'mach_port_insert_right', 'memory_object_lock_request', 'memory_object_data_supply', 'memory_object_change_attributes',
]);

/** The items of a request, each time with one thing wrong, and what it is. */
export function* misshapen(items: readonly SentItem[], operation: MachCall['operation']): Generator<readonly [string, readonly SentItem[]]> {
  if (items.length > 0) yield ['an item too few', items.slice(0, -1)];
  yield ['an item too many', [...items, int(0)]];
  for (const [at, item] of items.entries()) {
    for (const [what, wrong] of misshapenItem(item, operation)) yield [what, items.map((one, place) => (place === at ? wrong : one))];
  }
}

function* misshapenItem(item: SentItem, operation: MachCall['operation']): Generator<readonly [string, SentItem]> {
  switch (item.tag) {
    case 'name': return yield ['a number for a name', int(item.name)];
    case 'region': return yield ['a number for memory', int(item.address)];
    case 'rights': return yield* misshapenRights(item, operation);
    case 'data':
      // Whatever is of one word may stand where a right is to be inserted, and is refused there as no right.
      if (operation === 'mach_port_insert_right') return;
      yield ['a number of another type', { ...item, type: item.type === 2 ? 0 : 2 }];
      yield ['a number of another size', { ...item, bits: 16, bytes: item.bytes.slice(0, 4) }];
      yield ['a long number', { ...item, long: true }];
  }
}

function* misshapenRights(item: Extract<SentItem, { tag: 'rights' }>, operation: MachCall['operation']): Generator<readonly [string, SentItem]> {
  if (operation !== 'mach_port_insert_right') yield ['a number for a right', int(0)];
  if (operation === 'mach_ports_register') return;
  yield ['two rights for one', { ...item, names: [...item.names, 0 as Name] }];
  if (ofSeveralKinds.has(operation)) return;
  const isOnce = item.disposition.endsWith('send-once');
  yield ['a right of another kind', { ...item, names: [0 as Name], disposition: isOnce ? 'make-send' : 'make-send-once' }];
}
