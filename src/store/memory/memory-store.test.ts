import { storeContract } from '../contract.ts'
import { openMemoryStore } from './memory-store.ts'

const forgets = 'the memory store forgets everything when it is closed, by design'
const refusesNothing =
  'memory refuses no writes; what cannot be copied fails before anything is changed'

storeContract(
  'memory',
  async () => {
    const store = await openMemoryStore()
    return { store, cleanup: () => store.close() }
  },
  [
    { test: 'reopening loses nothing', reason: forgets },
    { test: 'a reopened store goes on where it was', reason: forgets },
    { test: 'whatever row cannot be written, nothing is half done', reason: refusesNothing },
    { test: 'a refused deletion deletes nothing', reason: refusesNothing },
    { test: 'nothing of a refused commit comes back with the next one', reason: refusesNothing },
  ],
)
