import { expect, test } from 'vitest'
import { checkStates, checkText, fixedText, placesOf } from './test/check-text.ts'

const ends = `
    after: { 1h: Failed }
  Done: { final: success }
  Failed: { final: failure }
`

function checkOn(on: string) {
  return checkStates(`  A:\n    on: { ${on} }${ends}`)
}

test.each([
  ['PayOK: Done', ['PayOK']],
  ['PaySucceeded: Done', ['PaySucceeded']],
  ['pay.completed: Done', ['pay.completed']],
  ['PAY_DONE: Done', ['PAY_DONE']],
  ['PayOK: Done, ShipKO: Failed', ['PayOK']],
  ['PayOK: Done, ShipOK: Done, PayKO: Failed', ['ShipOK']],
  ['PayOK: Done, PayKO: Failed', []],
  ['PayOK: Done, PayRejected: Failed', []],
  ['PayOK: Done, PayNotOK: Failed', []],
  ['pay.completed: Done, pay.error: Failed', []],
  ['PayOK: Done, NoMoney: { to: Failed, failed: true }', []],
  ['PayOK: Done, NoMoney: { rollback: Failed }', []],
  // Names that tell no outcome.
  ['Book: Done', []],
  ['Approved: Done', []],
  ['OK: Done', []],
])('FAILURE_NOT_HANDLED: { %s }', (on, events) => {
  const places = events.map((event) => `states.A.on.${event}`)
  expect(placesOf(checkOn(on), 'FAILURE_NOT_HANDLED')).toEqual(places)
})

test.each([
  ['PayOK', 'PayKO'],
  ['pay.succeeded', 'pay.failed'],
  ['PAY_DONE', 'PAY_FAILED'],
  ['PaySuccess', 'PayFailure'],
])('the fix beside %s handles %s', (success, failure) => {
  const repaired = fixedText(checkOn(`${success}: Done`), 'FAILURE_NOT_HANDLED')
  expect(repaired).toContain(`on: { ${failure}: Failed, ${success}: Done }`)
  expect(checkText(repaired).diagnostics).toEqual([])
})
