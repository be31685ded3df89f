import { GenericError, MultipleErrors } from '@platformatic/kafka'

/** Why a request to Kafka failed, in Signalbox's words. */
export interface KafkaFailure {
  /** `KAFKA_` and the protocol's own name of the error where the broker gave one. */
  readonly code: string
  readonly detail: string
  /** False where the message itself is refused, so that it would be refused again. */
  readonly retryable: boolean
}

/** What is wrong with a message, and not with the cluster, its topics or its permissions. */
const refusals: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'POLICY_VIOLATION',
])

/**
 * A refused message is refused for good. Everything else passes, by itself or because somebody
 * creates the topic or gives the permission: a rollback would be the wrong answer to it.
 */
export function failureOf(error: unknown): KafkaFailure {
  const root = rootOf(error)
  const apiId = root instanceof GenericError ? root['apiId'] : undefined
  if (typeof apiId === 'string') {
    return { code: `KAFKA_${apiId}`, detail: detailOf(root), retryable: !refusals.has(apiId) }
  }
  return { code: codeOf(root), detail: detailOf(root), retryable: true }
}

/** The deepest first reason: the outer ones only say which request it was. */
function rootOf(error: unknown): unknown {
  let reason = error
  // Chains are short; the bound is for one that leads back to itself.
  for (let depth = 0; depth < 10; depth += 1) {
    const [first] = reason instanceof MultipleErrors ? reason.errors : []
    const inner = first ?? (reason instanceof Error ? reason.cause : undefined)
    if (!(inner instanceof Error)) return reason
    reason = inner
  }
  return reason
}

function codeOf(reason: unknown): string {
  if (!(reason instanceof Error)) return 'KAFKA_FAILED'
  if (reason.message.startsWith('Unknown topic')) return 'KAFKA_UNKNOWN_TOPIC'
  if (/timed out/i.test(reason.message)) return 'KAFKA_TIMEOUT'
  const code = 'code' in reason ? reason.code : undefined
  if (code === 'PLT_KFK_AUTHENTICATION') return 'KAFKA_AUTHENTICATION'
  return 'KAFKA_UNREACHABLE'
}

function detailOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason)
  const code = 'code' in reason && typeof reason.code === 'string' ? `${reason.code} ` : ''
  const said = 'serverErrorMessage' in reason ? reason.serverErrorMessage : undefined
  const message = typeof said === 'string' ? `${reason.message}: ${said}` : reason.message
  return code.startsWith('PLT_') ? message : `${code}${message}`
}
