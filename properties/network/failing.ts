import type { AnyCall, Kernel } from '#model/kernel';
import type { Violations } from '#properties/obligation';
import { Random } from '#properties/random';
import { Play, type Act, type Observation, type Placement, type Script, type Stage } from '#properties/network/stage';

/** A message of a program: every message has a mark of its own, so that it is known again wherever it turns up. */
export interface Marked {
  readonly mark: string;
  readonly sender: number;
  /** The act that sent it. */
  readonly act: number;
  /** What its sender was told; undefined: nothing, it waits, or it was not able to send. */
  readonly told: Observation | undefined;
  /** Where and when it was received. */
  readonly receipts: readonly { readonly process: number; readonly act: number; readonly place: number }[];
}

/** Programs in which one process fails, and what is to become of the messages. */
export interface Failing<S, Call extends AnyCall, Deed, Roles> {
  readonly stage: Stage<S, Call, Deed, Roles>;
  /** The process that fails. */
  readonly victim: (script: Script<Deed>) => number;
  /** Its failure, as whoever or whatever brings it about. */
  readonly failure: (play: Play<S, Call, Deed, Roles>, victim: number) => Call;
  /** What is tried in the end, over and over until nobody is told anything new, so that everything there is has been received. */
  readonly drain: (script: Script<Deed>) => readonly Act<Deed>[];
  /** The mark of the message that an act sends, if it sends one. */
  readonly markOf: (deed: Deed) => string | null;
  /** The mark of the message that an observation shows to have been received. */
  readonly received: (seen: Observation) => string | null;
  /** Who may receive them: the process that they were sent to, and whoever the rules let take its place. */
  readonly receivers: readonly number[];
  /** Whether its sender was told that a message went, or that it did not. */
  readonly went: (told: Observation) => boolean;
  /** Whether the rules let a message be lost that went. `failed`: the number of acts tried before the failure. */
  readonly mayBeLost: (message: Marked, failed: number, script: Script<Deed>) => boolean;
  /** Whether a process that waits in the end may go on waiting: for messages nobody owes it. */
  readonly mayWait: (play: Play<S, Call, Deed, Roles>, process: number) => boolean;
}

/** What became of messages: how many of each. */
export interface Fates {
  readonly received: number;
  /** By another than the process that failed. */
  readonly redirected: number;
  /** Went, and were received by nobody. */
  readonly lost: number;
  /** Did not go, as their senders were told. */
  readonly refused: number;
}

export interface Failed { readonly runs: number; readonly fates: Fates; readonly violations: Violations }

/** Runs a program with a failure after so many acts, to its end, and says what became of its messages and what rules that breaks. */
export function failAfter<S, Call extends AnyCall, Deed, Roles>(
  failing: Failing<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, script: Script<Deed>, placement: Placement, failed: number,
): Failed {
  const play = new Play(failing.stage, kernel, placement);
  const victim = failing.victim(script);
  script.acts.slice(0, failed).forEach((act) => play.act(act));
  play.happen(failing.failure(play, victim));
  script.acts.slice(failed).forEach((act) => play.act(act));
  drained(play, failing.drain(script));
  const messages = messagesOf(failing, script, play.observations);
  const violations = [
    ...messages.flatMap((message) => fateOf(failing, message, failed, script)), ...outOfOrder(messages), ...leftWaiting(failing, play, victim),
  ];
  return { runs: 1, fates: fatesOf(messages, victim, failing.went), violations };
}

function fatesOf(messages: readonly Marked[], victim: number, went: (told: Observation) => boolean): Fates {
  const number = (wanted: (message: Marked) => boolean) => messages.filter(wanted).length;
  return {
    received: number(({ receipts }) => receipts.length > 0),
    redirected: number(({ receipts }) => receipts.some(({ process }) => process !== victim)),
    lost: number(({ receipts, told }) => receipts.length === 0 && told !== undefined && went(told)),
    refused: number(({ told }) => told !== undefined && !went(told)),
  };
}

/** The same with the failure at every place there is. */
export function failEverywhere<S, Call extends AnyCall, Deed, Roles>(
  failing: Failing<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, script: Script<Deed>, placement: Placement,
): Failed {
  const said = script.acts.map(({ process, deed }) => `${process}: ${JSON.stringify(deed)}`).join('; ');
  return sum(Array.from({ length: script.acts.length + 1 }, (_, failed) => {
    const { violations, ...rest } = failAfter(failing, kernel, script, placement, failed);
    return { ...rest, violations: violations.map((violation) => `${violation}; the failure comes after ${failed} acts of ${said}`) };
  }));
}

/** The failure at every place of one program, as an obligation has it: one program for each seed. */
export const failures = <S, Call extends AnyCall, Deed, Roles>(
  failing: Failing<S, Call, Deed, Roles>, placed: (processes: number) => Placement,
) => ({
  tries(kernel: Kernel<S, Call>, seed: number): { readonly applied: boolean; readonly violations: Violations } {
    const { fates, violations } = oneProgram(failing, placed, kernel, seed);
    return { applied: fates.received > 0, violations: violations.slice(0, 1) };
  },
});

/** Draws a program, and lets the failure come everywhere in it. */
export function oneProgram<S, Call extends AnyCall, Deed, Roles>(
  failing: Failing<S, Call, Deed, Roles>, placed: (processes: number) => Placement, kernel: Kernel<S, Call>, seed: number,
): Failed {
  const script = failing.stage.draw(new Random(seed));
  return failEverywhere(failing, kernel, script, placed(script.processes));
}

/** All processes on one node. */
export const together = (processes: number): Placement => Array.from({ length: processes }, () => 0);

/** All of them together. */
export const sum = (all: readonly Failed[]): Failed => all.reduce((total, { runs, fates, violations }) => ({
  runs: total.runs + runs,
  fates: {
    received: total.fates.received + fates.received, redirected: total.fates.redirected + fates.redirected,
    lost: total.fates.lost + fates.lost, refused: total.fates.refused + fates.refused,
  },
  violations: [...total.violations, ...violations],
}), { runs: 0, fates: { received: 0, redirected: 0, lost: 0, refused: 0 }, violations: [] });

/** A faulty kernel may give the same message for ever. */
const MOST_ROUNDS = 50;

const answers = <S, Call extends AnyCall, Deed, Roles>({ observations }: Play<S, Call, Deed, Roles>): number =>
  observations.reduce((total, seen) => total + seen.filter(({ event }) => event.tag === 'returned').length, 0);

function drained<S, Call extends AnyCall, Deed, Roles>(play: Play<S, Call, Deed, Roles>, acts: readonly Act<Deed>[]): void {
  for (let before = -1, rounds = 0; answers(play) > before && rounds < MOST_ROUNDS; rounds += 1) {
    before = answers(play);
    acts.forEach((act) => play.act(act));
  }
}

/** Every message of a program, and what became of it. */
function messagesOf<S, Call extends AnyCall, Deed, Roles>(
  failing: Failing<S, Call, Deed, Roles>, script: Script<Deed>, observations: readonly (readonly Observation[])[],
): readonly Marked[] {
  const receipts = observations.flatMap((seen, process) => seen.flatMap((one, place) => {
    const mark = failing.received(one);
    return mark === null ? [] : [{ mark, process, act: one.act, place }];
  }));
  return script.acts.flatMap(({ process: sender, deed }, at) => {
    const mark = failing.markOf(deed);
    if (mark === null) return [];
    const told = observations[sender]!.find((one) => one.act === at + 1);
    return [{ mark, sender, act: at + 1, told, receipts: receipts.filter((receipt) => receipt.mark === mark) }];
  });
}

function fateOf<S, Call extends AnyCall, Deed, Roles>(
  { went, mayBeLost, receivers }: Failing<S, Call, Deed, Roles>, message: Marked, failed: number, script: Script<Deed>,
): Violations {
  const { mark, told, receipts, sender } = message;
  if (receipts.length > 1) return [`message ${mark} of process ${sender} is received ${receipts.length} times`];
  const stranger = receipts.find(({ process }) => !receivers.includes(process));
  if (stranger !== undefined) return [`message ${mark} of process ${sender} is received by process ${stranger.process}`];
  const isSaidToHaveGone = told !== undefined && went(told);
  if (receipts.length === 0 && isSaidToHaveGone && !mayBeLost(message, failed, script)) return [`message ${mark} of process ${sender} went, and nobody received it`];
  return receipts.length === 1 && told !== undefined && told.act < receipts[0]!.act && !isSaidToHaveGone
    ? [`message ${mark} of process ${sender} did not go, and was received`] : [];
}

/** What one process has sent is received by another in the order in which it was sent. */
function outOfOrder(messages: readonly Marked[]): Violations {
  return messages.flatMap((message, at) => {
    const receipt = message.receipts[0];
    if (receipt === undefined) return [];
    const overtaken = messages.slice(0, at).find(({ sender, receipts: [earlier] }) => sender === message.sender && earlier !== undefined
      && earlier.process === receipt.process && earlier.place > receipt.place);
    return overtaken === undefined ? [] : [`message ${message.mark} of process ${message.sender} overtook ${overtaken.mark}`];
  });
}

function leftWaiting<S, Call extends AnyCall, Deed, Roles>(
  { mayWait }: Failing<S, Call, Deed, Roles>, play: Play<S, Call, Deed, Roles>, victim: number,
): Violations {
  return play.placement.flatMap((_, process) => (process === victim || play.isFree(process) || mayWait(play, process) ? []
    : [`process ${process} waits for ever`]));
}
