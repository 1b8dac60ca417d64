/** A call that this adapter cannot make, and why. */
export class Unsupported extends Error {}
