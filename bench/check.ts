import { checkFlow, compileFlow } from '../src/flow/index.ts'

// How long the checker takes: for the flows that people write, and for large ones that make the
// search work. Run it with `node bench/check.ts`; it prints milliseconds, the best of five rounds.

type Line = (index: number, name: (index: number) => string) => string

const rollBack = '{ rollback: Failed }'

const shapes: readonly (readonly [string, Line])[] = [
  [
    'chain, every state can roll back',
    (i, name) => `on: { Step${i}OK: ${name(i + 1)}, Step${i}KO: ${rollBack} }`,
  ],
  [
    'every state may skip the next',
    (i, name) =>
      `on: { Step${i}OK: [{ if: state.x == ${i}, to: ${name(i + 1)} }, ${name(i + 2)}], Step${i}KO: ${rollBack} }`,
  ],
  [
    'every state may go back',
    (i, name) =>
      `on: { Step${i}OK: ${name(i + 1)}, Back${i}: ${name(i - 1)}, Step${i}KO: ${rollBack} }`,
  ],
]

for (const count of [3, 10, 100, 900]) {
  for (const [title, line] of shapes) {
    const text = sagaOf(count, line)
    const compileMs = best(() => compileFlow({ text }))
    const exploreMs = best(() => checkFlow({ text }, {}, { explore: true })) - compileMs
    const { diagnostics } = checkFlow({ text }, {}, { explore: true })
    const found = [...new Set(diagnostics.map(({ code }) => code))].join(', ')
    console.log(
      `${String(count).padStart(5)} states, ${title.padEnd(33)} ${compileMs.toFixed(1).padStart(8)} ms to compile and check, ${exploreMs.toFixed(1).padStart(8)} ms to explore  ${found}`,
    )
  }
}

function sagaOf(count: number, line: Line): string {
  const name = (index: number) => (index >= count ? 'Done' : `S${Math.max(index, 0)}`)
  const states = Array.from({ length: count }, (_, index) => {
    const undo = `{ send: UndoStep${index}, data: {}, done: Undone${index}, within: 1m }`
    return `  S${index}: { send: DoStep${index}, undo: ${undo}, ${line(index, name)}, after: { 1h: ${rollBack} } }`
  })
  const ends = '  Done: { final: success }\n  Failed: { final: failure }\n'
  return `saga: bench\nchannel: bench\nstates:\n${states.join('\n')}\n${ends}`
}

function best(run: () => unknown): number {
  return Math.min(
    ...Array.from({ length: 5 }, () => {
      const before = performance.now()
      run()
      return performance.now() - before
    }),
  )
}
