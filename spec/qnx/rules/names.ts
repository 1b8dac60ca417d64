import { cite, rules } from '#spec/rule';

/** Names under which processes are found. */
export const nameRules = rules({
  'qnx/names-belong-to-a-node': {
    number: 'QNX-ENT-06',
    states: 'A node keeps the names that were attached on it: each stands for one live process of the node, and no other process can take it away.',
    source: cite('COG: qnx_name_attach; CL: qnx_name_locate'),
    standing: 'stated',
  },
  'qnx/name-is-attached-once': {
    number: 'QNX-NAME-01',
    states:
      'Attaching a name fails with EBUSY if it is attached already, EAGAIN if the table is full, EINVAL if it ' +
      'is longer than 32 characters; its owner alone may detach it.',
    source: cite('COG: qnx_name_attach'),
    standing: 'stated',
  },
  'qnx/name-is-located-where-it-is-attached': {
    number: 'QNX-NAME-02',
    states:
      'Locating a name that is attached on the node gives the pid of its owner, and 1 as the number of copies; ' +
      'of one that is not, ENOENT.',
    source: cite('CL: qnx_name_locate'),
    standing: 'stated',
  },
  'qnx/located-pid-is-a-snapshot': {
    number: 'QNX-NAME-03',
    states:
      'A pid that was located goes on denoting the process it denoted: that the name is attached by another ' +
      'process later changes nothing for those who have the pid.',
    source: cite('CL: qnx_name_locate'),
    standing: 'inferred',
  },
});
