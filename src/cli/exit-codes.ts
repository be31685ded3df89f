/** What the exit code of a command says. Errors bring theirs from the catalogue. */
export const exitCodes = {
  ok: { code: 0, means: 'It worked; `run --follow`: the execution completed.' },
  failed: {
    code: 1,
    means:
      'It did not work: the flow has errors, there is no such execution, the act does not fit.',
  },
  usage: { code: 2, means: 'The command line, a file or the data given is wrong.' },
  configuration: {
    code: 3,
    means: 'The server cannot start so: configuration, port, store, missing tokens.',
  },
  forbidden: { code: 4, means: 'A token is missing, wrong, or does not allow this.' },
  unavailable: { code: 5, means: 'The server does not answer, or is busy or stopping. Try again.' },
  executionFailed: { code: 10, means: '`run`: the execution ended as failed.' },
  executionRolledBack: { code: 11, means: '`run`: the execution was rolled back.' },
  executionCancelled: { code: 12, means: '`run`: the execution was cancelled.' },
  executionIncident: {
    code: 13,
    means: '`run`: the execution has an incident and needs a person.',
  },
  internal: { code: 70, means: 'Signalbox made a mistake; the message says which.' },
  interrupted: { code: 130, means: 'It was interrupted (Ctrl-C).' },
} as const satisfies Record<string, { readonly code: number; readonly means: string }>
