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
});
