import { type Certificate, createCertificate } from './certificate.ts'

export interface KafkaUser {
  readonly username: string
  readonly password: string
}

/** What a secured broker is configured with, and what its clients need. */
export interface KafkaSecurity {
  readonly user: KafkaUser
  /** What the broker shows; it vouches for itself, so it is the authority as well. */
  readonly server: Certificate
  /** The listener for TLS without SASL wants to see this one. */
  readonly client: Certificate
  readonly properties: Readonly<Record<string, string>>
  readonly formatArgs: readonly string[]
}

export function createKafkaSecurity(): KafkaSecurity {
  const user = { username: 'signalbox', password: 'open-sesame' }
  const server = createCertificate('broker')
  const client = createCertificate('client')
  const module = (name: string) => `org.apache.kafka.common.security.${name}`
  const plain = `${module('plain.PlainLoginModule')} required user_${user.username}="${user.password}";`
  const scram = `${module('scram.ScramLoginModule')} required;`
  const saslListener = (listener: string): Record<string, string> => ({
    [`listener.name.${listener}.plain.sasl.jaas.config`]: plain,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: scram,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: scram,
    [`listener.name.${listener}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
  })
  return {
    user,
    server,
    client,
    properties: {
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      ...saslListener('sasl'),
      ...saslListener('sasltls'),
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.key': server.key,
      'ssl.keystore.certificate.chain': server.cert,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': client.cert,
      'listener.name.tls.ssl.client.auth': 'required',
    },
    formatArgs: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${user.username},password=${user.password}]`,
    ]),
  }
}
