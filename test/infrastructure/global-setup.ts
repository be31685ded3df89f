import { appendFile } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import { kafkaRunner, sharedBroker } from './kafka/kafka-services.ts'
import { serveLazily } from './lazy-services.ts'
import { sharedPostgres } from './postgres/postgres-services.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for services. */
    readonly servicesUrl: string
  }
}

/** Vitest calls this once per run. Nothing is started before a test file asks for it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await serveLazily({
    kafka: sharedBroker,
    'kafka-runner': kafkaRunner,
    postgres: sharedPostgres,
  })
  project.provide('servicesUrl', services.url)
  return async () => {
    await services.stop()
    for (const { name, reason } of services.missing()) {
      await say(`SKIPPED: the tests that need ${name}, because ${reason}.`)
    }
  }
}

/** `npm test` repeats it in the last lines of its output, where it is seen. */
async function say(note: string): Promise<void> {
  const notesFile = process.env['SIGNALBOX_TEST_NOTES']
  if (notesFile === undefined) process.stderr.write(`\n${note}\n`)
  else await appendFile(notesFile, `${note}\n`)
}
