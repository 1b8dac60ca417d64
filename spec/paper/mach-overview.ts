import type { MachRule } from '#spec/mach/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of the Mach project and of version 3 as a whole. */
export const machOverview = statements<MachRule>()([
  {
    id: 'PAP-4-01',
    section: '4',
    says:
      'Mach began at Carnegie Mellon University in 1985, where its first three versions were made before ' +
      'the Open Software Foundation took over.',
    verdict: 'cannot be said',
    because: 'This is the history of a project.',
    rules: [],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4-02',
    section: '4',
    says: 'Mach has always been fully compatible with BSD.',
    verdict: 'cannot be said',
    because: 'Compatibility belongs to servers above the kernel, of which no rule speaks.',
    rules: [],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4-03',
    section: '4',
    says: 'Versions 1 and 2 had most of the BSD code in the kernel, and so were not true microkernels.',
    verdict: 'cannot be said',
    because: 'The rules are those of version 3.',
    rules: [],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4-04',
    section: '4',
    says:
      'Version 3 moved the vast majority of the BSD code to user level and kept the bare necessities, ' +
      'which makes it a true microkernel.',
    verdict: 'holds',
    because: 'Whatever the share of code, the objects of the kernel are few, and files are none of them.',
    rules: ['mach/kernel-objects-are-ports', 'mach/task-owns-names-and-addresses'],
    kernels: ['mach'],
  },
]);
