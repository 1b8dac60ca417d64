import { mach } from '#model/mach/kernel';
import { script, type Scripts } from '#properties/script';
import { CLIENT, filled, inline, isReceive, isSend, message, nameOf, nothing, PAGE, region, SERVER, service, writes, type Body } from '#properties/mach/scripts/parties';

/** A send right is all that a message needs; nobody is to answer. `written`: the server writes to every page that it gets. */
const one = (paged: boolean, bodyOf: (size: number) => Body, written = false) => script({
  kernel: mach,
  scope: (size) => ({ threads: [1, 1], ...(paged ? { memory: { pageSize: PAGE, pageCount: 2 * Math.ceil(size / PAGE) } } : {}) }),
  least: paged ? 1 : 0,
  * before(look, size) {
    if (paged) yield* filled(CLIENT, size);
    yield* service(look, [CLIENT]);
    yield message(SERVER, null, nameOf(look(), SERVER, isReceive));
  },
  * calls(look, size) {
    yield message(CLIENT, { remote: { name: nameOf(look(), CLIENT, isSend), disposition: 'copy-send' }, local: nothing, body: bodyOf(size) }, null);
    if (written) yield* writes(SERVER, size);
    yield message(SERVER, null, nameOf(look(), SERVER, isReceive));
  },
});

export const scripts: Scripts = {
  inline: one(false, (size) => inline(size)),
  'out-of-line': one(true, (size) => [region(0, size)]),
  'out-of-line, written': one(true, (size) => [region(0, size)], true),
};
