import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStoreMeter } from '../../src/http/metrics/store-meter.ts'
import { startTwoServers } from '../../src/http/test/two-servers.ts'
import { readText, readYaml } from './read-deploy.ts'

/** Names as they are in queries: series of histograms have endings of their own. */
let existing: ReadonlySet<string>
let cluster: Awaited<ReturnType<typeof startTwoServers>>

beforeAll(async () => {
  cluster = await startTwoServers()
  const answer = await cluster.servers[0].http.inject({
    method: 'GET',
    url: '/metrics',
    headers: { host: 'localhost' },
  })
  const text = `${answer.body}\n${createStoreMeter().text()}`
  const names = new Set<string>()
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    const endings = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    for (const ending of endings) names.add(`${name}${ending}`)
  }
  existing = names
})
afterAll(() => cluster.close())

function metricsIn(expression: string): readonly string[] {
  return expression.match(/\b(?:signalbox|process|nodejs)_\w+/g) ?? []
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string; readonly runbook: string }
}

describe('alert rules', () => {
  const rules: readonly Rule[] = readYaml('deploy/prometheus/alerts.yaml').groups.flatMap(
    (group: { rules: readonly Rule[] }) => group.rules,
  )
  const runbook = readText('docs/operations/runbook.md')
  const sections = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, title = '']) => title)

  test.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (alert, rule) => {
    const metrics = metricsIn(rule.expr)
    expect(metrics.length).toBeGreaterThan(0)
    for (const metric of metrics) expect(existing).toContain(metric)
    expect(rule.annotations.runbook).toBe(`docs/operations/runbook.md#${alert.toLowerCase()}`)
    expect(sections).toContain(alert)
  })

  test('every section of an alert in the runbook has its rule', () => {
    const alerts = rules.map(({ alert }) => alert)
    const ofAlerts = sections.filter((title) => title.startsWith('Signalbox'))
    expect(ofAlerts.toSorted()).toEqual(alerts.toSorted())
  })
})

describe('the dashboard', () => {
  const dashboard: {
    readonly panels: readonly {
      readonly id: number
      readonly title: string
      readonly gridPos: { readonly x: number; readonly w: number }
      readonly targets: readonly { readonly expr: string }[]
    }[]
  } = JSON.parse(readText('deploy/grafana/signalbox.json'))

  test.each(dashboard.panels.map((panel) => [panel.title, panel] as const))('%s', (_, panel) => {
    for (const { expr } of panel.targets) {
      const metrics = metricsIn(expr)
      expect(metrics.length).toBeGreaterThan(0)
      for (const metric of metrics) expect(existing).toContain(metric)
    }
    expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24)
  })

  test('has each panel once', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
  })
})
