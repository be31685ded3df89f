import { posix } from 'node:path'

import { isCode, isTestOnly, type RepositoryFile } from './repository.ts'

/** A part of the repository, and everything that it may import. */
interface Zone {
  readonly name: string
  /** The first zone whose pattern matches a path is the path's. */
  readonly files: RegExp
  /** Paths of the repository, beside the zone's own. */
  readonly mayImport: readonly RegExp[]
  /** Packages by name; `node:` stands for all of Node's own modules. */
  readonly packages: readonly string[]
}

const kernel = /^src\/kernel\//
const flow = /^src\/flow\//
/** "Did you mean …?", for names of flows and of the configuration. */
const suggest = /^src\/flow\/suggest\.ts$/
const errors = /^src\/errors\//
const storePort = /^src\/store\/[^/]+\.ts$/
/** How writes and executions become columns, alike in every store that has tables. */
const rows = /^src\/store\/rows\//
const channelPort = /^src\/channel\/[^/]+\.ts$/
/** What a Kafka channel is told: the configuration's type is this one. */
const kafkaOptions = /^src\/channel\/kafka\/options\.ts$/
const engine = /^src\/engine\//
const engineLog = /^src\/engine\/log\.ts$/

/** The import matrix: imports point inward, and only the command line knows concrete adapters. */
export const zones: readonly Zone[] = [
  { name: 'kernel', files: kernel, mayImport: [], packages: [] },
  {
    name: 'flow',
    files: flow,
    mayImport: [kernel],
    packages: ['@marcbachmann/cel-js', 'ajv', 'ajv-formats', 'yaml'],
  },
  { name: 'mining', files: /^src\/mining\//, mayImport: [kernel], packages: [] },
  { name: 'errors', files: errors, mayImport: [kernel], packages: [] },
  adapter('store/memory', storePort, [], []),
  adapter('store/sqlite', storePort, [rows], ['node:']),
  adapter('store/postgres', storePort, [rows], ['node:', 'pg']),
  { name: 'store/rows', files: rows, mayImport: [kernel, storePort], packages: [] },
  { name: 'store port', files: storePort, mayImport: [kernel, errors], packages: [] },
  adapter('channel/queue', channelPort, [storePort, engineLog], []),
  adapter('channel/http', channelPort, [storePort, engineLog], ['node:', 'undici']),
  adapter('channel/kafka', channelPort, [storePort, engineLog], ['node:', '@platformatic/kafka']),
  {
    name: 'channel port',
    files: channelPort,
    mayImport: [kernel, errors, storePort],
    packages: ['node:'],
  },
  {
    name: 'engine',
    files: engine,
    mayImport: [kernel, flow, errors, storePort, channelPort],
    packages: ['node:'],
  },
  {
    name: 'maintenance',
    files: /^src\/maintenance\//,
    mayImport: [kernel, errors, storePort, engineLog],
    packages: ['node:'],
  },
  {
    name: 'telemetry',
    files: /^src\/telemetry\//,
    mayImport: [kernel, channelPort, engine],
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
    ],
  },
  {
    name: 'http',
    files: /^src\/http\//,
    mayImport: [kernel, flow, errors, storePort, channelPort, engine],
    packages: [
      'node:',
      'ajv',
      'ajv-formats',
      'fastify',
      '@fastify/swagger',
      '@fastify/swagger-ui',
      'prom-client',
    ],
  },
  {
    name: 'config',
    files: /^src\/config\//,
    mayImport: [kernel, errors, suggest, kafkaOptions],
    packages: ['node:', 'ajv', 'ajv-formats', 'yaml'],
  },
  {
    name: 'cli',
    files: /^src\/cli\//,
    mayImport: [/^src\//],
    packages: ['node:', 'commander', 'pino', 'undici', 'yaml'],
  },
  // The peer dependency is for those who use this door; the core has to do without it.
  {
    name: 'client over Kafka',
    files: /^client\/src\/kafka(\/|\.ts$)/,
    mayImport: [/^client\/src\//],
    packages: ['@platformatic/kafka'],
  },
  { name: 'client', files: /^client\/(?!src\/kafka[./])/, mayImport: [], packages: [] },
  {
    name: 'examples',
    files: /^examples\//,
    // Kafka is started in the same way for tests and for `npm start -- --kafka`.
    mayImport: [/^test\/infrastructure\/kafka\/start-kafka\.ts$/],
    packages: ['node:', '@signalbox/client', '@platformatic/kafka'],
  },
  { name: 'scripts', files: /^scripts\//, mayImport: [], packages: ['node:'] },
]

/** An adapter knows its port, the kernel's types, the errors and its driver; never another adapter. */
function adapter(
  folder: string,
  port: RegExp,
  further: readonly RegExp[],
  packages: readonly string[],
): Zone {
  return {
    name: folder,
    files: new RegExp(`^src/${folder}/`),
    mayImport: [kernel, errors, port, ...further],
    packages,
  }
}

/** Every import that the matrix forbids, and every file under `src` that no zone claims. */
export function forbiddenImports(files: readonly RepositoryFile[]): readonly string[] {
  return files.filter((file) => isCode(file) && !isTestOnly(file)).flatMap(findForbidden)
}

function findForbidden(file: RepositoryFile): readonly string[] {
  const zone = zones.find(({ files }) => files.test(file.path))
  if (zone === undefined) {
    return file.path.startsWith('src/')
      ? [`${file.path}: belongs to no zone; say in test/tidy/imports.ts what it may import`]
      : []
  }
  return importsOf(file)
    .filter((specifier) => !isAllowed(zone, file, specifier))
    .map((specifier) => `${file.path}: ${zone.name} may not import ${specifier}`)
}

function isAllowed(zone: Zone, file: RepositoryFile, specifier: string): boolean {
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(file.path), specifier))
    return zone.files.test(target) || zone.mayImport.some((pattern) => pattern.test(target))
  }
  return zone.packages.some((name) =>
    name.endsWith(':')
      ? specifier.startsWith(name)
      : specifier === name || specifier.startsWith(`${name}/`),
  )
}

const importPattern =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

/** What a file imports: statically, for side effects, dynamically, and as types. */
export function importsOf(file: RepositoryFile): readonly string[] {
  return [...file.text.matchAll(importPattern)].map(
    ([, from, effect, dynamic]) => from ?? effect ?? dynamic ?? '',
  )
}
