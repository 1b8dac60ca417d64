import { cite, rules } from '#spec/rule';

/** What an address space is, and what the memory calls make of it. */
export const virtualMemoryRules = rules({
  'mach/space-maps-pages-to-objects': {
    number: 'MACH-VM-01',
    states:
      'An address space maps each page to a page of a memory object, with a current protection, a maximum ' +
      'protection and an inheritance. Regions are a grouping of pages that are alike; the kernel may split ' +
      'and merge them, and they show in `vm_region` alone.',
    source: cite('KP: 5 "Virtual Memory"'),
    standing: 'stated',
  },
  'mach/allocated-memory-is-zero-filled': {
    number: 'MACH-VM-02',
    states:
      'What `vm_allocate` gives is filled with zeros, allows all access, and is inherited by copy. A fixed ' +
      'address is rounded down and the size up; an overlap or a lack of room is KERN_NO_SPACE, an address ' +
      'out of range KERN_INVALID_ADDRESS. Size 0 succeeds with address 0.',
    source: cite('GM: Memory Allocation; SRC: vm/vm_user.c vm_allocate'),
    standing: 'stated',
  },
  'mach/deallocate-rounds-outward': {
    number: 'MACH-VM-03',
    states:
      '`vm_deallocate` unmaps every page that its range touches, in the one task alone: whoever shares the ' +
      'data keeps it. Whether a range with unmapped pages is refused is in dispute.',
    source: cite('KI: vm_deallocate; SRC: vm/vm_map.c vm_map_remove'),
    standing: 'disputed',
    readings: {
      documented: 'KERN_INVALID_ADDRESS or success, which leaves out what is not mapped.',
      gnumach: 'Success, which leaves out what is not mapped.',
    },
  },
  'mach/protection-stays-below-the-maximum': {
    number: 'MACH-VM-04',
    states:
      'A new protection beyond the maximum of any page of the range is KERN_PROTECTION_FAILURE, and nothing ' +
      'changes. Setting the maximum lowers it and clips the current protection; it never grows. Whether a ' +
      'range with unmapped pages is refused is in dispute.',
    source: cite('KI: vm_protect; SRC: vm/vm_map.c vm_map_protect'),
    standing: 'disputed',
    readings: {
      documented: 'KERN_INVALID_ADDRESS or success, which leaves out what is not mapped.',
      gnumach: 'Success, which leaves out what is not mapped.',
    },
  },
  'mach/inheritance-acts-at-task-creation': {
    number: 'MACH-VM-05',
    states:
      '`vm_inherit` sets share, copy or none, and refuses anything else with KERN_INVALID_ARGUMENT. What it ' +
      'sets acts at later calls of `task_create` alone.',
    source: cite('KI: vm_inherit'),
    standing: 'stated',
  },
  'mach/child-inherits-range-by-range': {
    number: 'MACH-VM-06',
    states:
      'A task created with inheritance finds, page by page, nothing where its template has none; a snapshot ' +
      'of that instant where it has copy, with later writes private on both sides; and the same storage ' +
      'where it has share. Protections and the inheritance value are as in the template, and from then on ' +
      "each task's own.",
    source: cite('KP: 5 "Virtual Memory"; SRC: vm/vm_map.c vm_map_fork'),
    standing: 'stated',
  },
  'mach/sharing-comes-by-inheritance': {
    number: 'MACH-VM-07',
    states:
      'Without a pager, inheritance is the one way to share memory between two tasks. Shared pages stay ' +
      'shared, whatever is done to them, and pass on to grandchildren while they are still marked share.',
    source: cite('KI: vm_inherit'),
    standing: 'stated',
  },
  'mach/read-write-and-copy-move-snapshots': {
    number: 'MACH-VM-08',
    states:
      '`vm_read` gives its caller a snapshot, `vm_write` overwrites mapped pages that can be written, and ' +
      '`vm_copy` does the one and then the other as if at once, also where they overlap. What is not mapped ' +
      'is KERN_INVALID_ADDRESS, what does not allow the access KERN_PROTECTION_FAILURE. What is written, ' +
      'and what it is written from, begins and ends with a page, or the call is KERN_INVALID_ARGUMENT.',
    source: cite('KI: vm_read, vm_write, vm_copy; GM: Data Transfer; SRC: vm/vm_user.c; SRC: vm/vm_map.c vm_map_copy_overwrite'),
    standing: 'disputed',
    readings: {
      documented: 'What is only read must begin and end with a page as well, or need not.',
      gnumach: 'What is only read may begin and end anywhere.',
    },
  },
  'mach/map-binds-a-range-to-an-object': {
    number: 'MACH-VM-09',
    states:
      '`vm_map` binds a range to a memory object, from an offset on, with the protections and the ' +
      'inheritance it is given; the null object stands for zeros. Size 0 is KERN_INVALID_ARGUMENT. It ' +
      'returns without waiting for the pager.',
    source: cite('GM: Mapping Memory Objects; SRC: vm/vm_user.c vm_map'),
    standing: 'stated',
  },
  'mach/access-is-judged-by-the-map': {
    number: 'MACH-VM-11',
    states:
      'A thread that touches what is not mapped raises an exception for KERN_INVALID_ADDRESS, and one that ' +
      'touches what does not allow it, for KERN_PROTECTION_FAILURE. Every other touch succeeds, perhaps ' +
      'after a wait of that thread alone.',
    source: cite('SOSP: 5.5; SRC: vm/vm_map.c vm_map_lookup'),
    standing: 'stated',
  },
  'mach/copy-on-write-is-invisible': {
    number: 'MACH-VM-12',
    states:
      'Copies are made when a page is first written, by objects that shadow one another: the topmost version ' +
      'of a page counts, and objects with a single user may be merged. None of this can be seen: what was ' +
      'copied holds what it held at that instant, byte for byte, until it is written itself.',
    source: cite('SRC: vm/vm_fault.c; SRC: vm/vm_object.c vm_object_collapse; KP: 5 "Virtual Copy Optimizations"'),
    standing: 'implementation',
  },
  'mach/memory-may-go-anywhere-free': {
    number: 'MACH-UNS-14',
    states:
      'Memory that may go anywhere, as received data, goes to any free pages; an address mask is respected.',
    source: cite('GM: Memory Allocation; GM: Mapping Memory Objects; GM: Memory'),
    standing: 'silent',
    readings: {
      lowest: 'The lowest free address.',
      other: 'Any other free address.',
    },
  },
  'mach/regions-may-be-split-anywhere': {
    number: 'MACH-UNS-21',
    states:
      '`vm_region` shows any run of pages that are alike as one region, also one that begins before the address ' +
      'that was asked.',
    source: cite('KI: vm_region; KP: 5 "Virtual Memory"; SRC: vm/vm_map.c vm_region'),
    standing: 'silent',
    readings: {
      whole: 'As long as the pages are alike.',
      split: 'Any shorter part.',
    },
  },
  'mach/unmapped-ranges-may-be-skipped': {
    number: 'MACH-UNS-27',
    states:
      '`vm_deallocate`, `vm_protect` and `vm_inherit` either refuse a range with unmapped pages as a whole, ' +
      'or do to its other pages what they would do without those.',
    source: cite('KI: vm_deallocate, vm_protect, vm_inherit; SRC: vm/vm_map.c'),
    standing: 'silent',
    readings: {
      refuse: 'KERN_INVALID_ADDRESS, and nothing changes.',
      skip: 'Success, for the pages that are mapped.',
    },
  },
  'mach/copy-strategy-says-what-copies-are': {
    number: 'MACH-VM-13',
    states:
      'What a copy of pages is that a pager keeps, its copy strategy says. With delay, and for temporary objects, no ' +
      'page is fetched to be copied: the copy begins with nothing of its own, and takes what it needs from the original.',
    source: cite('KP: 5 "Virtual Copy Dialog"'),
    standing: 'stated',
  },
});
