import type { Expression, Scope } from '../src/kernel/model/expression.ts'
import { compileFlow } from '../src/flow/index.ts'

// How long one evaluation of a compiled expression takes. Run it with
// `node bench/expressions.ts`; it prints nanoseconds per evaluation, the best of five rounds.

const scope: Scope = {
  input: { orderId: '4711' },
  state: {
    amount: 250,
    n: 1,
    address: { city: 'Rome', country: 'IT' },
    items: [
      { sku: 'a', quantity: 2, price: 9.5 },
      { sku: 'b', quantity: 1, price: 20 },
    ],
  },
  event: { name: 'PaymentOK', data: { total: 99.5, tags: ['gift'] }, id: 'message-1' },
  execution: { id: 'execution-1', flow: 'order', version: 1, startedAt: 0 },
  message: { id: 'message-1', at: 1_700_000_000_000 },
}

const cases: readonly (readonly [string, string])[] = [
  ['a usual condition', 'state.amount > 100'],
  ['on an event', 'event.data.total >= 99.5'],
  ['two of them', 'state.amount > 100 && event.data.total >= 99.5'],
  ['a size', 'size(state.items) == 0'],
  ['a nested text', 'state.address.country == "IT" || state.address.country == "DE"'],
  ['a membership', '"gift" in event.data.tags'],
  ['a sum over a list', 'state.items.map(i, i.quantity * i.price).sum() > 30'],
  ['a date', 'now() - timestamp("2023-01-01") > duration("1d")'],
  ['an id', 'uuid() != ""'],
]

for (const [title, condition] of cases) {
  const expression = guardOf(condition)
  const nanoseconds = Math.min(...Array.from({ length: 5 }, () => measure(expression)))
  console.log(`${nanoseconds.toFixed(0).padStart(8)} ns  ${title}: ${condition}`)
}

function measure(expression: Expression): number {
  const count = 200_000
  let held = 0
  const start = process.hrtime.bigint()
  for (let index = 0; index < count; index += 1) {
    const evaluation = expression.evaluate(scope)
    if (evaluation.ok && evaluation.value === true) held += 1
  }
  const elapsed = Number(process.hrtime.bigint() - start)
  if (held !== 0 && held !== count) throw new Error('an expression gave two answers')
  return elapsed / count
}

function guardOf(condition: string): Expression {
  const text = JSON.stringify({
    saga: 'bench',
    states: {
      Waiting: { on: { Go: { to: 'Done', if: condition } }, after: { '1h': 'Done' } },
      Done: { final: 'success' },
    },
  })
  const { flow, diagnostics } = compileFlow({ text, format: 'json' })
  const guard = flow?.nodes.get('Waiting')?.on.get('Go')?.[0]?.guard
  if (guard === undefined) throw new Error(JSON.stringify(diagnostics))
  return guard
}
