import { localActor, siteOf } from '#model/chorus/naming/resolve';
import { refusal, type ChorusOperation } from '#model/chorus/world';
import { change, returned } from '#model/operation';

/** Reads the symbolic name of an actor, and gives it another. */
export const actorName: ChorusOperation<'actorName', 'error'> = {
  implements: ['chorus/actors-have-names'],
  step(world, { thread, actor, set }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    const old = state.actors[id!]!.name;
    if (set !== null) change(state.actors[id!]!).name = set.slice(0, state.limits.name);
    return returned({ old });
  },
};

/** What there is of every actor of the calling site. */
export const actorStat: ChorusOperation<'actorStat'> = {
  implements: ['chorus/actors-of-a-site-are-listed'],
  step(world, { thread }) {
    world.charge('trap');
    const { state } = world;
    const here = siteOf(state, thread);
    const found = state.actors.filter(({ life, site }) => life === 'live' && site === here);
    return returned({ actors: found.map(({ ui, name, privilege, stopped }) => ({ ui, name, privilege, stopped })) });
  },
};
