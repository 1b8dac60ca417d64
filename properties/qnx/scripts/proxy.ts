import { qnx, defaultLimits } from '#model/qnx/kernel';
import type { QnxCall } from '#model/qnx/world';
import type { QnxState } from '#model/qnx/state';
import type { Pid } from '#spec/qnx/vocabulary';
import { script } from '#properties/script';
import { ANYBODY, CLIENT, dispatch, pair, process, receives, SERVER, stretch } from '#properties/qnx/scripts/parties';

const proxyOf = (state: QnxState): Pid => state.proxies[0]!.pid;

/** The server's own proxy, whose content is fixed when it is made: whoever triggers it sends that. */
export const proxy = script({
  kernel: qnx,
  scope: pair,
  most: defaultLimits.proxyData,
  * before(_, size): Generator<QnxCall> {
    yield dispatch;
    yield { operation: 'qnx_proxy_attach', thread: process(SERVER), pid: ANYBODY, data: stretch(size), priority: -1 };
    yield receives(SERVER, stretch(size));
    yield dispatch;
  },
  * calls(look, size): Generator<QnxCall> {
    yield { operation: 'Trigger', thread: process(CLIENT), proxy: proxyOf(look()) };
    yield dispatch;
    yield receives(SERVER, stretch(size));
  },
});
