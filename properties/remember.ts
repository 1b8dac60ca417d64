/**
 * Works out a fact once, however many laws ask for it. Only what can no longer change is remembered: steps, and
 * snapshots of states, which are frozen. The last two are kept: the state before a step was that after the last.
 */
export function remember<Of extends object, Fact>(fact: (of: Of) => Fact): (of: Of) => Fact {
  let last: Of | null = null;
  let lastFact: Fact;
  let earlier: Of | null = null;
  let earlierFact: Fact;
  return (of) => {
    if (of === last) return lastFact;
    if (of === earlier) return earlierFact;
    const found = fact(of);
    if (!Object.isFrozen(of)) return found;
    earlier = last;
    earlierFact = lastFact;
    last = of;
    lastFact = found;
    return found;
  };
}

/** Works out a fact of a step when the first law asks, and no more while laws ask for the same step. */
export function oncePerStep<Step extends object, Fact>(fact: (step: Step) => Fact): (step: Step) => Fact {
  let last: Step | null = null;
  let known: Fact;
  return (step) => {
    if (step === last) return known;
    const found = fact(step);
    last = step;
    known = found;
    return found;
  };
}
