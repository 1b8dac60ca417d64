import { awaits, canFail } from '#model/chorus/messages/call';
import { isTimed } from '#model/chorus/threads/waits';
import type { ChorusOperation } from '#model/chorus/world';
import { ModelError, returned } from '#model/operation';

/** A wait has lasted as long as its thread asked. The server of a call is not told. */
export const timeout: ChorusOperation<'timeout'> = {
  implements: ['chorus/receive-waits-as-asked', 'chorus/timeout-leaves-the-server-alone', 'chorus/delay-is-abortable'],

  step(world, { waiting }) {
    const { state, mechanisms } = world;
    const { run } = state.threads[waiting]!;
    if (!isTimed(run)) throw new ModelError('the thread does not wait for a limited time');
    if (run.tag === 'calling') mechanisms.abandonCall(world, run.transaction, false);
    mechanisms.answer(world, waiting, run.tag === 'delaying' ? null : 'K_ETIMEOUT');
    return returned(null);
  },
};

export const failureIsNoticed: ChorusOperation<'failureIsNoticed', 'failed call'> = {
  implements: ['chorus/lost-call-is-noticed', 'chorus/failed-call-ends-with-an-error', 'chorus/partition-hides-sites-from-each-other'],

  step(world, { client }) {
    const { state, mechanisms } = world;
    const { run } = state.threads[client]!;
    if (!awaits(run) || !canFail(state, client)) throw new ModelError('there is nothing to notice');
    mechanisms.noticeFailure(world, run.transaction);
    return returned(null);
  },
};
