import { join } from 'node:path'
import type { KafkaSecurity } from './kafka-security.ts'

export interface BrokerPorts {
  readonly plain: number
  readonly controller: number
  readonly sasl: number
  readonly tls: number
  readonly saslTls: number
}

export interface BrokerPlace {
  readonly folder: string
  readonly listenHost: string
  readonly ports: BrokerPorts
  /** Where clients are sent to instead of the plain port: a proxy in between. */
  readonly advertisedPort: number
  readonly security: KafkaSecurity | undefined
  readonly settings: Readonly<Record<string, string>>
}

/** One process that is broker and controller (KRaft), quick and small as a test wants it. */
export function serverProperties(place: BrokerPlace): string {
  const { folder, listenHost, ports, advertisedPort, security } = place
  const secured = security === undefined ? [] : (['SASL', 'TLS', 'SASLTLS'] as const)
  const portOf = { SASL: ports.sasl, TLS: ports.tls, SASLTLS: ports.saslTls }
  const listeners = [
    `PLAIN://${listenHost}:${ports.plain}`,
    `CONTROLLER://${listenHost}:${ports.controller}`,
    ...secured.map((name) => `${name}://${listenHost}:${portOf[name]}`),
  ]
  const advertised = [
    `PLAIN://127.0.0.1:${advertisedPort}`,
    ...secured.map((name) => `${name}://127.0.0.1:${portOf[name]}`),
  ]
  return textOf({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    listeners: listeners.join(','),
    'advertised.listeners': advertised.join(','),
    'listener.security.protocol.map':
      'PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,SASLTLS:SASL_SSL',
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // After a kill, the broker may register again only when its former session has ended.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '400',
    'num.network.threads': '2',
    'num.io.threads': '2',
    'log.cleaner.enable': 'false',
    ...(security === undefined ? {} : security.properties),
    ...place.settings,
  })
}

export const log4jProperties = textOf({
  'rootLogger.level': 'WARN',
  'rootLogger.appenderRef.out.ref': 'out',
  'appender.out.type': 'Console',
  'appender.out.name': 'out',
  'appender.out.layout.type': 'PatternLayout',
  'appender.out.layout.pattern': '%d{HH:mm:ss.SSS} %p %c{1} %m%n',
})

function textOf(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\n', '\\n')}\n`)
    .join('')
}
