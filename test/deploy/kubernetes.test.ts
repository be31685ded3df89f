import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/create-engine.ts'
import { createQueueChannel } from '../../src/channel/queue/queue-channel.ts'
import type { Configuration } from '../../src/config/configuration.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { otherVariables, settings } from '../../src/config/settings.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { readYaml } from './read-deploy.ts'

const deployment = readYaml('deploy/kubernetes/deployment.yaml')
const pod = deployment.spec.template.spec
const [container] = pod.containers
const configMap = readYaml('deploy/kubernetes/configmap.yaml')
const secret = readYaml('deploy/kubernetes/secret.example.yaml')
const service = readYaml('deploy/kubernetes/service.yaml')

let folder: string
let configuration: Configuration

/** The file of the ConfigMap, read as in the pod: the secrets lie in a folder of this machine. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-deploy-'))
  for (const [name, content] of Object.entries(secret.stringData)) {
    writeFileSync(join(folder, name), String(content))
  }
  const mounted = container.volumeMounts.find(({ name }: { name: string }) => name === 'secrets')
  const text = String(configMap.data['signalbox.yaml']).replaceAll(mounted.mountPath, folder)
  writeFileSync(join(folder, 'signalbox.yaml'), text)
  configuration = loadConfiguration({ env: {}, cwd: folder })
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the configuration is valid, and each of its secrets is in the Secret', () => {
  expect(configuration.store).toMatchObject({ kind: 'postgres' })
  expect(configuration.channels).toMatchObject([{ type: 'kafka', tls: {}, sasl: {} }])
  expect(configuration.auth.tokens.length).toBeGreaterThan(0)
  expect(configuration.warnings).toEqual([])
})

test('the pod has more time to end than a stop takes', () => {
  const { drainMs, stopMs } = configuration.limits
  expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(drainMs + stopMs)
  // Until it is out of the endpoints: so many looks may be needed.
  const { periodSeconds, failureThreshold } = container.readinessProbe
  expect(drainMs).toBeGreaterThanOrEqual(periodSeconds * failureThreshold * 1_000)
})

test('ports, selectors and mounted files fit together', () => {
  const [port] = container.ports
  expect(port.containerPort).toBe(configuration.http.port)
  expect(service.spec.ports[0].targetPort).toBe(port.name)
  const labels = deployment.spec.template.metadata.labels
  expect(deployment.spec.selector.matchLabels).toEqual(labels)
  expect(service.spec.selector).toEqual(labels)
  const budget = readYaml('deploy/kubernetes/pod-disruption-budget.yaml')
  expect(budget.spec.selector.matchLabels).toEqual(labels)
  const volumes = Object.fromEntries(pod.volumes.map((each: { name: string }) => [each.name, each]))
  expect(volumes.configuration.configMap.name).toBe(configMap.metadata.name)
  expect(volumes.secrets.secret.secretName).toBe(secret.metadata.name)
  const [mount] = container.volumeMounts
  expect(container.args).toEqual(['start', '--config', `${mount.mountPath}/signalbox.yaml`])
  const { resources } = readYaml('deploy/kubernetes/kustomization.yaml')
  for (const file of resources) expect(readYaml(`deploy/kubernetes/${file}`).kind).toBeDefined()
})

test('it may be replaced without being away, and survives the loss of a machine', () => {
  expect(deployment.spec.replicas).toBeGreaterThanOrEqual(2)
  expect(deployment.spec.strategy.rollingUpdate.maxUnavailable).toBe(0)
  expect(pod.topologySpreadConstraints.length).toBeGreaterThan(0)
  expect(pod.enableServiceLinks).toBe(false)
})

test('every variable is one that is read', () => {
  const known: readonly string[] = [...settings.map(({ variable }) => variable), ...otherVariables]
  for (const { name } of container.env) expect(known).toContain(name)
})

test('every probe asks an address that is there, without a token', async () => {
  const store = await openMemoryStore()
  const engine = createEngine({
    store,
    channels: [],
    createQueue: (name) => createQueueChannel({ name }),
  })
  await engine.start()
  const http = await createHttpServer({
    engine,
    store,
    version: '0',
    auth: { mode: 'tokens', tokens: configuration.auth.tokens },
    host: configuration.http.host,
    port: 0,
  })
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    const { path, port } = container[probe].httpGet
    expect(port).toBe('http')
    expect((await http.inject({ method: 'GET', url: path })).statusCode).toBe(200)
  }
  await http.close()
  await engine.stop(0)
  await store.close()
})
