import type { Severity } from '../diagnostic.ts'

/**
 * The catalogue of diagnostics: the code is the key. Every code has a page `docs/diagnostics/<code>.md`
 * and a test; the tidy test holds them together.
 */
const kinds = {
  // The text
  YAML_SYNTAX: { severity: 'error', title: 'The text is not YAML' },
  JSON_SYNTAX: { severity: 'error', title: 'The text is not JSON' },
  DUPLICATE_KEY: { severity: 'error', title: 'A key is there twice' },
  PROPERTY_UNKNOWN: { severity: 'error', title: 'There is no such property' },
  PROPERTY_MISSING: { severity: 'error', title: 'A property is missing' },
  VALUE_INVALID: { severity: 'error', title: 'The value does not fit' },
  KIND_UNSUPPORTED: { severity: 'error', title: 'This kind of flow cannot be run' },
  LIMIT_EXCEEDED: { severity: 'error', title: 'A limit is exceeded' },
  // Names
  NAME_INVALID: { severity: 'error', title: 'The name is not allowed' },
  NAME_INTEGER_LIKE: { severity: 'error', title: 'The name looks like a number' },
  TARGET_UNKNOWN: { severity: 'error', title: 'The target does not exist' },
  CHANNEL_UNKNOWN: { severity: 'warning', title: 'The channel is not configured' },
  CHANNEL_MISSING: { severity: 'error', title: 'The command has no channel' },
  STAGE_UNKNOWN: { severity: 'error', title: 'The stage does not exist' },
  // Expressions
  EXPRESSION_SYNTAX: { severity: 'error', title: 'The expression cannot be read' },
  EXPRESSION_TYPE: { severity: 'error', title: 'The expression has the wrong type' },
  EXPRESSION_NAME_UNKNOWN: { severity: 'error', title: 'The expression uses an unknown name' },
  // The graph
  NODE_UNREACHABLE: { severity: 'warning', title: 'The node cannot be reached' },
  DEAD_END: { severity: 'error', title: 'The node has no way out' },
  NO_WAY_TO_FINAL: { severity: 'error', title: 'No final node can be reached' },
  FINAL_WITH_WAYS_OUT: { severity: 'error', title: 'A final node has ways out' },
  TIMER_MISSING: { severity: 'warning', title: 'The node waits without a timer' },
  FAILURE_NOT_HANDLED: { severity: 'warning', title: 'A failure event is not handled' },
  ENDLESS_LOOP: { severity: 'error', title: 'A cycle never waits' },
  GUARD_SHADOWED: { severity: 'warning', title: 'A transition can never be taken' },
  COMPENSATION_GAP: { severity: 'warning', title: 'An effect has no undo' },
  UNDO_UNUSED: { severity: 'warning', title: 'An undo is never used' },
  UNDO_DATA_IN_CYCLE: { severity: 'warning', title: 'An undo in a cycle needs data of its own' },
  // The state space
  STUCK_EXECUTION: { severity: 'error', title: 'An execution can get stuck' },
  SUCCESS_LEAVES_UNDONE: {
    severity: 'error',
    title: 'A success follows an incomplete compensation',
  },
  FAILURE_LEAVES_EFFECTS: { severity: 'warning', title: 'A failure leaves an effect behind' },
  EXPLORATION_BOUNDED: { severity: 'hint', title: 'The state space was not explored whole' },
} as const satisfies Record<string, { readonly severity: Severity; readonly title: string }>

export type DiagnosticCode = keyof typeof kinds

/** Every code with its usual severity and title. */
export const diagnosticKinds: Readonly<
  Record<DiagnosticCode, { readonly severity: Severity; readonly title: string }>
> = kinds
