import type { MachState } from '#model/mach/state';
import { monitor } from '#properties/obligation';
import { callerEvent, callerTask, denotedTask, errorOf, succeeded } from '#properties/mach/facts';
import { besides } from '#properties/mach/laws/changes';
import { isCall } from '#properties/mach/laws/ledger';
import { allowed, Before, differences, hasPagers, meets, misanswered, wrongs } from '#properties/mach/laws/memory/answers';
import { bitsOf, Eager } from '#properties/mach/laws/memory/eager';
import { eagerRelation } from '#properties/mach/laws/memory/histories';
import { wrongTouch } from '#properties/mach/laws/memory/touches';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const refusedWith = (operation: MachStep['call']['operation'], error: string) => (step: MachStep): boolean =>
  step.call.operation === operation && step.before.memory !== null && errorOf(step) === error;

const isHeld = (step: MachStep): boolean => step.before.memory !== null && step.after.memory !== null;

/** Every pair of pages of different tasks that share memory. */
function sharers({ memory }: MachState): number {
  if (memory === null) return 0;
  const owners = new Map<string, Set<number>>();
  memory.spaces.forEach(({ pages }, task) => pages.forEach((mapping) => {
    if (mapping === null) return;
    const key = `${mapping.object}/${mapping.index}`;
    owners.set(key, (owners.get(key) ?? new Set()).add(task));
  }));
  return [...owners.values()].filter(({ size }) => size > 1).length;
}

const holes = (before: Before, call: { readonly address: number; readonly size: number }): boolean => {
  const places = before.places(call);
  return places.some((place) => place === null) && places.some((place) => place !== null);
};

/** The maximum protection of each page that is mapped before and after. */
const grown = (step: MachStep): readonly string[] => {
  if (!isHeld(step)) return [];
  return step.before.memory!.spaces.flatMap(({ pages }, task) => pages.flatMap((mapping, page) => {
    const now = step.after.memory!.spaces[task]!.pages[page] ?? null;
    const stays = mapping !== null && now !== null && now.object === mapping.object;
    return stays && (now.maximum & ~mapping.maximum) !== 0 ? [`the maximum of page ${page} of T${task + 1} grew`] : [];
  }));
};

export const virtualMemoryLaws = {
  'mach/space-maps-pages-to-objects': {
    always: ({ memory }) => (memory === null ? [] : memory.spaces.flatMap(({ pages }, task) => [
      ...(pages.length === memory.pageCount ? [] : [`the space of T${task + 1} has ${pages.length} pages`]),
      ...pages.flatMap((mapping, page) => (mapping === null || memory.objects[mapping.object]?.life === 'live'
        ? [] : [`page ${page} of T${task + 1} stands for nothing`])),
    ])),
    step: wrongs,
    on: ['vm_region'],
    sometimes: {
      'a region is shown that lies at the address': meets('vm_region', (before, { address }) => before.isMapped({ address, size: 1 })),
      'a region is shown that lies further up': meets('vm_region', (before, { address }, step) =>
        succeeded(step) && before.isFree({ address, size: 1 })),
      'a region ends where pages differ': meets('vm_region', (before, _, step) => {
        if (!succeeded(step)) return false;
        const { address, size } = (callerEvent(step) as { value: { address: number; size: number } }).value;
        const next = before.places({ address: address + size, size: 1 })[0] ?? null;
        return next !== null;
      }),
      'nothing is mapped from an address on': refusedWith('vm_region', 'KERN_NO_SPACE'),
    },
  },

  'mach/allocated-memory-is-zero-filled': {
    step: wrongs,
    on: ['vm_allocate'],
    sometimes: {
      'memory is allocated anywhere': meets('vm_allocate', (_, { anywhere, size }, step) => succeeded(step) && anywhere && size > 0),
      'memory is allocated at an address within a page': meets('vm_allocate', (before, { anywhere, address, size }, step) =>
        succeeded(step) && !anywhere && size > 0 && !before.isAligned(address)),
      'part of a page is asked for': meets('vm_allocate', (before, { size }, step) => succeeded(step) && !before.isAligned(size)),
      'nothing is asked for': meets('vm_allocate', (_, { size }, step) => succeeded(step) && size === 0),
      'the place is taken': meets('vm_allocate', (_, call, step) => errorOf(step) === 'KERN_NO_SPACE' && !call.anywhere),
      'there is no room': meets('vm_allocate', (_, call, step) => errorOf(step) === 'KERN_NO_SPACE' && call.anywhere),
      'the address is out of range': refusedWith('vm_allocate', 'KERN_INVALID_ADDRESS'),
    },
  },

  'mach/deallocate-rounds-outward': {
    step: wrongs,
    on: ['vm_deallocate'],
    sometimes: {
      'part of a page is given up': meets('vm_deallocate', (before, call, step) =>
        succeeded(step) && call.size > 0 && !before.isAligned(call.address, call.size) && before.isMapped(call)),
      'memory is given up that another task shares': meets('vm_deallocate', (before, call, step) =>
        succeeded(step) && before.places(call).some((place) => place !== null && isShared(before.eager, place.cell))),
      'memory of another task is given up': meets('vm_deallocate', (before, call, step) =>
        succeeded(step) && call.size > 0 && denotedTask(step) !== callerTask(step) && before.isMapped(call)),
    },
  },

  'mach/protection-stays-below-the-maximum': {
    /* One variant lets memory be mapped with more. */
    always: ({ memory, variant }) => (memory === null || variant === 'gnumach' ? [] : memory.spaces.flatMap(({ pages }, task) => pages.flatMap((mapping, page) =>
      (mapping !== null && (mapping.current & ~mapping.maximum) !== 0 ? [`page ${page} of T${task + 1} allows more than its maximum`] : [])))),
    step: (step) => [...grown(step), ...(isCall(step, 'vm_protect') ? wrongs(step) : [])],
    sometimes: {
      'a protection is lowered': meets('vm_protect', (before, call, step) => succeeded(step) && !call.setMaximum
        && before.places(call).some((place) => place !== null && place.current !== bitsOf(call.protection))),
      'a maximum is lowered below what is allowed': meets('vm_protect', (before, call, step) => succeeded(step) && call.setMaximum
        && before.places(call).some((place) => place !== null && (place.current & ~bitsOf(call.protection)) !== 0)),
      'a protection is beyond the maximum': refusedWith('vm_protect', 'KERN_PROTECTION_FAILURE'),
      'a protection is beyond the maximum of the last page alone': meets('vm_protect', (before, call, step) => {
        const places = before.places(call);
        const exceeds = (at: number) => places[at] !== null && (bitsOf(call.protection) & ~places[at]!.maximum) !== 0;
        return errorOf(step) === 'KERN_PROTECTION_FAILURE' && places.length > 1 && !exceeds(0) && exceeds(places.length - 1);
      }),
    },
  },

  'mach/inheritance-acts-at-task-creation': {
    step: wrongs,
    on: ['vm_inherit'],
    sometimes: {
      ...Object.fromEntries((['share', 'copy', 'none'] as const).map((how) => [
        `a range is marked ${how}`,
        meets('vm_inherit', (before, call, step) => succeeded(step) && call.inheritance === how
          && before.places(call).some((place) => place !== null && place.inheritance !== how)),
      ])),
      'an inheritance is none of the three': refusedWith('vm_inherit', 'KERN_INVALID_ARGUMENT'),
    },
  },

  'mach/child-inherits-range-by-range': {
    step: (step) => differences(step).map(({ text }) => text),
    on: ['task_create'],
    sometimes: {
      'a child is given nothing of some page': forked((place) => place.inheritance === 'none'),
      'a child is given a copy': forked((place) => place.inheritance === 'copy'),
      'a child shares a page': forked((place) => place.inheritance === 'share'),
      'a child is given protected memory': forked((place) => place.inheritance !== 'none' && place.current < 7),
      'a child is given memory that has been written': forked((place) => place.inheritance === 'copy' && /[1-9a-f]/.test(place.cell.bytes)),
      'a task with memory has a child without': (step) => isCall(step, 'task_create') && succeeded(step) && !step.call.inherit
        && step.before.memory !== null && Eager.of(step.before).spaces[denotedTask(step)!]!.some((place) => place !== null),
    },
  },

  'mach/sharing-comes-by-inheritance': {
    step: (step) => (isHeld(step) ? differences(step).filter(({ aspect }) => aspect === 'sharing').map(({ text }) => text) : []),
    sometimes: {
      'a shared page is written': meets('store', (before, { address }, step) =>
        succeeded(step) && before.places({ address, size: 1 }).some((place) => place !== null && isShared(before.eager, place.cell))),
      'three tasks share a page': ({ after }) => {
        if (after.memory === null || sharers(after) === 0) return false;
        const counts = new Map<string, Set<number>>();
        after.memory.spaces.forEach(({ pages }, task) => pages.forEach((mapping) => {
          if (mapping !== null) counts.set(`${mapping.object}/${mapping.index}`, (counts.get(`${mapping.object}/${mapping.index}`) ?? new Set()).add(task));
        }));
        return [...counts.values()].some(({ size }) => size > 2);
      },
      'a shared page is protected in one task': meets('vm_protect', (before, call, step) =>
        succeeded(step) && before.places(call).some((place) => place !== null && isShared(before.eager, place.cell))),
    },
  },

  'mach/read-write-and-copy-move-snapshots': {
    step: wrongs,
    on: ['vm_read', 'vm_write', 'vm_copy'],
    sometimes: {
      'memory of another task is read': meets('vm_read', (_, call, step) => succeeded(step) && call.size > 0 && denotedTask(step) !== callerTask(step)),
      'memory within a page is read': meets('vm_read', (before, call, step) => succeeded(step) && call.size > 0 && !before.isAligned(call.address)),
      'memory is written': meets('vm_write', (_, call, step) => succeeded(step) && call.size > 0),
      'several pages are written': meets('vm_write', (before, call, step) => succeeded(step) && call.size > before.eager.pageSize),
      'what is to be written cannot be read': refusedWith('vm_write', 'MACH_SEND_INVALID_MEMORY'),
      'a copy overlaps its source': meets('vm_copy', (_, { source, destination, size }, step) =>
        succeeded(step) && size > 0 && source !== destination && Math.abs(source - destination) < size),
      ...Object.fromEntries((['KERN_INVALID_ADDRESS', 'KERN_PROTECTION_FAILURE', 'KERN_INVALID_ARGUMENT'] as const).flatMap((error) =>
        (['vm_read', 'vm_write', 'vm_copy'] as const).map((operation) => [`${operation} is refused with ${error}`, refusedWith(operation, error)]))),
    },
  },

  'mach/map-binds-a-range-to-an-object': {
    step: wrongs,
    on: ['vm_map'],
    sometimes: {
      'memory is mapped with less than all access': meets('vm_map', (_, { maximum }, step) => succeeded(step) && maximum.length < 3),
      'memory is mapped to be shared': meets('vm_map', (_, { inheritance }, step) => succeeded(step) && inheritance === 'share'),
      'a mapping is refused for its arguments': refusedWith('vm_map', 'KERN_INVALID_ARGUMENT'),
      'a mapping is refused for lack of space': refusedWith('vm_map', 'KERN_NO_SPACE'),
    },
  },

  'mach/access-is-judged-by-the-map': {
    step: wrongTouch,
    on: ['load', 'store'],
    sometimes: {
      'a byte other than zero is read': (step) => isCall(step, 'load') && succeeded(step) && (callerEvent(step) as { value: { byte: string } }).value.byte !== '00',
      'a byte within a page is written': meets('store', (before, { address }, step) => succeeded(step) && !before.isAligned(address)),
      'what is not mapped is touched': meets('load', (before, { address }) => before.isFree({ address, size: 1 })),
      'what may not be written is written': meets('store', (before, { address }) => before.faults({ address, size: 1 }, 'write').includes('KERN_PROTECTION_FAILURE')),
      'what may not be read is read': meets('load', (before, { address }) => before.faults({ address, size: 1 }, 'read').includes('KERN_PROTECTION_FAILURE')),
    },
  },

  'mach/copy-on-write-is-invisible': {
    monitor: monitor<MachState, MachStep['call'], { eager: Eager | null }>({
      start: () => ({ eager: null }),
      next: (seen, step) => {
        if (!isHeld(step)) return [];
        if (step.after.memory!.objects.some(({ pager }) => pager !== null)) {
          seen.eager = Eager.of(step.after);
          return [];
        }
        seen.eager ??= Eager.of(step.before);
        seen.eager.misread.length = 0;
        return seen.eager.apply(step).differences(step.after)
          .filter(({ aspect }) => aspect === 'contents' || aspect === 'load').map(({ text }) => text);
      },
    }),
    relates: eagerRelation,
    sometimes: {
      'an original is written that has a copy': (step) => isWritten(step, (before, object) => before.memory!.objects[object]!.copy !== null),
      'a copy is written': (step) => isWritten(step, (before, object) => before.memory!.objects[object]!.shadow !== null),
      'a copy of a copy is written': (step) => isWritten(step, (before, object) => {
        const { shadow } = before.memory!.objects[object]!;
        return shadow !== null && before.memory!.objects[shadow]!.shadow !== null;
      }),
      'an original goes before its copy': (step) => isHeld(step) && step.before.memory!.objects.some(({ life, copy }, object) =>
        life === 'live' && copy !== null && step.after.memory!.objects[object]!.life === 'dead'),
    },
  },

  'mach/memory-may-go-anywhere-free': {
    step: (step) => (step.before.memory !== null && succeeded(step) ? misanswered(step) : []),
    on: ['vm_allocate', 'vm_map', 'vm_read'],
    sometimes: {
      'there is more than one place': meets('vm_allocate', (_, { anywhere, size }, step) =>
        anywhere && size > 0 && step.choices.some(({ kind }) => kind === 'address')),
      'a mask rules places out': meets('vm_map', (before, { anywhere, mask }, step) => succeeded(step) && anywhere && mask >= before.eager.pageSize),
      'data arrives somewhere': meets('vm_read', (_, { size }, step) => succeeded(step) && size > 0),
    },
  },

  'mach/regions-may-be-split-anywhere': {
    step: (step) => (step.before.memory === null ? [] : [...misanswered(step), ...(hasPagers(step) ? [] : besides(step))]),
    on: ['vm_region'],
    sometimes: {
      'a region may be split': (step) => isCall(step, 'vm_region') && step.choices.some(({ kind }) => kind === 'region'),
    },
  },

  'mach/unmapped-ranges-may-be-skipped': {
    step: (step) => (step.before.memory !== null && allowed(step).errors.includes('KERN_INVALID_ADDRESS') ? wrongs(step) : []),
    on: ['vm_deallocate', 'vm_protect', 'vm_inherit'],
    sometimes: Object.fromEntries((['vm_deallocate', 'vm_protect', 'vm_inherit'] as const).flatMap((operation) => [
      [`${operation} leaves out what is not mapped`, meets(operation, (before, call, step) => succeeded(step) && holes(before, call))],
      [`${operation} refuses what is not mapped`, meets(operation, (before, call, step) => errorOf(step) === 'KERN_INVALID_ADDRESS' && holes(before, call))],
    ])),
  },
} satisfies MachLaws;

function forked(wanted: (place: NonNullable<Eager['spaces'][number][number]>) => boolean) {
  return (step: MachStep): boolean => isCall(step, 'task_create') && succeeded(step) && step.call.inherit && step.before.memory !== null
    && Eager.of(step.before).spaces[denotedTask(step)!]!.some((place) => place !== null && wanted(place));
}

/** Whether pages of several tasks are kept in one cell. */
function isShared({ spaces }: Eager, cell: object): boolean {
  return spaces.filter((pages) => pages.some((place) => place?.cell === cell)).length > 1;
}

function isWritten(step: MachStep, wanted: (before: MachState, object: number) => boolean): boolean {
  if (!isCall(step, 'store') || step.before.memory === null || !succeeded(step)) return false;
  const { pageSize, spaces } = step.before.memory;
  const mapping = spaces[callerTask(step)]!.pages[Math.floor(step.call.address / pageSize)] ?? null;
  return mapping !== null && wanted(step.before, mapping.object);
}

