/**
 * Which of an implementation's own numbers stand for which of the model's names, space by space and one to
 * one. A number may come back for another name once the first denotes nothing any more; so the binding is
 * asked together with whether a name is live.
 */
export class Binding {
  #numbers: Map<string, number>;
  #names: Map<string, number>;

  constructor(numbers: Map<string, number> = new Map(), names: Map<string, number> = new Map()) {
    this.#numbers = numbers;
    this.#names = names;
  }

  /** Takes on what another binding binds. */
  become(other: Binding): void {
    this.#numbers = new Map(other.#numbers);
    this.#names = new Map(other.#names);
  }

  copy(): Binding {
    return new Binding(new Map(this.#numbers), new Map(this.#names));
  }

  /** The number that stands for a name, or once stood for it. */
  numberOf(space: string, name: number): number | undefined {
    return this.#numbers.get(`${space}/${name}`);
  }

  /** The name that a number last stood for. */
  nameOf(space: string, number: number): number | undefined {
    return this.#names.get(`${space}/${number}`);
  }

  bind(space: string, name: number, number: number): void {
    const old = this.numberOf(space, name);
    if (old !== undefined && old !== number) this.forget(space, name);
    this.#numbers.set(`${space}/${name}`, number);
    this.#names.set(`${space}/${number}`, name);
  }

  forget(space: string, name: number): void {
    const number = this.numberOf(space, name);
    this.#numbers.delete(`${space}/${name}`);
    if (number !== undefined && this.nameOf(space, number) === name) this.#names.delete(`${space}/${number}`);
  }

  /** Equal for bindings that bind the same. */
  key(): string {
    return [...this.#numbers].map(([name, number]) => `${name}=${number}`).sort().join(' ');
  }
}
