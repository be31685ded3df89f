/** Values of a statement, in the order in which its text names them. */
export class Parameters {
  readonly values: unknown[] = []

  /** Answers the name that the text gives to a value. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}
