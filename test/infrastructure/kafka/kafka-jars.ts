import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const kafkaVersion = '4.1.1'
const log4jVersion = '2.25.1'
const timeoutMs = 300_000

const run = promisify(execFile)

/**
 * The folder with Apache Kafka's own jars. Maven fetches them once per machine, into the user's cache.
 */
export async function kafkaJars(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'signalbox-tests')
  const folder = join(cache, `kafka-${kafkaVersion}`)
  if (!existsSync(folder)) await fetchInto(folder, cache)
  return folder
}

async function fetchInto(folder: string, cache: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'signalbox-kafka-jars-'))
  try {
    await writeFile(join(work, 'pom.xml'), pom)
    const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars']
    await run('mvn', args, { cwd: work, timeout: timeoutMs })
    await mkdir(cache, { recursive: true })
    // Whole or not at all: another run may be looking for the folder, or fetching it too.
    const copied = await mkdtemp(join(cache, 'incoming-'))
    await cp(join(work, 'jars'), copied, { recursive: true })
    await rename(copied, folder).catch(async (error: unknown) => {
      await rm(copied, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>signalbox</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${kafkaVersion}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${log4jVersion}</version>
    </dependency>
  </dependencies>
</project>
`
