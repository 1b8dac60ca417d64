import { cite, rules } from '#spec/rule';

/** The default memory manager: who keeps memory that has no pager of its own. */
export const defaultManagerRules = rules({
  'mach/pager-makes-the-object-port': {
    number: 'MACH-EMM-02',
    states:
      'The port of a memory object is made by its pager, which gives out rights to map it. The kernel makes one only ' +
      'for an object of its own, when a page of that is first to go out, and gives it to the default memory manager.',
    source: cite('KP: 5 "Memory Objects"; SOSP: 4.1'),
    standing: 'stated',
  },
  'mach/default-pager-backs-anonymous-memory': {
    number: 'MACH-EMM-50',
    states:
      'Memory without a pager, copies, and pages on their way to other pagers are kept by the default memory manager: ' +
      'a page that is evicted goes there with what it holds, and comes back by being asked for. With no manager ' +
      'such pages stay in memory.',
    source: cite('KP: 5 "Default Memory Manager"; SOSP: 6.2.2; SRC: vm/memory_object.c memory_manager_default_reference'),
    standing: 'stated',
  },
  'mach/default-pager-learns-by-create': {
    number: 'MACH-EMM-51',
    states:
      'The default memory manager learns of an object of the kernel only when a page of it must first go out, by one ' +
      'message before all others about that object: it carries the receive right of the object port, the size, ' +
      'rights to the control and the name port, and the page size. The object needs no introduction besides and ' +
      'no word of being ready; a page that never went out the manager does not have, and says so.',
    source: cite('KP: 5 "Default Memory Manager"; GM: Default Memory Manager'),
    standing: 'stated',
  },
  'mach/honest-pagers-change-no-contents': {
    number: 'MACH-INV-33',
    states:
      'With pagers that give back what they were given, memory holds what it would if nothing ever left it: what was ' +
      'written, what was copied, inherited or carried by a message, each as it was at that instant, byte for byte.',
    source: cite('KP: 5 "Default Memory Manager"; KP: 5 "Virtual Copy Dialog"'),
    standing: 'inferred',
  },
  'mach/old-version-goes-to-the-copys-pager': {
    number: 'MACH-EMM-PUSH',
    states:
      'When a page of an original is about to be written and the default memory manager may have a version of that ' +
      'page for the newest copy, the old version is sent to it as what the page began as, and it makes nothing of it ' +
      'if it has a version. While that copy waits for the page, the writer waits as well.',
    source: cite('SRC: vm/vm_fault.c vm_fault_page; KI: memory_object_data_initialize'),
    standing: 'stated',
  },
  'mach/default-manager-is-replaceable': {
    number: 'MACH-EMM-52',
    states:
      'Whoever has the control port of the host may replace the default memory manager, and is given the right to the ' +
      'one before; the null port changes nothing, and only asks for that. Any other port is KERN_INVALID_ARGUMENT. ' +
      'Objects that were created before stay with the manager they were given to.',
    source: cite('GM: Default Memory Manager; SRC: vm/memory_object.c vm_set_default_memory_manager'),
    standing: 'stated',
  },
});
