/**
 * Compares the ledgers of the services with the journals of Signalbox, while they run or after:
 * `npx node examples/order/audit.ts [--url URL] [--ledgers FOLDER]`. Exits with 1 if they disagree.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient, SignalboxClientError } from '@signalbox/client'
import { compareLedgersWithJournals, type Finding } from './audit/compare.ts'
import { readAuditInput } from './audit/read.ts'

const disagreementsShown = 10

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    ledgers: { type: 'string', default: join('.signalbox', 'ledgers') },
  },
})
const client = createClient(values.url === undefined ? {} : { url: values.url })

try {
  const input = await readAuditInput(client, values.ledgers, showProgress)
  const findings = compareLedgersWithJournals(input)
  const underWay = input.executions.filter(({ execution }) => execution.finishedAt === undefined)
  console.log(`${input.executions.length} orders, ${underWay.length} of them under way\n`)
  for (const line of tableOf(findings)) console.log(line)
  process.exitCode = findings.some(({ disagreements }) => disagreements.length > 0) ? 1 : 0
} catch (error) {
  if (!(error instanceof SignalboxClientError)) throw error
  console.error(`audit: ${error.message}`)
  process.exitCode = 5
}

function showProgress(journals: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\rread ${journals} journals\r`)
}

function tableOf(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ rule }) => rule.length))
  return findings.flatMap(({ rule, checked, disagreements }) => {
    const found = disagreements.length
    const verdict = found === 0 ? 'agrees' : `${found} DISAGREE`
    const more = found - disagreementsShown
    return [
      `${rule.padEnd(width)}  ${String(checked).padStart(7)}  ${verdict}`,
      ...disagreements.slice(0, disagreementsShown).map((text) => `    ${text}`),
      ...(more > 0 ? [`    and ${more} more`] : []),
    ]
  })
}
