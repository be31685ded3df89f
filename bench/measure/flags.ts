/** `--name value` for each entry, as most programs take their options. */
export function flagsOf(options: Readonly<Record<string, string | number>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
}
