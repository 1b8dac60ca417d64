import { cite, rules } from '#spec/rule';

/** Memory that messages carry by reference. */
export const outOfLineRules = rules({
  'mach/region-is-a-copy-at-send': {
    number: 'MACH-OOL-01',
    states:
      'A region in a message is a copy made when it is sent. What either side writes later is seen by that ' +
      'side alone.',
    source: cite('GM: Memory'),
    standing: 'stated',
  },
  'mach/deallocate-bit-unmaps-the-source': {
    number: 'MACH-OOL-02',
    states:
      'With the deallocate bit, the pages that the region touches leave the space of the sender as part of ' +
      'the send. The bit means nothing for an empty region, and on data that stands in the message itself ' +
      'it is MACH_SEND_INVALID_TYPE.',
    source: cite('GM: Memory; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_body'),
    standing: 'stated',
  },
  'mach/region-arrives-at-a-fresh-place': {
    number: 'MACH-OOL-03',
    states:
      'A region arrives at a place the kernel chooses, where nothing was, with all access and to be inherited ' +
      'by copy. The deallocate bit of what is received is set: it is for the receiver to give the memory up.',
    source: cite('GM: Memory'),
    standing: 'stated',
  },
  'mach/unaligned-regions-carry-whole-pages': {
    number: 'MACH-OOL-04',
    states:
      'A region may begin and end within pages. Whole pages are mapped, so that the receiver sees bytes ' +
      'beyond the region in its first and last page.',
    source: cite('GM: Memory'),
    standing: 'stated',
  },
  'mach/empty-region-arrives-at-zero': {
    number: 'MACH-OOL-05',
    states: 'The address of an empty region is ignored, and it arrives with address 0.',
    source: cite('GM: Memory'),
    standing: 'stated',
  },
  'mach/region-must-be-readable': {
    number: 'MACH-OOL-06',
    states:
      'A region that is not mapped and readable throughout is refused with MACH_SEND_INVALID_MEMORY; what ' +
      'had been taken in before is destroyed.',
    source: cite('GM: Memory; SRC: vm/vm_map.c vm_map_copyin'),
    standing: 'stated',
  },
  'mach/destroyed-message-frees-its-regions': {
    number: 'MACH-OOL-08',
    states:
      'The regions of a message that is destroyed are freed with it; a message that is given back to its ' +
      'sender brings them back, perhaps at another address.',
    source: cite('GM: Memory'),
    standing: 'stated',
  },
  'mach/received-memory-may-need-its-pager': {
    number: 'MACH-OOL-07',
    states:
      "What is received may still be with the sender's pager. It arrives without waiting for that; a touch of it asks " +
      'the pager, and waits, fails or is misled like any touch of what the pager keeps.',
    source: cite('GM: Memory; SOSP: 6.1'),
    standing: 'stated',
  },
});
