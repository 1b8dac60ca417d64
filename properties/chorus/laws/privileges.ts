import { compose } from '#model/chorus/messages/send';
import { take } from '#model/chorus/messages/receive';
import { change, raised } from '#model/operation';
import { actorAt, actorFor, isCall, portAt, returned, valueOf } from '#properties/chorus/facts';
import { besides } from '#properties/chorus/laws/changes';
import { afterwards, around, unguarded } from '#properties/chorus/laws/faults';
import { actorIs, portIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type ChorusObligation, type ChorusLaws, type ChorusMutants } from '#properties/chorus/obligation';

/** An obligation that is put to the test by what happens in every variant, whether it refuses there or not. */
const inEveryVariant = (obligation: ChorusObligation, sometimes: ChorusObligation['sometimes']): ChorusObligation => ({ ...obligation, sometimes });

export const privilegeLaws = {
  'chorus/user-threads-call-the-nucleus': inEveryVariant(refusing('chorus/user-threads-call-the-nucleus'), {
    'a user actor calls the nucleus': ({ before, call }) => 'thread' in call && !before.threads[call.thread]!.supervisor
      && before.actors[actorAt(before, call.thread)]!.privilege === 'user',
  }),

  'chorus/only-privileged-threads-make-privileged-actors': refusing('chorus/only-privileged-threads-make-privileged-actors'),

  'chorus/privilege-moves-between-user-and-system': together(refusing('chorus/privilege-moves-between-user-and-system'), {
    on: ['actorPrivilege'],
    step: (step) => {
      if (!isCall(step, 'actorPrivilege') || !returned(step)) return [];
      const { before, after, call } = step;
      const actor = actorFor(before, call.thread, call.actor)!;
      const old = before.actors[actor]!.privilege;
      return [
        ...(valueOf<{ old: string }>(step).old === old ? [] : ['actorPrivilege gave another privilege than there was']),
        ...(after.actors[actor]!.privilege === (call.set ?? old) ? [] : ['actorPrivilege left another privilege than was asked for']),
        ...besides(step, actorIs(actor, 'privilege')),
      ];
    },
    sometimes: {
      'a user actor becomes a system actor': (step) => isCall(step, 'actorPrivilege') && returned(step) && step.call.set === 'system'
        && valueOf<{ old: string }>(step).old === 'user',
      'a privilege is only asked for': (step) => isCall(step, 'actorPrivilege') && returned(step) && step.call.set === null,
    },
  }),

  'chorus/user-actors-delete-no-others': refusing('chorus/user-actors-delete-no-others'),

  'chorus/protection-identifiers-change-by-privilege': together(refusing('chorus/protection-identifiers-change-by-privilege'), {
    on: ['actorPi', 'portPi'],
    step: (step) => {
      if (!isCall(step, 'actorPi', 'portPi') || !returned(step)) return [];
      const { before, after, call } = step;
      const actor = actorFor(before, call.thread, call.actor)!;
      const port = call.operation === 'portPi' ? portAt(before, actor, call.port)! : null;
      const old = port === null ? before.actors[actor]!.pi : before.ports[port]!.pi;
      const now = port === null ? after.actors[actor]!.pi : after.ports[port]!.pi;
      return [
        ...(valueOf<{ old: number }>(step).old === old ? [] : ['another protection identifier was given than there was']),
        ...(now === (call.set ?? old) ? [] : ['another protection identifier was left than was asked for']),
        ...besides(step, port === null ? actorIs(actor, 'pi') : portIs(port, 'pi')),
      ];
    },
    sometimes: {
      'the identifier of an actor is set': (step) => isCall(step, 'actorPi') && returned(step) && step.call.set !== null,
      'the identifier of a port is set': (step) => isCall(step, 'portPi') && returned(step) && step.call.set !== null,
    },
  }),

  'chorus/no-supervisor-thread-in-a-user-actor': refusing('chorus/no-supervisor-thread-in-a-user-actor'),
} satisfies ChorusLaws;

export const privilegeMutants: ChorusMutants = {
  'user-actors-may-not-send': {
    rule: 'chorus/user-threads-call-the-nucleus',
    fault: 'a user actor is refused when it sends a message',
    operations: around('ipcSend', (world, call, step) => {
      const { privilege } = world.state.actors[actorAt(world.state, call.thread)]!;
      return privilege === 'user' ? raised('K_EPRIV' as 'K_EINVAL') : step(world, call);
    }),
  },
  'user-actors-make-system-actors': {
    rule: 'chorus/only-privileged-threads-make-privileged-actors',
    fault: 'actorCreate does not ask for privilege',
    operations: unguarded('actorCreate'),
  },
  'user-actors-take-privilege': {
    rule: 'chorus/privilege-moves-between-user-and-system',
    fault: 'actorPrivilege does not ask for privilege',
    operations: unguarded('actorPrivilege'),
  },
  'privilege-is-set-without-a-wish': {
    rule: 'chorus/privilege-moves-between-user-and-system',
    fault: 'actorPrivilege, only asked, makes a system actor',
    operations: afterwards('actorPrivilege', ({ state }, { thread, actor, set }) => {
      if (set === null) change(state.actors[actorFor(state, thread, actor)!]!).privilege = 'system';
    }),
  },
  'user-actors-delete-system-actors': {
    rule: 'chorus/user-actors-delete-no-others',
    fault: 'a user actor may delete a system actor',
    operations: around('actorDelete', (world, call, step) => {
      const home = world.state.actors[actorAt(world.state, call.thread)]!;
      const { privilege } = home;
      change(home).privilege = 'system';
      const verdict = step(world, call);
      change(home).privilege = privilege;
      return verdict;
    }),
  },
  'user-actors-delete-supervisor-threads': {
    rule: 'chorus/user-actors-delete-no-others',
    fault: 'a user actor may delete a supervisor thread',
    operations: around('threadDelete', (world, call, step) => {
      const home = world.state.actors[actorAt(world.state, call.thread)]!;
      const { privilege } = home;
      change(home).privilege = 'system';
      const verdict = step(world, call);
      change(home).privilege = privilege;
      return verdict;
    }),
  },
  'anybody-sets-protection-identifiers': {
    rule: 'chorus/protection-identifiers-change-by-privilege',
    fault: 'portPi does not ask for privilege',
    operations: unguarded('portPi'),
  },
  'protection-identifier-is-not-set': {
    rule: 'chorus/protection-identifiers-change-by-privilege',
    fault: 'actorPi sets the identifier of the default port instead',
    operations: around('actorPi', (world, call, step) => {
      const { state } = world;
      const actor = actorFor(state, call.thread, call.actor);
      const old = actor === null ? 0 : state.actors[actor]!.pi;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && call.set !== null) {
        change(state.actors[actor!]!).pi = old;
        change(state.ports[state.actors[actor!]!.defaultPort]!).pi = call.set;
      }
      return verdict;
    }),
  },
  'messages-are-stamped-when-received': {
    rule: 'chorus/messages-are-stamped-when-sent',
    fault: 'a message bears the protection identifier that its sender has when it is received',
    mechanisms: {
      take: (world, thread, port, room) => {
        const { state } = world;
        const source = change(state.ports[port]!);
        source.queue = source.queue.map((message, at) => (at === 0 ? { ...message, actorPi: state.actors[state.threads[message.sender]!.actor]!.pi } : message));
        return take(world, thread, port, room);
      },
    },
  },
  'messages-bear-the-stamp-of-the-default-port': {
    rule: 'chorus/messages-are-stamped-when-sent',
    fault: 'a message bears the protection identifier of the default port, whatever its source',
    mechanisms: {
      compose: (world, thread, from, sending, transaction) => {
        const { state } = world;
        return { ...compose(world, thread, from, sending, transaction), portPi: state.ports[state.actors[actorAt(state, thread)]!.defaultPort]!.pi };
      },
    },
  },
  'supervisor-threads-in-user-actors': {
    rule: 'chorus/no-supervisor-thread-in-a-user-actor',
    fault: 'threadCreate makes supervisor threads anywhere',
    operations: around('threadCreate', (world, call, step) => {
      if (call.privilege === 'user') return step(world, call);
      const verdict = step(world, { ...call, privilege: 'user' });
      if (verdict.tag === 'returned') change(world.state.threads.at(-1)!).supervisor = true;
      return verdict;
    }),
  },
};
