import type { MachRule } from '#spec/mach/rules';
import type { MachArguments, MachRaises, TaskId } from '#spec/mach/vocabulary';
import { fromBits, isAligned, mappingAt, mappingsIn, memoryOf, pagesOf, setMapping, toBits, within, type Pages } from '#model/mach/memory/space';
import { skipsHoles } from '#model/mach/memory/leniency';
import type { Mapping } from '#model/mach/memory/state';
import { chooseError } from '#model/mach/messages/send';
import { taskFor } from '#model/mach/tasks/target';
import { implementing, refused, type Mach, type MachOperation } from '#model/mach/world';
import { raised, returned } from '#model/operation';

/** Changes what is mapped of a range, page by page. */
export const alterPages = implementing(
  ['mach/protection-stays-below-the-maximum', 'mach/inheritance-acts-at-task-creation'],
  ({ state }: Mach, task: TaskId, pages: Pages, alter: (mapping: Mapping) => Mapping): void => {
    for (const [page, mapping] of mappingsIn(state, task, pages)) {
      if (mapping !== null) setMapping(state, task, page, alter(mapping));
    }
  },
);

/** The pages of a range that are to be changed. In one variant an empty range within a page is that page. */
function pagesFor(world: Mach, rule: MachRule, range: { readonly address: number; readonly size: number }): Pages {
  const memory = memoryOf(world.state);
  const pages = pagesOf(memory, range);
  if (world.state.variant !== 'gnumach' || range.size > 0 || isAligned(memory, range.address)) return pages;
  world.deviate(rule);
  return { first: pages.first, end: pages.first + 1 };
}

/** Sets the protection of a range, or lowers its maximum: all of it or nothing. */
export const vmProtect: MachOperation<'vm_protect', 'unmapped range' | 'error'> = {
  implements: ['mach/protection-stays-below-the-maximum', 'mach/unmapped-ranges-may-be-skipped'],

  step(world, { thread, task, address, size, setMaximum, protection }) {
    world.charge('trap');
    const { mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const pages = pagesFor(world, 'mach/protection-stays-below-the-maximum', { address, size });
    if (pages.first === pages.end) return returned(null);
    const wanted = toBits(protection);
    const errors: MachRaises<'vm_protect'>[] = [];
    if (!mechanisms.mayProtect(world, target.id, pages, wanted)) errors.push('KERN_PROTECTION_FAILURE');
    if (!skipsHoles(world, target.id, pages)) errors.push('KERN_INVALID_ADDRESS');
    if (errors.length > 0) return raised(chooseError(world, errors));
    // Effect.
    mechanisms.alterPages(world, target.id, pages, (mapping) => (setMaximum
      ? { ...mapping, maximum: mapping.maximum & wanted, current: mapping.current & wanted }
      : { ...mapping, current: wanted }));
    return returned(null);
  },
};

/** Whether a protection is below the maximum of every page of a range that is mapped. */
export const mayProtect = implementing(
  ['mach/protection-stays-below-the-maximum'],
  ({ state }: Mach, task: TaskId, pages: Pages, wanted: number): boolean =>
    [...mappingsIn(state, task, pages)].every(([, mapping]) => mapping === null || within(wanted, mapping.maximum)),
);

/** Says what tasks created later find of a range: the same memory, a copy of it, or nothing. */
export const vmInherit: MachOperation<'vm_inherit', 'unmapped range'> = {
  implements: ['mach/inheritance-acts-at-task-creation', 'mach/unmapped-ranges-may-be-skipped'],

  step(world, { thread, task, address, size, inheritance }) {
    world.charge('trap');
    const { mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (inheritance === 'other') return raised('KERN_INVALID_ARGUMENT');
    const pages = pagesFor(world, 'mach/inheritance-acts-at-task-creation', { address, size });
    if (pages.first === pages.end) return returned(null);
    if (!skipsHoles(world, target.id, pages)) return raised('KERN_INVALID_ADDRESS');
    // Effect.
    mechanisms.alterPages(world, target.id, pages, (mapping) => ({ ...mapping, inheritance }));
    return returned(null);
  },
};

/** What is mapped at an address or next after it: all around that is alike, or a part of that. */
export const vmRegion: MachOperation<'vm_region', 'region'> = {
  implements: ['mach/space-maps-pages-to-objects', 'mach/regions-may-be-split-anywhere'],

  step(world, { thread, task, address }: MachArguments<'vm_region'>) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const region = mechanisms.regionAt(world, target.id, address);
    if (region === null) return raised('KERN_NO_SPACE');
    // Effect: none.
    const { pageSize } = memoryOf(state);
    const { first, end, mapping } = region;
    return returned({
      address: first * pageSize, size: (end - first) * pageSize,
      protection: fromBits(mapping.current), maximum: fromBits(mapping.maximum), inheritance: mapping.inheritance,
    });
  },
};

/** The pages that a space may show as one region; null where nothing is mapped from an address on. */
export const regionAt = implementing(
  ['mach/space-maps-pages-to-objects', 'mach/regions-may-be-split-anywhere'],
  (world: Mach<'region'>, task: TaskId, address: number): Pages & { readonly mapping: Mapping } | null => {
    const { state } = world;
    const { pageCount, pageSize } = memoryOf(state);
    const from = Math.floor(address / pageSize);
    const [first, mapping] = [...mappingsIn(state, task, { first: from, end: pageCount })].find(([, one]) => one !== null) ?? [-1, null];
    if (mapping === null) return null;
    const alike = (page: number): boolean => {
      const other = mappingAt(state, task, page);
      return other !== null && isAlike(mapping, other);
    };
    const parts: Pages[] = [];
    for (let start = first; start >= 0 && alike(start); start -= 1) {
      for (let end = first + 1; end <= pageCount && alike(end - 1); end += 1) parts.unshift({ first: start, end });
    }
    return { ...world.choose('region', parts, (part) => `pages ${part.first} to ${part.end - 1}`), mapping };
  },
);

const isAlike = (a: Mapping, b: Mapping): boolean =>
  a.current === b.current && a.maximum === b.maximum && a.inheritance === b.inheritance;
