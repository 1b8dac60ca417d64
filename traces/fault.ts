/** What is wrong with what was given to us: a file, a line of a log, a field. Exit code 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** Our side or the adapter's could not do its job: nothing follows about the kernel. Exit code 4. */
export class AdapterFault extends Error {
  override readonly name = 'AdapterFault';
  /** What the adapter had last written to its standard error. */
  readonly stderr: string;
  /** The check that names it, such as `adapter.exited`. */
  readonly check: string;

  constructor(check: string, message: string, stderr = '') {
    super(message);
    this.check = check;
    this.stderr = stderr;
  }
}

/** The first complaint of a schema, with the place of the field: `steps[3].call.thread: expected a string`. */
export function complaint(error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] }): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'not of the expected form';
  const place = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '');
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
