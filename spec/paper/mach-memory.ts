import type { MachRule } from '#spec/mach/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of memory objects and their pagers. */
export const machMemory = statements<MachRule>()([
  {
    id: 'PAP-4.3-01',
    section: '4.3',
    says: "A part of one task's address space can be managed by another task at user level.",
    verdict: 'holds',
    because: 'Whoever receives at the port of a memory object is its pager, and brings its pages.',
    rules: ['mach/map-binds-a-range-to-an-object', 'mach/page-states-follow-the-table'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-02',
    section: '4.3',
    says: 'A memory object occupies consecutive bytes of the task that asked for it.',
    verdict: 'holds under conditions',
    because:
      'True of one mapping. An object may be mapped in several places and tasks, at any of its offsets, and ' +
      'each page of a space stands for itself.',
    rules: ['mach/map-binds-a-range-to-an-object', 'mach/space-maps-pages-to-objects'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-03',
    section: '4.3',
    says: 'The pager of an object may be the task itself.',
    verdict: 'holds under conditions',
    because:
      'Nothing forbids it. A thread that waits for a page waits alone, so another thread of its task must be ' +
      'there to answer.',
    rules: ['mach/paging-is-messages', 'mach/blocking-stops-the-caller-alone'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-04',
    section: '4.3',
    says: 'Whoever asks for a memory object names a pager and the address where it is to appear.',
    verdict: 'holds',
    because: 'The pager is named by the port of the object; the address may be left to the kernel.',
    rules: ['mach/map-binds-a-range-to-an-object', 'mach/memory-may-go-anywhere-free'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-05',
    section: '4.3',
    says: 'The kernel makes a capability for the new object, and sends it to the pager in a request.',
    verdict: 'does not hold',
    because:
      'The pager makes the port of its object and hands out rights to it. What the kernel makes and sends are ' +
      'the control and the name port.',
    rules: ['mach/first-map-sends-init', 'mach/object-has-control-and-name-ports'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-06',
    section: '4.3',
    says: 'The pager looks at the request and decides whether it wants to satisfy it.',
    verdict: 'holds',
    because: 'It says that it is ready, or gives the object up; until then nobody gets a page.',
    rules: ['mach/no-request-before-ready', 'mach/destroyed-object-asks-nothing-more'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-07',
    section: '4.3',
    says: 'The kernel makes two more capabilities, to talk to the pager and to hear from it.',
    verdict: 'holds under conditions',
    because:
      'There are two, but only the control port is for talking, and it is for the pager to talk to the kernel. ' +
      'The name port identifies. The kernel talks to the port of the object.',
    rules: ['mach/object-has-control-and-name-ports', 'mach/paging-is-messages'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-08',
    section: '4.3',
    says: 'The kernel asks a pager for data to satisfy a page fault.',
    verdict: 'holds',
    because: 'It asks once for each page, and the thread waits for the answer.',
    rules: ['mach/page-is-asked-for-once', 'mach/page-states-follow-the-table'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-09',
    section: '4.3',
    says: 'The kernel asks a pager to put a page on backing store.',
    verdict: 'holds',
    because: 'A page that was written, or that the pager holds precious, is returned to it when it leaves memory.',
    rules: ['mach/dirty-pages-are-returned', 'mach/evicted-page-leaves-before-the-pager-acts'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-10',
    section: '4.3',
    says: 'A pager can control the permissions of the objects it manages.',
    verdict: 'holds',
    because: 'Page by page it forbids reading and writing, and is asked when a thread wants what it forbids.',
    rules: ['mach/lock-says-what-is-forbidden', 'mach/unlock-is-asked-once'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-11',
    section: '4.3',
    says: 'So pagers can implement copy-on-write without special support of the kernel.',
    verdict: 'holds under conditions',
    because:
      'Locks let a pager hear of the first write to a page before it happens, which is what it takes. It must ' +
      'answer for both sides, and the kernel has copies of its own that it uses otherwise.',
    rules: ['mach/lock-says-what-is-forbidden', 'mach/unlock-is-asked-once', 'mach/copy-on-write-is-invisible'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-12',
    section: '4.3',
    says: 'A pager can tell the kernel that a page is no longer needed.',
    verdict: 'holds',
    because: 'A lock request drops pages, after they are returned if the pager wants them.',
    rules: ['mach/lock-request-restricts-returns-and-flushes'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-13',
    section: '4.3',
    says: 'Kernel and pagers do not trust each other; the kernel has mechanisms against malicious pagers, and the problem remains.',
    verdict: 'holds',
    because:
      'What a pager does reaches those who touch its object and copies of it. But they may wait for ever, or ' +
      'read other bytes each time.',
    rules: ['mach/pager-reaches-its-own-object-alone', 'mach/pager-death-fails-waiting-threads', 'mach/thread-abort-breaks-waits'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-14',
    section: '4.3',
    says: 'Kernel and pager speak by messages alone.',
    verdict: 'holds',
    because: 'Both ways, and the kernel never waits for an answer.',
    rules: ['mach/paging-is-messages'],
    kernels: ['mach'],
  },
]);
