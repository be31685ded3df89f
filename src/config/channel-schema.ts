const file = 'A text, or better a reference: `file:PATH`.'

/** One channel of `signalbox.yaml`, told apart by `type`. */
export const channelSchema = {
  type: 'object',
  description: 'One channel: commands go out on it, events come in.',
  required: ['type'],
  properties: { type: { enum: ['queue', 'http', 'kafka'] } },
  discriminator: { propertyName: 'type' },
  oneOf: [
    {
      description: 'Workers pull commands from Signalbox itself.',
      properties: { type: { const: 'queue' } },
      additionalProperties: false,
    },
    {
      description: 'Commands are posted to a URL; events come in by the API.',
      required: ['commands'],
      properties: {
        type: { const: 'http' },
        commands: {
          type: 'string',
          format: 'http-url',
          description: 'Where commands are posted to.',
        },
        headers: {
          type: 'object',
          description: 'Headers of every request. Values are masked wherever they are shown.',
          additionalProperties: { type: 'string' },
        },
        timeoutMs: {
          type: 'integer',
          minimum: 1,
          maximum: 3_600_000,
          default: 10_000,
          description: 'How long one attempt may take.',
        },
      },
      additionalProperties: false,
    },
    {
      description:
        'Commands are written to a topic of Apache Kafka, keyed by execution id; events are read from topics by a consumer group.',
      anyOf: [{ required: ['commands'] }, { required: ['events'] }],
      properties: {
        type: { const: 'kafka' },
        brokers: {
          type: ['array', 'string'],
          format: 'brokers',
          minItems: 1,
          minLength: 1,
          items: { type: 'string', format: 'brokers' },
          description:
            '`host:port` of some of the brokers, as a list or separated by commas. Absent: SIGNALBOX_KAFKA_BROKERS.',
        },
        commands: { ...topicSchema('The topic that commands are written to.') },
        events: {
          type: ['array', 'string'],
          format: 'topic',
          minItems: 1,
          minLength: 1,
          uniqueItems: true,
          items: topicSchema('One topic.'),
          description: 'The topic, or the topics, that events are read from.',
        },
        group: {
          type: 'string',
          minLength: 1,
          maxLength: 200,
          default: 'signalbox',
          description: 'The consumer group; all replicas share it.',
        },
        startAt: {
          enum: ['earliest', 'latest'],
          default: 'earliest',
          description: 'Where a partition is begun that nothing is known of.',
        },
        unknownExecutions: {
          enum: ['dead-letter', 'ignore'],
          default: 'dead-letter',
          description:
            'What becomes of events of executions that are not there. `ignore`: others use the topic as well.',
        },
        tls: {
          type: ['boolean', 'object'],
          description:
            'Encrypts. `true`: with the authorities that Node.js trusts. Texts are in PEM.',
          properties: {
            ca: { type: 'string', minLength: 1, description: `Authorities to trust. ${file}` },
            cert: { type: 'string', minLength: 1, description: `The own certificate. ${file}` },
            key: { type: 'string', minLength: 1, description: `Its key. ${file}` },
            passphrase: { type: 'string', description: `The passphrase of the key. ${file}` },
          },
          dependencies: { cert: ['key'], key: ['cert'], passphrase: ['key'] },
          additionalProperties: false,
        },
        sasl: {
          type: 'object',
          description: 'Who Signalbox is to the brokers.',
          required: ['mechanism', 'username', 'password'],
          properties: {
            mechanism: {
              type: 'string',
              format: 'sasl-mechanism',
              description: '`plain`, `scram-sha-256` or `scram-sha-512`, in any case.',
            },
            username: { type: 'string', minLength: 1 },
            password: { type: 'string', minLength: 1, description: file },
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  ],
} as const

function topicSchema(description: string) {
  return { type: 'string', format: 'topic', minLength: 1, maxLength: 249, description } as const
}
