/* oxlint-disable vitest/no-conditional-tests, vitest/valid-describe-callback, vitest/valid-title, vitest/expect-expect -- registers the tests of those who call it, or says that they are left out */
import { describe, inject, test } from 'vitest'
import type { ServiceAnswer } from './lazy-services.ts'

/** What a test file needs from outside, by name; absent where it cannot be had. */
export interface NeededService<Service> {
  readonly name: string
  readonly service: Service | undefined
}

/**
 * Asks for a service of the run, which is started if nobody has asked before. Where it cannot be had
 * the tests are left out, which the run's last lines say; with `CI=true` that is a failure.
 */
export async function askService<Service>(
  name: string,
  read: (address: Readonly<Record<string, string>>) => Service,
): Promise<NeededService<Service>> {
  const response = await fetch(`${inject('servicesUrl')}/${name}`)
  const answer = (await response.json()) as ServiceAnswer
  switch (answer.kind) {
    case 'found':
      return { name, service: read(answer.address) }
    case 'missing':
      if (process.env['CI'] === 'true') throw new Error(`expected ${name}: ${answer.reason}`)
      return { name, service: undefined }
    case 'failed':
      throw new Error(`expected ${name}, found: ${answer.reason}`)
  }
}

/** A `describe` whose tests are left out, with one line, where the service cannot be had. */
export function describeWith<Service>(
  needed: NeededService<Service>,
  title: string,
  body: (service: Service) => void,
): void {
  const { name, service } = needed
  if (service === undefined) test.skipIf(true)(`${title} (needs ${name})`, () => {})
  else describe(title, () => body(service))
}
