import { operations } from '#model/chorus/kernel';
import { actorAt, actorFor, isPrivileged, portBy, siteOfPort } from '#properties/chorus/facts';
import {
  withCapabilities, onHandlers, onThread, capabilities, reached, isElsewhere, namedPort, lacksPort, lacksThread, privilegeOf,
  ownPort, crowded, lockOf, isMigrationAbroad, type Reason,
} from '#properties/chorus/laws/reason';
import type { OperationName } from '#properties/chorus/obligation';

/** Reasons to refuse what is asked of actors, threads, ports and locks. */
export const actorReasons: readonly Reason[] = [
  {
    rule: 'chorus/user-threads-call-the-nucleus', on: Object.keys(operations) as OperationName[], errors: ['K_EPRIV'], what: 'no user actor may call the nucleus',
    when: (state, { operation, thread }) => !state.userCalls && !['memoryRead', 'memoryWrite', 'threadGoesHome'].includes(operation)
      && !state.threads[thread]!.supervisor && state.actors[actorAt(state, thread)]!.privilege === 'user',
  },
  {
    rule: 'chorus/capabilities-need-their-key', on: withCapabilities, errors: ['K_EINVAL'], what: 'a capability has another key',
    when: (state, call) => capabilities(call).some((capability) => {
      const actor = actorFor(state, call.thread, capability);
      return actor !== null && state.actors[actor]!.key !== capability.key;
    }),
  },
  {
    rule: 'chorus/dead-capabilities-are-unknown', on: withCapabilities, errors: ['K_EUNKNOWN'], what: 'a capability leads to no actor',
    when: (state, call) => capabilities(call).some((capability) => actorFor(state, call.thread, capability) === null),
  },
  { rule: 'chorus/actors-are-deleted-on-their-own-site', on: ['actorDelete', 'actorStop', 'actorStart', 'actorPrivilege', 'actorPi'], errors: ['K_ESITE'],
    what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/actors-have-names', on: ['actorName'], errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/handlers-are-for-supervisors', on: onHandlers, errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/handlers-are-for-supervisors', on: onHandlers, errors: ['K_EPRIV'], what: 'the thread is no supervisor', when: (state,
    { thread }) => !state.threads[thread]!.supervisor },
  { rule: 'chorus/handlers-are-for-supervisors', on: onHandlers, errors: ['K_EINVAL'], what: 'there is no such entry', when: (state,
    { entry }) => entry! >= state.limits.handlers },
  { rule: 'chorus/threads-are-made-on-their-own-site', on: ['threadCreate', 'threadActivate'], errors: ['K_ESITE'], what: 'the actor is on another site',
    when: isElsewhere },
  { rule: 'chorus/threads-are-made-on-their-own-site', on: ['threadActivate'], errors: ['K_EINVAL'], what: 'no such thread is to be activated', when: lacksThread },
  { rule: 'chorus/threads-are-deleted-on-their-own-site', on: onThread, errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/threads-are-deleted-on-their-own-site', on: onThread, errors: ['K_EINVAL'], what: 'the actor has no such thread', when: lacksThread },
  {
    rule: 'chorus/ports-are-enabled-on-their-own-site', on: ['portCreate', 'portDeclare', 'portEnable', 'portDisable', 'portPi'],
    errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere,
  },
  { rule: 'chorus/ports-are-enabled-on-their-own-site', on: ['portEnable', 'portDisable', 'portPi'], errors: ['K_EINVAL'], what: 'the actor has no such port',
    when: lacksPort },
  { rule: 'chorus/ports-are-deleted-on-their-own-site', on: ['portDelete'], errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/ports-are-deleted-on-their-own-site', on: ['portDelete'], errors: ['K_EINVAL'], what: 'the actor has no such port', when: lacksPort },
  { rule: 'chorus/migration-needs-both-capabilities', on: ['portMigrate'], errors: ['K_EINVAL'], what: 'the source has no such port', when: lacksPort },
  {
    rule: 'chorus/only-privileged-threads-make-privileged-actors', on: ['actorCreate'], errors: ['K_EPRIV'], what: 'an unprivileged thread makes a privileged actor',
    when: (state, { thread, privilege }) => privilege !== 'user' && !isPrivileged(state, thread),
  },
  {
    rule: 'chorus/privilege-moves-between-user-and-system', on: ['actorPrivilege'], errors: ['K_EPRIV'], what: 'an unprivileged thread sets a privilege',
    when: (state, { thread, set }) => set !== null && !isPrivileged(state, thread),
  },
  {
    rule: 'chorus/privilege-moves-between-user-and-system', on: ['actorPrivilege'], errors: ['K_EPRIV', 'K_EINVAL'], what: 'supervisor privilege is given or taken',
    when: (state, call) => {
      const old = privilegeOf(state, call);
      return old !== null && call.set !== null && call.set !== old && [old, call.set].includes('supervisor');
    },
  },
  {
    rule: 'chorus/user-actors-delete-no-others', on: ['actorDelete'], errors: ['K_EPRIV'], what: 'a user actor deletes a privileged actor',
    when: (state, call) => state.actors[actorAt(state, call.thread)]!.privilege === 'user' && ![null, 'user'].includes(privilegeOf(state, call)),
  },
  {
    rule: 'chorus/user-actors-delete-no-others', on: ['threadDelete'], errors: ['K_EPRIV'], what: 'a user actor deletes a supervisor thread',
    when: (state, call) => state.actors[actorAt(state, call.thread)]!.privilege === 'user' && call.target !== null && call.target !== call.thread
      && !lacksThread(state, call) && reached(state, call) !== null && state.threads[call.target!]!.supervisor,
  },
  {
    rule: 'chorus/protection-identifiers-change-by-privilege', on: ['actorPi', 'portPi'], errors: ['K_EPRIV'],
      what: 'an unprivileged thread sets a protection identifier',
    when: (state, { thread, set }) => set !== null && !isPrivileged(state, thread),
  },
  {
    rule: 'chorus/no-supervisor-thread-in-a-user-actor', on: ['threadCreate'], errors: ['K_EPRIV'], what: 'a supervisor thread is to be made in a user actor',
    when: (state, call) => call.privilege === 'supervisor' && privilegeOf(state, call) === 'user',
  },
  {
    rule: 'chorus/ports-are-limited', on: ['portCreate', 'portDeclare'], errors: ['K_EFULL', 'K_ENOMEM'], what: 'the site has all the ports it can have',
    when: (state, call) => crowded(state, reached(state, call)),
  },
  {
    rule: 'chorus/ports-are-limited', on: ['portMigrate'], errors: ['K_EFULL'], what: 'a port comes to a site that is full',
    when: (state, call) => isMigrationAbroad(state, call) && crowded(state, actorFor(state, call.thread, call.to ?? null)),
  },
  { rule: 'chorus/declaring-ports-is-privileged', on: ['portDeclare'], errors: ['K_EPRIV'], what: 'an unprivileged thread declares a port', when: (state,
    { thread }) => !isPrivileged(state, thread) },
  {
    rule: 'chorus/declared-port-takes-the-identifier', on: ['portDeclare'], errors: ['K_EINVAL'], what: 'a live port of the site has the identifier',
    when: (state, call) => {
      const port = portBy(state, call.ui!);
      const actor = reached(state, call);
      return port !== null && actor !== null && siteOfPort(state, port) === state.actors[actor]!.site;
    },
  },
  {
    rule: 'chorus/local-identifiers-belong-to-their-actor', on: ['portUi', 'portGetSeqNum'], errors: ['K_EINVAL'],
      what: 'a local identifier of no own port is asked for',
    when: (state, call) => !ownPort(state, call, call.port),
  },
  {
    rule: 'chorus/local-identifiers-belong-to-their-actor', on: ['portLi'], errors: ['K_EINVAL'], what: 'a port of another actor is asked for',
    when: (state, { thread, ui }) => {
      const port = portBy(state, ui!);
      return port === null || state.ports[port]!.actor !== actorAt(state, thread);
    },
  },
  {
    rule: 'chorus/default-port-stays', on: ['portDelete', 'portMigrate'], errors: ['K_EINVAL'], what: 'a default port is to go',
    when: (state, call) => {
      const actor = reached(state, call);
      return actor !== null && namedPort(state, call) === state.actors[actor]!.defaultPort;
    },
  },
  { rule: 'chorus/migration-may-cross-sites', on: ['portMigrate'], errors: ['K_ESITE'], what: 'ports may not leave their site', when: (state,
    call) => !state.intersite && isMigrationAbroad(state, call) },
  {
    rule: 'chorus/locks-are-made-first', on: ['semP', 'semV'], errors: ['K_EINVAL'], what: 'there is no such semaphore',
    when: (state, call) => lockOf(state, call, 'semaphore')?.kind !== 'semaphore',
  },
  {
    rule: 'chorus/locks-are-made-first', on: ['mutexGet', 'mutexTry', 'mutexRel'], errors: ['K_EINVAL'], what: 'there is no such lock',
    when: (state, call) => [undefined, 'semaphore'].includes(lockOf(state, call, 'mutex')?.kind),
  },
];
