import { Weighted, type Random } from '#properties/random';
import { sharing } from '#properties/qnx/draw-call';
import type { QnxNetworkCall } from '#model/qnx-network/kernel';
import type { QnxNetworkState } from '#model/qnx-network/state';
import { drawStep, type Character, type FarCall } from '#properties/qnx-network/draw';
import { Scene } from '#properties/qnx-network/scenes';
import { drawScope } from '#properties/qnx-network/scope';
import type { Theme } from '#properties/suite';

/** What processes do on their own nodes meanwhile. */
const atHome = sharing({
  Send: 8, Receive: 16, Receivemx: 4, Creceive: 4, Reply: 8, Readmsg: 2, Trigger: 2, qnx_proxy_attach: 2, kill: 2, sigaction: 2, fork: 2, exec: 1,
  spawn: 1, _exit: 2, qnx_fd_attach: 1, Sendfd: 2, store: 4, qnx_name_attach: 1, waitpid: 1, qnx_pflags: 1, qnx_proxy_detach: 1,
});

/** The same, with deaths. */
const dying = sharing({ Send: 4, Receive: 10, Reply: 8, kill: 4, fork: 3, exec: 4, _exit: 8, sigaction: 3, store: 2, qnx_pflags: 2 });

const far = (shares: Readonly<Partial<Record<FarCall, number>>>): Weighted<FarCall> =>
  new Weighted(Object.entries(shares).map(([kind, weight]) => [weight, kind as FarCall]));

const exchanges = far({ send: 6, serve: 8, attach: 1, local: 3 });
const makings = far({ send: 3, serve: 3, attach: 6, detach: 3, local: 2 });

const characters: readonly Character[] = [
  { trouble: 1000, far: exchanges, shares: atHome },
  { trouble: 30, far: exchanges, shares: atHome },
  { trouble: 6, far: exchanges, shares: atHome },
  { trouble: 200, far: makings, shares: atHome },
  { trouble: 12, far: makings, shares: dying },
  { trouble: 40, far: far({ send: 4, serve: 5, local: 6, attach: 1 }), shares: dying },
  { trouble: 60, far: far({ proxy: 8, local: 3, attach: 1 }), shares: atHome },
  { trouble: 40, far: far({ name: 8, send: 2, serve: 2, local: 2 }), shares: atHome },
  { trouble: 60, far: far({ signal: 8, send: 5, serve: 5, local: 2, attach: 1 }), shares: atHome },
];

/** A run has a character: what is frequent in it, and how often something goes wrong. */
export function qnxNetworkTheme(random: Random): Theme<QnxNetworkState, QnxNetworkCall> {
  const scene = random.once(3) ? null : new Scene(random);
  const scope = drawScope(random, scene !== null);
  const character = random.pick(characters);
  return { scope, draw: (state, draws) => scene?.next(state, draws) ?? drawStep(state, draws, character) };
}
