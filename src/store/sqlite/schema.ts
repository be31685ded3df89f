import { DatabaseSync } from 'node:sqlite'
import { rowsOf } from './connection.ts'
import { migrate } from './migrate.ts'

/** The whole schema of a database as text, in the order in which it was made. */
export function schemaOf(database: DatabaseSync): string {
  const statements = rowsOf<{ sql: string }>(
    database.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid'),
  )
  return statements.map(({ sql }) => `${sql};\n`).join('\n')
}

if (import.meta.main) {
  const database = new DatabaseSync(':memory:')
  migrate(database)
  process.stdout.write(schemaOf(database))
}
