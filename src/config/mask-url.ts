export const masked = '•••'

/** Parameters of PostgreSQL's URLs that nobody may read. */
const secretParameters = /([?&](?:password|sslpassword|sslkey)=)[^&#]*/gi

/**
 * A text in which the password of a URL is masked. Passwords that should have been escaped are masked
 * too, whatever is in them: everything up to the last `@` before what can only be a parameter.
 */
export function maskUrlPassword(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0]
  if (scheme === undefined) return text
  const rest = text.slice(scheme.length)
  const parameters = rest.search(/[?&][A-Za-z_]+=/)
  const at = (parameters < 0 ? rest : rest.slice(0, parameters)).lastIndexOf('@')
  const colon = rest.indexOf(':')
  const shown =
    at < 0 || colon < 0 || colon > at
      ? rest
      : `${rest.slice(0, colon + 1)}${masked}${rest.slice(at)}`
  return `${scheme}${shown.replace(secretParameters, `$1${masked}`)}`
}
