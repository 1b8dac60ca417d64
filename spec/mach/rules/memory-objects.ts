import { cite, rules } from '#spec/rule';

/** Memory objects: how they come to be known, and how they end. */
export const memoryObjectRules = rules({
  'mach/object-has-control-and-name-ports': {
    number: 'MACH-EMM-01',
    states:
      'A memory object is a port of its pager. The kernel that maps it makes two more, of which it keeps the ' +
      'receive rights: who holds the control port may supply, lock and flush, who holds the object port may ' +
      'map, and the name port only identifies.',
    source: cite('KP: 5 "Memory Objects"; SOSP: 3.4.1'),
    standing: 'stated',
  },
  'mach/first-map-sends-init': {
    number: 'MACH-EMM-03',
    states:
      'The first mapping of an object sends its pager the control port, the name port and the page size, and ' +
      'does not wait. Later mappings on that host send nothing.',
    source: cite('KP: 5 "Memory Object Creation"; GM: Memory Object Creation'),
    standing: 'stated',
  },
  'mach/no-request-before-ready': {
    number: 'MACH-EMM-04',
    states:
      'Until the pager says that it is ready, the kernel asks it for no page and for no access; threads that ' +
      'need one wait.',
    source: cite('GM: memory_object_ready; SRC: vm/vm_fault.c vm_fault_page'),
    standing: 'stated',
  },
  'mach/last-unmap-terminates': {
    number: 'MACH-EMM-06',
    states:
      'When the last mapping goes, the kernel returns dirty and precious pages, none of a temporary object, ' +
      'and then ends the object: the last message carries the control and the name port to the pager. An ' +
      'object that its pager lets it cache it may keep instead, and map again without a word.',
    source: cite('KP: 5 "Memory Object Termination"; SOSP: 4.1'),
    standing: 'stated',
  },
  'mach/destroyed-object-asks-nothing-more': {
    number: 'MACH-EMM-09',
    states:
      'When a pager gives an object up, the kernel sends it the last message and nothing after that. A ' +
      'touch of a page that is not in memory is then a memory error.',
    source: cite('KP: 5 "Memory Object Termination"; GM: memory_object_destroy; SRC: vm/memory_object.c memory_object_destroy'),
    standing: 'stated',
  },
  'mach/pager-death-fails-waiting-threads': {
    number: 'MACH-EMM-10',
    states:
      'When the port of an object dies, what has been asked is given up: threads that wait fail with ' +
      'KERN_MEMORY_ERROR, and no last message is sent. What was dirty is lost.',
    source: cite('KP: 5 "Memory Object Termination"; SOSP: 6.2.1; SRC: vm/vm_object.c vm_object_destroy'),
    standing: 'stated',
  },
  'mach/same-object-shares-its-pages': {
    number: 'MACH-VM-10',
    states:
      'Whoever maps the same pages of an object on one host has the same pages of memory: what one task ' +
      'writes the other reads. A mapping by copy is a snapshot instead.',
    source: cite('KP: 5 "Memory Objects"; GM: memory_object_data_supply; GM: Mapping Memory Objects'),
    standing: 'stated',
  },
  'mach/delayed-copy-keeps-the-old-version': {
    number: 'MACH-EMM-40',
    states:
      'A copy of an object whose strategy is delay takes from the original what it has not got, by asking the ' +
      "original's pager; before a page of the original is written, the copy is given the old version.",
    source: cite('KP: 5 "Virtual Copy Dialog"'),
    standing: 'stated',
  },
  'mach/cached-object-may-be-kept': {
    number: 'MACH-UNS-17',
    states: 'Whether the kernel keeps an object that nobody maps, and that it may cache, is open.',
    source: cite('KP: 5 "Memory Object Termination"; SRC: vm/vm_object.c vm_object_deallocate'),
    standing: 'silent',
    readings: {
      keep: 'The object stays with its pages, and is mapped again without a word to the pager.',
      end: 'The object ends as if it could not be cached.',
    },
  },
  'mach/orphaned-pages-may-stay': {
    number: 'MACH-UNS-20',
    states: 'Whether pages in memory stay usable when their pager has died or given up is open.',
    source: cite('KP: 5 "Memory Object Termination"; SRC: vm/memory_object.c memory_object_destroy'),
    standing: 'silent',
    readings: {
      keep: 'They stay, for those who map them.',
      discard: 'They are discarded, and a touch is a memory error.',
    },
  },
  'mach/pager-may-reject-a-mapping': {
    number: 'MACH-EMM-05',
    states:
      'A pager rejects the mapping of its object by giving the object up in place of saying that it is ready. The ' +
      'range stays mapped, nothing is asked of the pager, and threads that waited for the object have a memory error.',
    source: cite('GM: memory_object_init; SRC: vm/memory_object.c memory_object_destroy'),
    standing: 'stated',
  },
  'mach/kept-object-keeps-its-pages': {
    number: 'MACH-EMM-07',
    states:
      'An object that is kept though nobody maps it keeps the pages it has in memory, until they are evicted or its ' +
      'pager disposes of them.',
    source: cite('KP: 5 "Memory Object Termination"; SRC: vm/vm_object.c vm_object_deallocate'),
    standing: 'disputed',
    readings: {
      documented: 'It may be kept with pages in memory or without.',
      gnumach: 'It is kept only while it has pages in memory.',
    },
  },
  'mach/remapped-object-has-other-ports': {
    number: 'MACH-EMM-08',
    states:
      'An object that has ended and is mapped again is another to the kernel, with a control and a name port of its ' +
      'own. Its pager is told of it anew, though the last word about the one before may still wait to be read.',
    source: cite('KI: memory_object_terminate'),
    standing: 'stated',
  },
  'mach/ended-object-hears-nothing-more': {
    number: 'MACH-EMM-31',
    states:
      'Nobody answers at the ports of an object that has ended. What is sent through a right to one that is dead fails ' +
      'as any message to a dead port.',
    source: cite('KP: 5 "Memory Object Termination"; KI: memory_object_terminate; SRC: vm/vm_object.c vm_object_terminate'),
    standing: 'disputed',
    readings: {
      documented: 'The last word gives both receive rights to the pager, or both ports die and it names dead ones.',
      gnumach: 'The last word gives both receive rights to the pager.',
    },
  },
  'mach/copies-may-be-made-at-once': {
    number: 'MACH-EMM-41',
    states: 'With the strategy none every page is fetched and copied when the copy is made.',
    source: cite('KP: 5 "Virtual Copy Dialog"'),
    standing: 'stated',
  },
  'mach/pagers-may-manage-their-copies': {
    number: 'MACH-EMM-42',
    states: 'With the strategy call the pager is told of a copy, and manages it itself.',
    source: cite('KP: 5 "Virtual Copy Dialog"'),
    standing: 'stated',
  },
  'mach/temporary-objects-return-nothing-in-the-end': {
    number: 'MACH-EMM-43',
    states:
      'A temporary object is copied as with delay. While it lives its dirty and precious pages are returned like any ' +
      'others; with its end they are dropped.',
    source: cite('KP: 5 "Virtual Copy Dialog"; KI: memory_object_change_attributes'),
    standing: 'stated',
  },
  'mach/kernels-share-objects-through-their-pager': {
    number: 'MACH-EMM-62',
    states:
      'Several kernels may have pages of one object, each with a control port of its own. What they hold of the same ' +
      'page is for the pager to keep alike.',
    source: cite('SOSP: 4.2; FOR: 3; PAP: 4.3'),
    standing: 'stated',
  },
  'mach/shared-pages-have-one-writer': {
    number: 'MACH-EMM-63',
    states:
      'A pager that keeps memory of several kernels alike lets one write a page only when every reader has confirmed ' +
      'that it has flushed it.',
    source: cite('FOR: 3, 4'),
    standing: 'stated',
  },
});
