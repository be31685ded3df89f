import { describe, expect, test } from 'vitest'
import { compileFlow } from '../../index.ts'
import {
  checkStates,
  checkText,
  findingOf,
  fixedText,
  placesOf,
  sagaOf,
  nowhere,
} from '../test/check-text.ts'
import { exploreFlow } from './explore-flow.ts'

const ends = `
  Done: { final: success }
  Failed: { final: failure }
`

/** The label is printed beside; its answer may come before anyone waits for it. */
const labelBeside = `
  Packing:
    send: PackParcel
    undo: none
    also: PrintLabel
    on: { ParcelOK: Labelling, ParcelKO: Failed }
    after: { 1h: Failed }
  Labelling:
    on: { LabelOK: Done, LabelKO: Failed }${ends}`

describe('STUCK_EXECUTION', () => {
  test('an answer that comes before anyone waits for it is lost', () => {
    const finding = findingOf(checkStates(labelBeside, true), 'STUCK_EXECUTION')
    expect(finding).toMatchObject({ severity: 'error', path: ['states', 'Labelling'] })
    expect(finding.trace).toEqual([
      'start → Packing',
      'Packing: LabelOK comes early, it is ignored',
      'Packing —ParcelOK→ Labelling',
    ])
  })

  test.each([
    ['kept', 'unexpected: keep\n'],
    ['sent again, because it was rejected', 'unexpected: reject\n'],
  ])('an early answer is not lost when it is %s', (_what, attributes) => {
    const checked = checkText(sagaOf(labelBeside, attributes), true)
    expect(placesOf(checked, 'STUCK_EXECUTION')).toEqual([])
  })

  test('an event that answers no command may come at any time', () => {
    const states = labelBeside.replaceAll('LabelOK', 'Stuck').replaceAll('LabelKO', 'Torn')
    expect(placesOf(checkStates(states, true), 'STUCK_EXECUTION')).toEqual([])
  })

  test('a timer wakes', () => {
    const states = labelBeside.replace(
      'LabelKO: Failed }',
      'LabelKO: Failed }\n    after: { 1h: Failed }',
    )
    expect(placesOf(checkStates(states, true), 'STUCK_EXECUTION')).toEqual([])
  })

  test.each([
    [
      'no guard may hold',
      '[{ if: state.a == 1, to: Done }, { if: state.a == 2, to: Failed }]',
      true,
    ],
    [
      'a guard and its opposite',
      '[{ if: state.a >= 1, to: Done }, { if: state.a < 1, to: Failed }]',
      false,
    ],
    [
      'a guard and its negation',
      '[{ if: state.a, to: Done }, { if: "!state.a", to: Failed }]',
      false,
    ],
    ['a last transition without a guard', '[{ if: state.a == 1, to: Done }, Failed]', false],
  ])('%s', (_what, transitions, expected) => {
    const checked = checkStates(`  A: { on: { Ready: ${transitions} } }${ends}`, true)
    expect(placesOf(checked, 'STUCK_EXECUTION')).toEqual(expected ? ['states.A'] : [])
  })

  test('supposing that no guard holds makes it a warning', () => {
    const states = `  A: { on: { Ready: { if: state.a == 1, to: Done } } }${ends}`
    const finding = findingOf(checkStates(states, true), 'STUCK_EXECUTION')
    expect(finding.severity).toBe('warning')
    expect(finding.trace).toEqual([
      'start → A',
      'A: Ready comes, no guard holds, it is ignored  (not state.a == 1)',
    ])
  })

  test('an incident waits for a person, it is not stuck', () => {
    const states = `  A: { send: DoA, undo: UndoA, on: { StepOK: Done }, after: { 1h: { rollback: Failed } } }${ends}`
    const checked = checkText(sagaOf(states, 'onFailure: incident\n'), true)
    expect(placesOf(checked, 'STUCK_EXECUTION')).toEqual([])
  })
})

describe('SUCCESS_LEAVES_UNDONE', () => {
  function retried(undo: string, timer: string) {
    const states = `
  Shipping:
    send: ShipParcel
    ${undo}
    on: { ShipOK: Paying, ShipKO: Failed }
    after: { 1h: ${timer} }
  Paying:
    send: ChargeCustomer
    undo: RefundCustomer
    on: { ChargeOK: Done, ChargeKO: { rollback: Invoice } }
    after: { 1h: { rollback: Failed } }
  Invoice:
    send: WriteInvoice
    undo: none
    on: { InvoiceOK: Done, InvoiceKO: { rollback: Failed } }
    after: { 1h: { rollback: Failed } }${ends}`
    return checkStates(states, true)
  }

  test('a rollback ran over an activity without undo, and the flow went on to a success', () => {
    const finding = findingOf(retried('', 'Failed'), 'SUCCESS_LEAVES_UNDONE')
    expect(finding.severity).toBe('error')
    expect(finding.path).toEqual(['states', 'Invoice', 'on', 'InvoiceOK'])
    expect(finding.trace).toEqual([
      'start → Shipping',
      'Shipping —ShipOK→ Paying',
      'Paying —ChargeKO→ rollback, then Invoice',
      'rolled back → Invoice',
      'Invoice —InvoiceOK→ Done',
    ])
  })

  test('a state was left by a timer, and nothing undoes what may have been done', () => {
    const finding = findingOf(retried('undo: RecallParcel', 'Paying'), 'SUCCESS_LEAVES_UNDONE')
    expect(finding.severity).toBe('warning')
    expect(finding.path).toEqual(['states', 'Paying', 'on', 'ChargeOK'])
    expect(finding.trace).toEqual([
      'start → Shipping',
      'Shipping —after 1h→ Paying',
      'Paying —ChargeOK→ Done',
    ])
  })

  test.each([
    ['everything has an undo', 'undo: RecallParcel', '{ rollback: Failed }'],
    ['there is nothing to undo', 'undo: none', 'Paying'],
  ])('%s', (_what, undo, timer) => {
    expect(placesOf(retried(undo, timer), 'SUCCESS_LEAVES_UNDONE')).toEqual([])
  })
})

describe('FAILURE_LEAVES_EFFECTS', () => {
  function failing(undo: string, chargeKO: string) {
    const states = `
  Shipping:
    send: ShipParcel
    ${undo}
    on: { ShipOK: Paying, ShipKO: { to: Failed, failed: true } }
    after: { 1h: { rollback: Failed } }
  Paying:
    send: ChargeCustomer
    undo: none
    on: { ChargeOK: Done, ChargeKO: ${chargeKO} }
    after: { 1h: { rollback: Failed } }${ends}`
    return checkStates(states, true)
  }

  test.each([
    ['an undo is remembered and not run', 'undo: RecallParcel', 'Failed', true],
    ['there is no undo at all', '', 'Failed', true],
    ['the failure rolls back', 'undo: RecallParcel', '{ rollback: Failed }', false],
    ['there is nothing to undo', 'undo: none', 'Failed', false],
  ])('%s', (_what, undo, chargeKO, expected) => {
    const places = placesOf(failing(undo, chargeKO), 'FAILURE_LEAVES_EFFECTS')
    expect(places).toEqual(expected ? ['states.Paying.on.ChargeKO'] : [])
  })

  test('a command that only reads leaves nothing', () => {
    const states = failing('', 'Failed').text.replace('ShipParcel', 'CheckStock')
    expect(placesOf(checkText(states, true), 'FAILURE_LEAVES_EFFECTS')).toEqual([])
  })

  test('the fix rolls back', () => {
    const checked = failing('undo: RecallParcel', 'Failed')
    const repaired = fixedText(checked, 'FAILURE_LEAVES_EFFECTS')
    expect(repaired).toContain('ChargeKO: { rollback: Failed }')
    expect(checkText(repaired, true).diagnostics).toEqual([])
  })

  test('the fix of the full form changes the key', () => {
    const checked = failing('undo: RecallParcel', '{ to: Failed, as: broke }')
    const repaired = fixedText(checked, 'FAILURE_LEAVES_EFFECTS')
    expect(repaired).toContain('ChargeKO: { rollback: Failed, as: broke }')
  })

  test('a failure by policy is reported at the policy', () => {
    const text = failing('undo: RecallParcel', '{ rollback: Failed }').text
    const checked = checkText(text.replace('states:', 'onFailure: fail\nstates:'), true)
    expect(findingOf(checked, 'FAILURE_LEAVES_EFFECTS').path).toEqual(['onFailure'])
    expect(findingOf(checked, 'FAILURE_LEAVES_EFFECTS').trace?.at(-1)).toBe(
      'Paying: ChargeCustomer cannot be delivered',
    )
  })
})

describe('the order saga', () => {
  const order = sagaOf(
    `
  OrderCreated:
    send: CheckInventory
    on:
      InventoryCheckOK: InventoryChecked
      InventoryCheckKO: OrderFailed
    after: { 30s: OrderFailed }
  InventoryChecked:
    send: ProcessPayment
    undo: RefundPayment
    on:
      PaymentOK: PaymentProcessed
      PaymentKO: { rollback: OrderFailed }
    after: { 5m: { rollback: OrderFailed } }
  PaymentProcessed:
    send: ArrangeShipment
    on:
      ShipmentOK: OrderShipped
      ShipmentKO: { rollback: OrderFailed }
  OrderShipped: { final: success }
  OrderFailed: { final: failure }
`,
  )

  test('gives what a careful engineer wants to hear, and no more', () => {
    const found = checkText(order, true).diagnostics.map(({ code, severity, path }) => {
      return `${severity} ${code} ${path.join('.')}`
    })
    expect(found).toEqual([
      'hint COMPENSATION_GAP states.OrderCreated.send',
      'warning TIMER_MISSING states.PaymentProcessed',
    ])
  })

  test('is free of findings when its two fixes are applied and the shipment can be undone', () => {
    const first = fixedText(checkText(order), 'COMPENSATION_GAP')
    const second = fixedText(checkText(first), 'TIMER_MISSING')
    const third = second.replace(
      'send: ArrangeShipment',
      'send: ArrangeShipment\n    undo: CancelShipment',
    )
    expect(checkText(third, true).diagnostics).toEqual([])
  })
})

describe('large flows', () => {
  const count = 100

  function sagaWith(
    state: (index: number, next: string, nextButOne: string, previous: string) => string,
  ) {
    const name = (index: number) => (index >= count ? 'Done' : `S${Math.max(index, 0)}`)
    const lines = Array.from({ length: count }, (_, index) => {
      return `  S${index}: { send: DoStep${index}, undo: { send: UndoStep${index}, data: {} }, ${state(index, name(index + 1), name(index + 2), name(index - 1))} }`
    })
    return sagaOf(lines.join('\n') + ends)
  }

  test.each([
    [
      'a chain in which every state can roll back',
      sagaWith((index, next) => {
        return `on: { Step${index}OK: ${next}, Step${index}KO: { rollback: Failed } }, after: { 1h: { rollback: Failed } }`
      }),
    ],
    [
      'a chain in which every state may skip the next one',
      sagaWith((index, next, nextButOne) => {
        return `on: { Step${index}OK: [{ if: state.x == ${index}, to: ${next} }, ${nextButOne}], Step${index}KO: { rollback: Failed } }, after: { 1h: { rollback: Failed } }`
      }),
    ],
    [
      'a chain in which every state may go back',
      sagaWith((index, next, _, previous) => {
        return `on: { Step${index}OK: ${next}, Back${index}: ${previous}, Step${index}KO: { rollback: Failed } }, after: { 1h: { rollback: Failed } }`
      }),
    ],
  ])('%s is explored whole', (_what, text) => {
    expect(checkText(text, true).diagnostics).toEqual([])
  })

  test('a search that ends early says so', () => {
    const { flow } = compileFlow({ text: labelled(12) })
    if (flow === undefined) throw new Error('expected a flow')
    expect(checkText(labelled(2), true).diagnostics).toEqual([])
    const found = exploreFlow(flow, nowhere, { statesMax: 100, file: 'x.yaml' })
    expect(found).toMatchObject([{ code: 'EXPLORATION_BOUNDED', severity: 'hint', file: 'x.yaml' }])
  })

  function labelled(asked: number) {
    const names = Array.from({ length: asked }, (_, index) => `N${index}x`)
    const waits = names.map((name, index) => {
      const next = names[index + 1]
      return `  Wait${name}: { on: { ${name}: ${next === undefined ? 'Done' : `Wait${next}`} }, after: { 1h: Done } }`
    })
    const first = `  Asking: { also: [${names.map((name) => `Ask${name}`).join(', ')}], next: WaitN0x }`
    return sagaOf(
      `${first}\n${waits.join('\n')}\n  Done: { final: success }\n`,
      'unexpected: keep\n',
    )
  }
})
