/**
 * The catalogue of errors: the code is the key, so it cannot drift. `status` is the HTTP status,
 * `retry` tells whether the same request can succeed later, `exitCode` is the CLI's. Every code has a
 * page under `docs/errors`, and the tidy test holds both together.
 */
interface ErrorKind {
  readonly status: number
  readonly title: string
  readonly retry: boolean
  readonly exitCode: number
}

const kinds = {
  // The request
  REQUEST_INVALID: {
    status: 400,
    title: 'The request does not fit its schema',
    retry: false,
    exitCode: 2,
  },
  JSON_INVALID: { status: 400, title: 'The body is not JSON', retry: false, exitCode: 2 },
  JSON_TOO_DEEP: { status: 400, title: 'The JSON is nested too deeply', retry: false, exitCode: 2 },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large', retry: false, exitCode: 2 },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The media type is not supported',
    retry: false,
    exitCode: 2,
  },
  CURSOR_INVALID: {
    status: 400,
    title: 'The cursor is not one of ours',
    retry: false,
    exitCode: 2,
  },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no such route', retry: false, exitCode: 1 },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The route does not know this method',
    retry: false,
    exitCode: 1,
  },
  HTTP_MALFORMED: { status: 400, title: 'The request is not HTTP', retry: false, exitCode: 2 },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large', retry: false, exitCode: 2 },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request did not arrive in time',
    retry: true,
    exitCode: 5,
  },
  NAME_INVALID: { status: 400, title: 'The name is not allowed', retry: false, exitCode: 2 },
  UNAUTHENTICATED: { status: 401, title: 'A valid token is needed', retry: false, exitCode: 4 },
  FORBIDDEN: { status: 403, title: 'The token does not allow this', retry: false, exitCode: 4 },
  ORIGIN_REFUSED: {
    status: 403,
    title: 'A page of another origin may not do this',
    retry: false,
    exitCode: 4,
  },
  HOST_REFUSED: {
    status: 421,
    title: 'The request was meant for another host',
    retry: false,
    exitCode: 4,
  },
  // Flows
  FLOW_INVALID: { status: 422, title: 'The flow has errors', retry: false, exitCode: 1 },
  FLOW_NOT_FOUND: { status: 404, title: 'There is no such flow', retry: false, exitCode: 1 },
  FLOW_VERSION_NOT_FOUND: {
    status: 404,
    title: 'The flow has no such version',
    retry: false,
    exitCode: 1,
  },
  FLOW_PAUSED: {
    status: 409,
    title: 'The flow accepts no new executions',
    retry: true,
    exitCode: 1,
  },
  FLOW_RETIRED: { status: 409, title: 'The flow is retired', retry: false, exitCode: 1 },
  // Executions
  EXECUTION_NOT_FOUND: {
    status: 404,
    title: 'There is no such execution',
    retry: false,
    exitCode: 1,
  },
  EXECUTION_EXISTS: {
    status: 409,
    title: 'The id belongs to another execution',
    retry: false,
    exitCode: 1,
  },
  EXECUTION_FINISHED: { status: 409, title: 'The execution has ended', retry: false, exitCode: 1 },
  EXECUTION_QUARANTINED: {
    status: 500,
    title: 'The execution cannot be decided on',
    retry: false,
    exitCode: 1,
  },
  KEY_TAKEN: {
    status: 409,
    title: 'The business key belongs to a running execution',
    retry: true,
    exitCode: 1,
  },
  KEY_INVALID: { status: 422, title: 'The business key cannot be made', retry: false, exitCode: 1 },
  INPUT_INVALID: {
    status: 422,
    title: 'The input does not fit the flow',
    retry: false,
    exitCode: 1,
  },
  EVENT_UNEXPECTED: {
    status: 409,
    title: 'The current node does not expect the event',
    retry: false,
    exitCode: 1,
  },
  EVENT_INVALID: {
    status: 422,
    title: 'The event does not fit its schema',
    retry: false,
    exitCode: 1,
  },
  EVENTS_KEPT_LIMIT: { status: 429, title: 'Too many events are kept', retry: true, exitCode: 1 },
  NOT_PAUSED: { status: 409, title: 'The execution is not paused', retry: false, exitCode: 1 },
  ALREADY_PAUSED: {
    status: 409,
    title: 'The execution is paused already',
    retry: false,
    exitCode: 1,
  },
  ROLLBACK_RUNNING: { status: 409, title: 'A rollback is running', retry: false, exitCode: 1 },
  NOTHING_TO_RETRY: { status: 409, title: 'There is nothing to retry', retry: false, exitCode: 1 },
  NOTHING_TO_SKIP: { status: 409, title: 'There is nothing to skip', retry: false, exitCode: 1 },
  NOTHING_TO_ROLL_BACK: {
    status: 409,
    title: 'There is nothing to roll back',
    retry: false,
    exitCode: 1,
  },
  BULK_SET_NOT_FOUND: {
    status: 404,
    title: 'There is no such set of executions',
    retry: false,
    exitCode: 1,
  },
  NODE_UNKNOWN: { status: 422, title: 'The flow has no such node', retry: false, exitCode: 1 },
  STATE_TOO_LARGE: {
    status: 413,
    title: "The execution's state is too large",
    retry: false,
    exitCode: 1,
  },
  JOURNAL_FULL: { status: 409, title: 'The journal is full', retry: false, exitCode: 1 },
  // Channels and workers
  CHANNEL_NOT_FOUND: { status: 404, title: 'There is no such channel', retry: false, exitCode: 1 },
  CHANNEL_NOT_A_QUEUE: {
    status: 409,
    title: 'The channel has no queue',
    retry: false,
    exitCode: 1,
  },
  // Dead letters
  EVENT_UNREADABLE: { status: 422, title: 'The message is no event', retry: false, exitCode: 1 },
  DEAD_LETTER_NOT_FOUND: {
    status: 404,
    title: 'There is no such dead letter',
    retry: false,
    exitCode: 1,
  },
  DEAD_LETTER_UNREADABLE: {
    status: 422,
    title: 'The dead letter is no event',
    retry: false,
    exitCode: 1,
  },
  // The server
  BUSY: { status: 503, title: 'Too much is waiting already', retry: true, exitCode: 5 },
  STOPPING: { status: 503, title: 'Signalbox is stopping', retry: true, exitCode: 5 },
  STORE_UNAVAILABLE: { status: 503, title: 'The store does not answer', retry: true, exitCode: 5 },
  STORE_IN_USE: {
    status: 500,
    title: 'Another Signalbox uses the store',
    retry: false,
    exitCode: 3,
  },
  STORE_TOO_NEW: {
    status: 500,
    title: 'A newer Signalbox wrote the store',
    retry: false,
    exitCode: 3,
  },
  INTERNAL: { status: 500, title: 'Signalbox made a mistake', retry: false, exitCode: 70 },
  // Configuration and command line
  CONFIG_INVALID: {
    status: 500,
    title: 'The configuration is not valid',
    retry: false,
    exitCode: 3,
  },
  CONFIG_NOT_FOUND: {
    status: 500,
    title: 'The configuration file is not there',
    retry: false,
    exitCode: 3,
  },
  BIND_WITHOUT_AUTH: {
    status: 500,
    title: 'An open address needs tokens',
    retry: false,
    exitCode: 3,
  },
  PORT_IN_USE: { status: 500, title: 'The port is in use', retry: false, exitCode: 3 },
  SERVER_UNREACHABLE: { status: 502, title: 'Signalbox does not answer', retry: true, exitCode: 5 },
  BACKUP_FAILED: { status: 500, title: 'The backup was not made', retry: true, exitCode: 2 },
  FILE_UNREADABLE: { status: 400, title: 'The file cannot be read', retry: false, exitCode: 2 },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof kinds

/** Every code with its HTTP status, title, retry advice and exit code. */
export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = kinds
