/**
 * A small generator of pseudo-random numbers (splitmix32), the same on every machine. The model is asked
 * millions of times, so it must be cheap; nothing depends on its statistical finesse.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return ((z ^ (z >>> 15)) >>> 0) % bound;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(options: readonly T[]): T {
    return options[this.below(options.length)]!;
  }

  /** One that draws the same numbers from here on, and leaves this one where it is. */
  aside(): Random {
    return new Random(this.#state);
  }

  /** A generator of its own, for one run: a run does not depend on how long those before it were. */
  static forRun(seed: number, run: number): Random {
    const random = new Random(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(run + 1, 0x85eb_ca6b));
    random.below(2);
    return random;
  }
}

/** A table of weights, from which one row is drawn in proportion. */
export class Weighted<T> {
  readonly #rows: readonly T[];
  readonly #upTo: readonly number[];
  readonly #total: number;

  constructor(rows: readonly (readonly [weight: number, row: T])[]) {
    let total = 0;
    this.#rows = rows.map(([, row]) => row);
    this.#upTo = rows.map(([weight]) => (total += weight));
    this.#total = total;
  }

  draw(random: Random): T {
    const at = random.below(this.#total);
    return this.#rows[this.#upTo.findIndex((end) => at < end)]!;
  }
}
