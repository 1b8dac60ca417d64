import { cite, rules } from '#spec/rule';

/** Ports that move to another actor. */
export const migrationRules = rules({
  'chorus/migrated-port-keeps-its-identifier': {
    number: 'CHO-MIG-01',
    states:
      'After portMigrate the port, under the identifier it always had, is attached to the target actor, ' +
      'under the local identifier that was returned.',
    source: cite('MAN: portMigrate'),
    standing: 'stated',
  },
  'chorus/migration-with-messages-keeps-the-queue': {
    number: 'CHO-MIG-02a',
    states: 'A port that migrates with its messages keeps its queue, in order.',
    source: cite('MAN: portMigrate'),
    standing: 'stated',
  },
  'chorus/migration-without-messages-destroys-the-queue': {
    number: 'CHO-MIG-02b',
    states:
      'A port that migrates without its messages arrives empty. Calls whose requests were queued there ' +
      'will not be answered, and their clients do not wait for ever.',
    source: cite('MAN: portMigrate'),
    standing: 'stated',
  },
  'chorus/migration-counts-anew': {
    number: 'CHO-MIG-03',
    states:
      'portMigrate returns one more than the messages received at the source, and the count begins at 0 ' +
      'at the target.',
    source: cite('MAN: portMigrate; MAN: portGetSeqNum'),
    standing: 'stated',
  },
  'chorus/migration-keeps-groups': {
    number: 'CHO-MIG-04',
    states: 'A port that migrates stays in its groups.',
    source: cite('MAN: portMigrate'),
    standing: 'stated',
  },
  'chorus/migrated-port-is-disabled': {
    number: 'CHO-MIG-05',
    states: 'A port is disabled after it migrated.',
    source: cite('MAN: portMigrate'),
    standing: 'stated',
  },
  'chorus/waiting-on-a-port-that-moves': {
    number: 'CHO-MIG-06',
    states: 'A thread of the source actor that waits for a message of the port is told K_ENOPORT.',
    source: cite('MAN: portMigrate'),
    standing: 'inferred',
  },
  'chorus/senders-do-not-notice-migration': {
    number: 'CHO-MIG-07',
    states: 'Who sends to a port need not know that it migrated: once it has, messages go to where it is.',
    source: cite('PAP: 5.2; BYTE: port'),
    standing: 'stated',
  },
  'chorus/received-requests-stay-with-the-source': {
    number: 'CHO-MIG-08',
    states:
      'What was received before the port migrated, current or saved, stays with the source actor, which ' +
      'can still answer it.',
    source: cite('MAN: portMigrate'),
    standing: 'inferred',
  },
  'chorus/migration-may-cross-sites': {
    number: 'CHO-MIG-09a',
    states: 'A port may migrate to an actor of another site.',
    source: cite('PAP: 5.2; MAN: portMigrate restrictions'),
    standing: 'disputed',
    readings: {
      documented: 'ports migrate between sites',
      chorusos: 'ports migrate within a site only: K_ESITE',
    },
  },
  'chorus/messages-in-transit-to-a-moved-port': {
    number: 'CHO-MIG-09b',
    states:
      'What is under way to the site a port has left may be sent after it or be lost: in silence if it ' +
      'was just sent, and noticed by its client if it is the request of a call. It is not received twice.',
    source: cite('OVW: ports'),
    standing: 'silent',
    readings: {
      forwarded: 'the message goes to where the port is now',
      lost: 'the message is dropped',
    },
  },
  'chorus/migration-moves-nothing-else': {
    number: 'CHO-MIG-10',
    states: 'No actor and no thread moves with a port, and nothing of other ports changes.',
    source: cite('PAP: 5.1'),
    standing: 'stated',
  },
  'chorus/migration-to-the-same-actor': {
    number: 'CHO-MIG-11',
    states: 'A port may migrate to the actor it is attached to: it is disabled, and its count begins anew.',
    source: cite('MAN: portMigrate'),
    standing: 'inferred',
  },
  'chorus/migration-needs-both-capabilities': {
    number: 'CHO-POR-06',
    states:
      'portMigrate takes the capabilities of the source and of the target (K_EINVAL, K_EUNKNOWN) and a ' +
      'port of the source (K_EINVAL).',
    source: cite('MAN: portMigrate'),
    standing: 'stated',
  },
});
