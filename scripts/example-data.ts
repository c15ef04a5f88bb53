import { closeDatabase, openDatabase } from '#/db/client.ts';
import { loadExampleData, removeExampleData } from '#/lib/workspace/example-data.ts';
import { checkDatabase } from './database-refusal.ts';
import { environmentWithDatabase } from './own-environment.ts';
import { Refusal } from './refusal.ts';

/** `npm run example-data -- load|remove`, beside a running Parley. */

try {
  await run(process.argv[2]);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await closeDatabase();
}

async function run(command: string | undefined): Promise<void> {
  if (command !== 'load' && command !== 'remove') {
    throw new Refusal('Say what to do: npm run example-data -- load, or npm run example-data -- remove.');
  }
  const url = environmentWithDatabase().DATABASE_URL ?? '';
  await checkDatabase(url).catch((error) => {
    if (process.env.DATABASE_URL) throw error;
    throw new Refusal('Parley is not running, and its database with it: run npm start first.');
  });
  await openDatabase(url, 2);
  if (command === 'remove') {
    await removeExampleData();
    console.log('The example customers, agents and tickets are gone. Everything else is as it was.');
    return;
  }
  const { tickets } = await loadExampleData();
  console.log(
    tickets === 0 ? 'The example tickets are there already.' : `Loaded ${tickets} example tickets.`,
  );
}
