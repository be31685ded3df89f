import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type KeptProcess, startKept } from '../kept-process.ts'
import { kafkaJars, kafkaVersion } from './kafka-jars.ts'

const run = promisify(execFile)
const image = `apache/kafka:${kafkaVersion}`
const lookMs = 10_000
const pullMs = 300_000
const memory = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC']

/** A way to run Apache Kafka on this machine. The folder holds configuration and data of one broker. */
export interface KafkaPrograms {
  readonly way: 'docker' | 'java'
  /** Where brokers listen, so that they are reached at 127.0.0.1. */
  readonly listenHost: string
  /** Prepares the folder's data directory. */
  format(folder: string, args: readonly string[]): Promise<void>
  startBroker(place: BrokerStart): Promise<KeptProcess>
}

export interface BrokerStart {
  readonly folder: string
  readonly ports: readonly number[]
  /** When this process ends without having stopped the broker. */
  readonly removeWhenAbandoned: readonly string[]
}

export type FoundKafkaPrograms =
  | { readonly kind: 'found'; readonly programs: KafkaPrograms }
  | { readonly kind: 'missing'; readonly reason: string }

/** Docker if a daemon answers, else Apache Kafka's own jars if there are `java` and `mvn`. */
export async function findKafkaPrograms(): Promise<FoundKafkaPrograms> {
  if (await works('docker', ['info'])) {
    await run('docker', ['pull', '-q', image], { timeout: pullMs })
    return { kind: 'found', programs: dockerPrograms() }
  }
  if ((await works('java', ['-version'])) && (await works('mvn', ['-version']))) {
    return { kind: 'found', programs: javaPrograms(await kafkaJars()) }
  }
  const reason = 'no Docker daemon answers, and there are not both java (17 or newer) and mvn'
  return { kind: 'missing', reason }
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(command, [...args], { timeout: lookMs })
    return true
  } catch {
    // Not installed, or it says that it does not work: both mean that there is another way to try.
    return false
  }
}

function javaPrograms(jars: string): KafkaPrograms {
  return {
    way: 'java',
    listenHost: '127.0.0.1',
    async format(folder, args) {
      await run('java', javaArgs(jars, folder, ['kafka.tools.StorageTool', 'format', ...args]))
    },
    async startBroker({ folder, removeWhenAbandoned }) {
      return startKept({
        command: 'java',
        args: javaArgs(jars, folder, ['kafka.Kafka', join(folder, 'server.properties')]),
        logFile: join(folder, 'broker.log'),
        removeWhenAbandoned,
      })
    },
  }
}

/** The same programs out of Kafka's own image, on the same folder. */
function dockerPrograms(): KafkaPrograms {
  const inImage = (folder: string, options: readonly string[], program: readonly string[]) => [
    'run',
    '--rm',
    ...options,
    `--volume=${folder}:${folder}`,
    ...(process.getuid === undefined ? [] : [`--user=${process.getuid()}`]),
    '--entrypoint=java',
    image,
    ...javaArgs('/opt/kafka/libs', folder, program),
  ]
  return {
    way: 'docker',
    listenHost: '0.0.0.0',
    async format(folder, args) {
      await run('docker', inImage(folder, [], ['kafka.tools.StorageTool', 'format', ...args]))
    },
    async startBroker({ folder, ports, removeWhenAbandoned }) {
      const name = `signalbox-kafka-${randomUUID()}`
      const options = ['--name', name, ...ports.flatMap((p) => ['-p', `127.0.0.1:${p}:${p}`])]
      const kept = startKept({
        command: 'docker',
        args: inImage(folder, options, ['kafka.Kafka', join(folder, 'server.properties')]),
        logFile: join(folder, 'broker.log'),
        removeWhenAbandoned,
        whenAbandoned: [['docker', 'kill', name]],
      })
      return {
        isRunning: kept.isRunning,
        // The client of the container ends with the container.
        async end(signal) {
          await run('docker', ['kill', '--signal', signal, name]).catch(() => {
            // It has ended already, which is what is wanted.
          })
          await kept.end(signal)
        },
      }
    },
  }
}

function javaArgs(jars: string, folder: string, program: readonly string[]): string[] {
  const logging = `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`
  return [...memory, logging, '-cp', `${jars}/*`, ...program]
}
