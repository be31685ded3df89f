import type { TestDatabase } from '../../../../test/infrastructure/postgres/postgres-for-tests.ts'

const verbs = ['INSERT', 'UPDATE', 'DELETE'] as const

/**
 * Makes PostgreSQL itself refuse: triggers count the rows written. The count goes back with the
 * transaction that fails.
 */
export async function refuseNthRow(
  database: TestDatabase,
  n: number,
): Promise<{ end(): Promise<void> }> {
  const rows = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1`,
    [database.schema],
  )
  const triggers = rows.flatMap(({ name }) => verbs.map((verb) => ({ table: name, verb })))
  await database.query(`
    CREATE TABLE rows_left (count int);
    INSERT INTO rows_left VALUES (${n});
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE left_count int;
      BEGIN
        UPDATE ${database.schema}.rows_left SET count = count - 1 RETURNING count INTO left_count;
        IF left_count <= 0 THEN RAISE EXCEPTION 'refused'; END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END $$;
    ${triggers
      .map(
        ({ table, verb }) => `CREATE TRIGGER refuse_${verb} BEFORE ${verb} ON ${table}
          FOR EACH ROW EXECUTE FUNCTION refuse();`,
      )
      .join('\n')}`)
  return {
    async end() {
      await database.query(`
        ${triggers.map(({ table, verb }) => `DROP TRIGGER refuse_${verb} ON ${table};`).join('\n')}
        DROP FUNCTION refuse();
        DROP TABLE rows_left;`)
    },
  }
}
