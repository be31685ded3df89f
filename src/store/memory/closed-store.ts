import { SignalboxError } from '../../errors/signalbox-error.ts'

/** What a store throws at whoever uses it after it was closed. */
export function closedStore(): SignalboxError {
  return new SignalboxError('STORE_UNAVAILABLE', 'Expected an open store, found it closed.')
}
