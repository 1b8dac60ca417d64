import { cite, rules } from '#spec/rule';

/** What the kernel and a pager say to each other about pages. */
export const pagerRules = rules({
  'mach/page-is-asked-for-once': {
    number: 'MACH-EMM-20',
    states: 'Between asking a pager for a page and its answer the kernel asks nothing more about that page.',
    source: cite('KP: 5 "Summary of Page Manipulations"'),
    standing: 'stated',
  },
  'mach/unlock-is-asked-once': {
    number: 'MACH-EMM-21',
    states:
      'The kernel asks once for each access more that is wanted of a page. A lock request makes it forget ' +
      'what it has asked.',
    source: cite('KP: 5 "Summary of Page Manipulations"; SRC: vm/memory_object.c memory_object_lock_page'),
    standing: 'stated',
  },
  'mach/lock-says-what-is-forbidden': {
    number: 'MACH-EMM-22',
    states:
      'The lock value of a page says what is forbidden, the last one alone, and for pages that are in memory ' +
      'when it comes. No thread does with a page what its pager forbids.',
    source: cite('GM: Memory Object Locking'),
    standing: 'stated',
  },
  'mach/lock-request-restricts-returns-and-flushes': {
    number: 'MACH-EMM-23',
    states:
      'A lock request restricts each page of its range, then returns it if that is asked and it is dirty (or ' +
      'precious, if all are asked for), then drops it if that is asked. When the whole range is done, and ' +
      'after everything that it returned, exactly one completion is sent if a reply port was given.',
    source: cite('SRC: vm/memory_object.c memory_object_lock_request; KP: 5 "Summary of Page Manipulations"'),
    standing: 'stated',
  },
  'mach/supplied-pages-spare-resident-ones': {
    number: 'MACH-EMM-25',
    states:
      'A pager may supply pages that nobody asked for. A page that is in memory already stays as it is: the ' +
      'supply is ignored from there on, and a completion that was asked for says KERN_MEMORY_PRESENT and where.',
    source: cite('GM: memory_object_data_supply; KI: memory_object_data_supply; SRC: vm/memory_object.c memory_object_data_supply'),
    standing: 'stated',
  },
  'mach/data-error-reaches-waiting-threads': {
    number: 'MACH-EMM-27',
    states:
      'An error for a page that was asked for is an exception for threads that wait for it: for all of them ' +
      'or for the first. Later touches ask again.',
    source: cite('KP: 5 "Summary of Page Manipulations"; KI: memory_object_data_error; SRC: vm/vm_fault.c vm_fault_page'),
    standing: 'disputed',
    readings: {
      documented: 'Every thread that waits takes the exception, or one of them does and the others ask again.',
      gnumach: 'One thread that waits takes the exception, and the others ask again.',
    },
  },
  'mach/answers-to-nothing-do-nothing': {
    number: 'MACH-EMM-28',
    states: 'An error, or the word that there is no data, about a page that was not asked for does nothing.',
    source: cite('SRC: vm/memory_object.c memory_object_data_error, memory_object_data_unavailable'),
    standing: 'stated',
  },
  'mach/dirty-pages-are-returned': {
    number: 'MACH-INV-37',
    states:
      'A page that was written leaves memory by being returned to its pager, with what was written; a ' +
      'precious page is returned even if it was not. Exceptions are temporary objects, pagers that are gone, ' +
      'and pages that the pager has dropped without asking for them.',
    source: cite('GM: memory_object_data_return; KP: 5 "Summary of Page Manipulations"'),
    standing: 'inferred',
  },
  'mach/paging-is-messages': {
    number: 'MACH-EMM-30',
    states:
      'What the kernel asks of a pager are messages to the object port, each with the control port; it sends ' +
      'them beyond any queue limit and never waits for an answer. Only threads wait, each for itself.',
    source: cite('KP: 5 "Memory Objects"; SOSP: 3.4.1; PAP: 4.3'),
    standing: 'stated',
  },
  'mach/page-states-follow-the-table': {
    number: 'MACH-EMM-TABLE',
    states:
      'A page of an object with a pager is absent, awaited, or in memory. A touch of an absent page makes it ' +
      'awaited; a supply brings what is awaited or absent into memory, as it was supplied; the word that ' +
      'there is none ends the wait with zeros or what is shadowed, an error ends it with nothing. Whoever ' +
      'waited tries again.',
    source: cite('KP: 5 "Summary of Page Manipulations"'),
    standing: 'stated',
  },
  'mach/evicted-page-leaves-before-the-pager-acts': {
    number: 'MACH-EMM-61',
    states:
      'A page that is evicted leaves its object before the pager has done anything: the next touch asks for ' +
      'it anew, though what was returned may still wait in a queue. The order of messages to the one object ' +
      'port tells the pager what came first.',
    source: cite('KP: 5 "Summary of Page Manipulations"; SRC: vm/vm_pageout.c vm_pageout_setup'),
    standing: 'stated',
  },
  'mach/pager-reaches-its-own-object-alone': {
    number: 'MACH-EMM-60',
    states:
      'Whatever a pager does reaches threads that touch its object and copies of it. Other memory, the ' +
      'protections and mappings of every space, and the objects of other pagers are beyond it.',
    source: cite('SOSP: 6; KP: 5 "Memory Objects"; PAP: 4.3'),
    standing: 'stated',
  },
  'mach/others-go-on-whatever-pagers-do': {
    number: 'MACH-INV-40',
    states:
      'Whatever messages a pager sends or does not send, and however it ends, whoever has nothing to do with its ' +
      'object or a copy of it is told the same, and gets as far, as if that pager and its clients were not there.',
    source: cite('SOSP: 6; KP: 5 "Memory Objects"; PAP: 4.3'),
    standing: 'inferred',
  },
  'mach/refused-unlock-ends-in-an-error': {
    number: 'MACH-EMM-24',
    states:
      'A pager refuses an access that it was asked to allow by flushing the page: the threads that wait try again, the ' +
      'page is asked for anew, and that the pager may answer with an error.',
    source: cite('KI: memory_object_lock_request'),
    standing: 'stated',
  },
  'mach/only-whole-pages-count': {
    number: 'MACH-EMM-26',
    states: 'Of what a pager supplies only whole pages count, at whole offsets; the rest is dropped.',
    source: cite('GM: memory_object_data_supply'),
    standing: 'stated',
  },
  'mach/precious-pages-are-returned-clean': {
    number: 'MACH-EMM-29',
    states:
      'A precious page that was not written is returned when it leaves memory, or when all pages are asked for, and is ' +
      'said not to be dirty. Where dirty pages alone are asked for it is not.',
    source: cite('GM: memory_object_data_return'),
    standing: 'stated',
  },
  'mach/wired-pages-stay': {
    number: 'MACH-EMM-32',
    states: 'A page that is wired is never evicted, and a lock request that would change it waits.',
    source: cite('KP: 5 "Summary of Page Manipulations"; SRC: vm/memory_object.c memory_object_lock_page'),
    standing: 'implementation',
  },
});
