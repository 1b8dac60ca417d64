import { cite, rules } from '#spec/rule';

/** Address spaces. */
export const memoryRules = rules({
  'qnx/memory-is-given-or-refused': {
    number: 'QNX-MEM-01',
    states:
      'Proc gives a process the memory it asks for, or refuses it with ENOMEM if there is not so much: nothing ' +
      'is swapped or paged out, and nobody waits for memory.',
    source: cite('SA: proc; RU: 0-26'),
    standing: 'stated',
  },
  'qnx/shared-memory-is-one-for-all': {
    number: 'QNX-MEM-03',
    states:
      'What one process writes to a shared object every process finds there that has it in its address space; ' +
      'others do not reach it. An object is there as long as it has a name or anyone has it. Opening fails with ' +
      'ENOENT, EEXIST or EMFILE, mapping with EBADF or ENOMEM.',
    source: cite('PAP: 6.1; CL: shm_open, mmap'),
    standing: 'stated',
  },
  'qnx/semaphore-counts-and-blocks': {
    number: 'QNX-MEM-06',
    states:
      'A semaphore in shared memory is taken while its count is above 0; then a wait blocks, until a post lets ' +
      'the waiting process of highest priority have it, and a trywait fails with EAGAIN. A post that nobody ' +
      'waits for is counted. What is no semaphore gives EINVAL, one that is waited for is not destroyed: EBUSY.',
    source: cite('PAP: 6.1; POSIX: sem_wait, sem_post'),
    standing: 'stated',
  },
  'qnx/address-spaces-are-apart': {
    number: 'QNX-MEM-02',
    states:
      'What a process writes to its own memory no other process finds in its own; a message copy writes to the ' +
      'buffer that was given for it and nowhere else.',
    source: cite('PAP: 6.1; SA: proc'),
    standing: 'stated',
  },
  'qnx/fork-copies-memory': {
    number: 'QNX-MEM-04',
    states: 'A child made by fork begins with the bytes its parent has then; what either writes later is its own.',
    source: cite('MAZ: procman'),
    standing: 'stated',
  },
  'qnx/bad-access-is-a-fault': {
    number: 'QNX-MEM-05',
    states:
      'A process that touches an address which is not its own gets SIGSEGV; a message call that would is ' +
      'refused with EFAULT if the buffer is the caller\'s, EDSTFAULT if it is the peer\'s.',
    source: cite('CL: send, receive; POSIX: SIGSEGV'),
    standing: 'stated',
  },
});
