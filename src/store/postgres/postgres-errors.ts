import { DatabaseError } from 'pg'
import { SignalboxError } from '../../errors/signalbox-error.ts'

/** What users meet, by SQLSTATE or its class. Messages are not quoted: some hold values. */
const reasonsByState: ReadonlyMap<string, string> = new Map([
  ['08', 'the connection was lost'],
  ['22', 'PostgreSQL refused a value'],
  ['25006', 'the server is read-only'],
  ['28', 'the user or password was refused'],
  ['3D000', 'there is no such database'],
  ['40', 'other transactions kept coming first'],
  ['42501', 'the user may not do this'],
  ['53100', 'the disk is full'],
  ['53300', 'the server has no connection left'],
  ['53', 'the server is short of resources'],
  ['54', 'a limit of the server was reached'],
  ['55P03', 'a lock was not had in time'],
  ['57014', 'a statement took too long and was ended'],
  ['57P03', 'the server is starting or stopping'],
  ['57', 'the server ended the connection'],
  ['58', 'reading or writing the disk failed'],
  ['XX001', 'the data is damaged'],
  ['XX002', 'an index is damaged'],
])

/** Deadlocks and failed serialisations: nothing was done, and it may go well the next time. */
export function isTransient(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '40P01' || error.code === '40001')
}

/** The constraint that a write has violated, if it is one of uniqueness. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof DatabaseError) || error.code !== '23505') return undefined
  return error.constraint ?? ''
}

/** Whether the connection is of no more use after this. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true
  return ['08', '57', '58', 'XX'].some((state) => error.code?.startsWith(state) === true)
}

/** What went wrong with the server becomes STORE_UNAVAILABLE with the reason; the rest stays. */
export function asUnavailable(place: string, error: unknown): unknown {
  if (error instanceof SignalboxError || isMistake(error)) return error
  const state = error instanceof DatabaseError ? error.code : undefined
  const reason = error instanceof DatabaseError ? reasonOf(error) : reasonOfConnection(error)
  return new SignalboxError(
    'STORE_UNAVAILABLE',
    `Expected to read and write ${place}, found that ${reason}.`,
    { details: { place, ...(state === undefined ? {} : { sqlState: state }) } },
  )
}

function reasonOf({ code = '', constraint, table, message }: DatabaseError): string {
  // A mistake in a statement, or a schema that somebody has changed: names, and no values.
  if (code.startsWith('42') && code !== '42501')
    return `the schema is not what it should be (SQLSTATE ${code}: ${message})`
  const reason = reasonsByState.get(code) ?? reasonsByState.get(code.slice(0, 2))
  const subject = constraint ?? table
  const where = subject === undefined ? '' : ` at ${subject}`
  return `${reason ?? 'PostgreSQL refused'} (SQLSTATE ${code}${where})`
}

/** Errors of sockets, names, TLS, and the driver's own; they name hosts and times, no values. */
function reasonOfConnection(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return reasonOfConnection(error.errors[0])
  }
  const message = error instanceof Error ? error.message : String(error)
  return `the server does not answer (${message})`
}

/** A mistake of ours: it must be seen as one. */
function isMistake(error: unknown): boolean {
  return (
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  )
}
