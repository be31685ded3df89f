import { join } from 'node:path'
import type { Client } from '@signalbox/client'
import { readLedger } from '../services/ledger.ts'
import type { AuditedExecution, AuditInput, ServiceLedger } from './compare.ts'

export const services = ['inventory', 'payment', 'shipment'] as const

const journalsAtOnce = 16

/**
 * Reads what is compared, also while orders flow: the ledgers before the journals and once more
 * after them, because each is ahead of the other for a moment.
 *
 * @param onProgress is told how many journals were read
 */
export async function readAuditInput(
  client: Client,
  ledgerFolder: string,
  onProgress: (journals: number) => void = () => {},
): Promise<AuditInput> {
  const ledgersBefore = readLedgers(ledgerFolder)
  const executions: AuditedExecution[] = []
  let batch: Promise<AuditedExecution>[] = []
  const finishBatch = async (): Promise<void> => {
    executions.push(...(await Promise.all(batch)))
    batch = []
    onProgress(executions.length)
  }
  for await (const { id } of client.listAll({ flow: 'order', sort: 'startedAt', limit: 500 })) {
    batch.push(readExecution(client, id))
    if (batch.length === journalsAtOnce) await finishBatch()
  }
  await finishBatch()
  return { executions, ledgersBefore, ledgersAfter: readLedgers(ledgerFolder) }
}

async function readExecution(client: Client, id: string): Promise<AuditedExecution> {
  // The status first: the journal is then at least as new.
  const execution = await client.get(id)
  return { execution, journal: await client.journal(id) }
}

function readLedgers(folder: string): readonly ServiceLedger[] {
  return services.map((service) => ({
    service,
    entries: readLedger(join(folder, `${service}.jsonl`)),
  }))
}
