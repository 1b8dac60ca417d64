import { change, returned as answered } from '#model/operation';
import type { Actor } from '#model/chorus/state';
import { actorAt, actorFor } from '#properties/chorus/facts';
import { afterwards, anySite, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

const listed = ({ ui, name, privilege, stopped }: Actor) => ({ ui, name, privilege, stopped });

export const handlerMutants: ChorusMutants = {
  'anybody-connects-handlers': {
    rule: 'chorus/handlers-are-for-supervisors',
    fault: 'threads that are no supervisors connect handlers',
    operations: around('svActorHandlerConnect', (world, call, step) => {
      const thread = change(world.state.threads[call.thread]!);
      const { supervisor } = thread;
      thread.supervisor = true;
      const verdict = step(world, call);
      thread.supervisor = supervisor;
      return verdict;
    }),
  },
  'handlers-are-connected-across-sites': {
    rule: 'chorus/handlers-are-for-supervisors',
    fault: 'handlers are connected for an actor of another site',
    operations: anySite('svActorHandlerConnect'),
  },
  'vector-of-handlers-has-one-entry-more': {
    rule: 'chorus/handlers-are-for-supervisors',
    fault: 'the entry after the last is one',
    operations: around('svActorHandlerConnect', (world, call, step) => {
      const limits = change(world.state.limits);
      limits.handlers += 1;
      const verdict = step(world, call);
      limits.handlers -= 1;
      return verdict;
    }),
  },
  'handlers-keep-their-place': {
    rule: 'chorus/handlers-stand-in-their-entry',
    fault: 'a handler is not put in the place of another',
    operations: around('svActorHandlerConnect', (world, call, step) => {
      const { state } = world;
      const actor = actorFor(state, call.thread, call.actor);
      const old = actor === null ? null : state.actors[actor]!.handlers[call.kind][call.entry] ?? null;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && old !== null) change(state.actors[actor!]!.handlers[call.kind])[call.entry] = old;
      return verdict;
    }),
  },
  'handlers-are-mixed-up': {
    rule: 'chorus/handlers-stand-in-their-entry',
    fault: 'a handler for aborts is put among those for exceptions',
    operations: misread('svActorHandlerConnect', (_state, call) => ({ ...call, kind: 'exception' })),
  },
  'disconnecting-clears-all': {
    rule: 'chorus/handlers-stand-in-their-entry',
    fault: 'with one handler all of its vector are disconnected',
    operations: afterwards('svActorHandlerDisconnect', ({ state }, { thread, actor, kind }) => {
      change(state.actors[actorFor(state, thread, actor)!]!.handlers[kind]).fill(null);
    }),
  },
  'other-handler-is-told': {
    rule: 'chorus/handlers-stand-in-their-entry',
    fault: 'the handler of the first entry is told',
    operations: misread('svActorHandlerGetConnected', (_state, call) => ({ ...call, entry: 0 })),
  },
  'new-actor-has-no-abort-handlers': {
    rule: 'chorus/new-actor-inherits-handlers',
    fault: 'abort handlers are not inherited',
    operations: afterwards('actorCreate', ({ state }) => { change(state.actors.at(-1)!.handlers.abort).fill(null); }),
  },
  'new-actor-has-the-handlers-of-its-creator': {
    rule: 'chorus/new-actor-inherits-handlers',
    fault: 'handlers are those of the creator, and not of the pattern',
    operations: afterwards('actorCreate', ({ state }, { thread }) => {
      const { exception, abort } = state.actors[actorAt(state, thread)]!.handlers;
      change(state.actors.at(-1)!).handlers = { exception: [...exception], abort: [...abort] };
    }),
  },
  'abort-outlasts-its-handlers': {
    rule: 'chorus/abort-handlers-run-in-order',
    fault: 'a thread that has run the abort handlers is still aborted',
    operations: around('threadGoesHome', (world, call, step) => {
      const { aborted } = world.state.threads[call.thread]!;
      const verdict = step(world, call);
      change(world.state.threads[call.thread]!).aborted = aborted;
      return verdict;
    }),
  },
  'abort-handlers-run-backwards': {
    rule: 'chorus/abort-handlers-run-in-order',
    fault: 'the handler of the last entry runs first',
    operations: around('threadGoesHome', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'returned' ? answered({ ran: verdict.value.ran.toReversed() }) : verdict;
    }),
  },
  'unhandled-abort-is-forgotten': {
    rule: 'chorus/abort-handlers-run-in-order',
    fault: 'a thread that goes home is aborted no longer, although nobody handled it',
    operations: afterwards('threadGoesHome', ({ state }, { thread }) => { change(state.threads[thread]!).aborted = false; }),
  },
  'names-are-not-cut': {
    rule: 'chorus/actors-have-names',
    fault: 'a name may have one character more than names can have',
    operations: around('actorName', (world, call, step) => {
      const limits = change(world.state.limits);
      limits.name += 1;
      const verdict = step(world, call);
      limits.name -= 1;
      return verdict;
    }),
  },
  'new-name-is-told': {
    rule: 'chorus/actors-have-names',
    fault: 'actorName tells the name that it has just set',
    operations: around('actorName', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'returned' && call.set !== null ? answered({ old: call.set }) : verdict;
    }),
  },
  'names-are-set-across-sites': {
    rule: 'chorus/actors-have-names',
    fault: 'actors of other sites are given names',
    operations: anySite('actorName'),
  },
  'dead-actors-are-listed': {
    rule: 'chorus/actors-of-a-site-are-listed',
    fault: 'actorStat tells of actors that have gone',
    operations: around('actorStat', ({ state }, { thread }) => {
      const { site } = state.actors[actorAt(state, thread)]!;
      return answered({ actors: state.actors.filter((actor) => actor.site === site).map(listed) });
    }),
  },
  'actors-of-all-sites-are-listed': {
    rule: 'chorus/actors-of-a-site-are-listed',
    fault: 'actorStat tells of actors of other sites',
    operations: around('actorStat', ({ state }) => answered({ actors: state.actors.filter(({ life }) => life === 'live').map(listed) })),
  },
};
