import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfiguration } from '../../src/config/load.ts'
import { otherVariables, settings } from '../../src/config/settings.ts'
import { readText, readYaml } from './read-deploy.ts'

const compose = readYaml('deploy/compose.yaml')
const replicaNames = ['signalbox-1', 'signalbox-2']
const root = join(import.meta.dirname, '..', '..')

/** The configuration of a replica: its file, and its variables over it. */
function configurationOf(name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-compose-'))
  try {
    cpSync(join(root, 'deploy/compose/signalbox.yaml'), join(folder, 'signalbox.yaml'))
    return loadConfiguration({ env: compose.services[name].environment, cwd: folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.each(replicaNames)('%s is configured, and has the time to stop', (name) => {
  const configuration = configurationOf(name)
  expect(configuration.replica.name).toBe(name)
  expect(configuration.warnings).toEqual([])
  const { environment } = compose.services.postgres
  expect(configuration.store).toMatchObject({
    kind: 'postgres',
    url: `postgres://${environment.POSTGRES_USER}:${environment.POSTGRES_PASSWORD}@postgres:5432/${environment.POSTGRES_DB}`,
  })
  expect(configuration.channels).toMatchObject([{ type: 'kafka', brokers: ['kafka:9092'] }])
  const { drainMs, stopMs } = configuration.limits
  const graceSeconds = Number.parseInt(compose.services[name].stop_grace_period, 10)
  expect(graceSeconds * 1_000).toBeGreaterThan(drainMs + stopMs)
})

test('every SIGNALBOX variable is one that is read', () => {
  const known: readonly string[] = [...settings.map(({ variable }) => variable), ...otherVariables]
  for (const name of replicaNames) {
    for (const variable of Object.keys(compose.services[name].environment)) {
      expect(known).toContain(variable)
    }
  }
})

test('the token that the file tells of is the one that is let in', () => {
  const token = /SIGNALBOX_TOKEN=(\S+)/.exec(readText('deploy/compose.yaml'))?.[1] ?? ''
  const [entry] = configurationOf('signalbox-1').auth.tokens
  expect(createHash('sha256').update(token).digest('hex')).toBe(entry?.sha256)
})

test('topics are made that the channel and the services use', () => {
  const [script] = compose.services.topics.command
  const [channel] = configurationOf('signalbox-1').channels
  if (channel?.type !== 'kafka') throw new Error('expected a Kafka channel')
  for (const topic of [channel.commands, ...channel.events]) expect(script).toContain(topic)
})

test('files that are mounted or run are there, and only this machine reaches it', () => {
  for (const service of Object.values<{ volumes?: string[]; command?: unknown[] }>(
    compose.services,
  )) {
    const files = (service.volumes ?? []).filter((volume) => volume.startsWith('.'))
    for (const volume of files) {
      expect(existsSync(join(root, 'deploy', volume.split(':')[0] ?? ''))).toBe(true)
    }
    const programs = (service.command ?? []).map(String).filter((part) => part.endsWith('.ts'))
    for (const program of programs) expect(existsSync(join(root, program))).toBe(true)
  }
  expect(compose.services.balancer.ports).toEqual(['127.0.0.1:7700:7700'])
})

test('the balancer asks every replica whether it is ready', () => {
  const text = readText('deploy/compose/haproxy.cfg')
  expect(text).toContain('option httpchk GET /health/ready')
  for (const name of replicaNames) expect(text).toContain(`server ${name} ${name}:7700`)
})

test('the image serves what the probes and the ports expect', () => {
  const text = readText('deploy/Dockerfile')
  expect(text).toContain('EXPOSE 7700')
  const variables = [...text.matchAll(/\b(SIGNALBOX_\w+)=/g)].map(([, name = '']) => name)
  const known: readonly string[] = [...settings.map(({ variable }) => variable), ...otherVariables]
  for (const variable of variables) expect(known).toContain(variable)
  for (const name of replicaNames) expect(compose.services[name].build.target).toBe('signalbox')
  expect(text).toMatch(/^FROM \S+ AS signalbox$/m)
  expect(text).toMatch(/^FROM build AS example$/m)
})
