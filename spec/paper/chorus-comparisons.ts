import type { ChorusRule } from '#spec/chorus/rules';
import { statements } from '#spec/paper/statement';

/** What the paper's comparison says of Chorus. */
export const chorusComparisons = statements<ChorusRule>()([
  {
    id: 'PAP-7.1-11',
    section: '7.1',
    says: 'Chorus sends messages across the network transparently.',
    verdict: 'holds',
    because: 'The same calls reach ports on other sites; only loss, delay and two errors differ.',
    rules: ['chorus/network-changes-no-arguments'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.1-12',
    section: '7.1',
    says: 'Chorus pages over the network at little cost, since paging uses messages anyway.',
    verdict: 'holds',
    because: 'A mapper is named by a port, which may be on another site.',
    rules: ['chorus/absent-page-is-pulled-in', 'chorus/network-changes-no-arguments'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.2-14',
    section: '7.2',
    says: 'Chorus copies messages on write.',
    verdict: 'holds under conditions',
    because: 'Deferred copies are what memory is made of; in the model a body is a value.',
    rules: ['chorus/bodies-are-copied-later', 'chorus/copies-are-snapshots'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.3-11',
    section: '7.3',
    says: 'Chorus creates processes on other sites and communicates with them.',
    verdict: 'holds under conditions',
    because: 'An actor is made on the site of its creator: a server on the other site has to be asked.',
    rules: ['chorus/actors-are-made-on-their-own-site', 'chorus/threads-are-made-on-their-own-site'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.3-12',
    section: '7.3',
    says: 'Chorus does not migrate processes.',
    verdict: 'holds',
    because: 'Neither actors nor threads move.',
    rules: ['chorus/actors-and-threads-stay'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.4-11',
    section: '7.4',
    says: 'Nodes are configured with different services.',
    verdict: 'holds under conditions',
    because: 'A service that is not there is an unknown destination.',
    rules: ['chorus/message-for-nobody-is-lost', 'chorus/call-to-nobody-fails'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.4-12',
    section: '7.4',
    says: 'Servers that share a port can be joined by further ones that listen on it.',
    verdict: 'holds under conditions',
    because: 'Further threads of the same actor can; further actors have ports of their own, in one group.',
    rules: ['chorus/message-wakes-one-thread', 'chorus/functional-mode-picks-one-member'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.4-13',
    section: '7.4',
    says: 'Only Chorus allows several processes to receive on one port.',
    verdict: 'does not hold',
    because: 'A port is attached to one actor at any time.',
    rules: ['chorus/port-has-one-actor'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.5-11',
    section: '7.5',
    says: 'The failure of a process does not affect the rest of the system.',
    verdict: 'holds under conditions',
    because: 'Other actors go on; clients of what failed are told.',
    rules: ['chorus/deleted-actor-leaves-nothing', 'chorus/deleted-actor-frees-its-clients'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.5-12',
    section: '7.5',
    says: 'Services can be stopped and started again while the rest goes on.',
    verdict: 'holds',
    because:
      'A stopped actor keeps its ports and their queues; one that is gone can be replaced under its name.',
    rules: ['chorus/stopped-actors-run-nothing', 'chorus/takeover-of-a-name'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-7.5-13',
    section: '7.5',
    says:
      'When a process of Chorus fails the kernel can redirect all future messages to another that provides ' +
      'the same service.',
    verdict: 'holds under conditions',
    because:
      'Only by what was prepared: a port that migrated before, a group in functional mode, or a name that ' +
      'is taken over. What was queued or held is lost, and nothing else redirects.',
    rules: [
      'chorus/planned-redirect-by-migration',
      'chorus/unplanned-redirect-by-groups',
      'chorus/takeover-of-a-name',
      'chorus/nothing-else-redirects',
      'chorus/other-threads-go-on-serving',
    ],
    kernels: ['chorus'],
  },
]);
