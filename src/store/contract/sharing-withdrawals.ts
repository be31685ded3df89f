import { expect } from 'vitest'
import { executionOf, startOf, writeOf } from './builders.ts'
import { claimAll, claimedOf, idsOf, joinAs, type SharedPromised } from './sharing-subject.ts'

const second = executionOf('one', { revision: 3 })
const third = executionOf('one', { revision: 4 })
/** Another channel than that of what it undoes. */
const undo = claimedOf('one', 2, { channel: 'mail', purpose: 'undo' })
const withdrawal = { remove: ['one:1'], withdraw: ['one:1'] }

export function withdrawalPromises(promised: SharedPromised): void {
  promised(
    'what is withdrawn holds its execution back until its owner lets go',
    async (subject) => {
      const { owner, other } = await ownerAndOther(subject)
      const [result] = await other.commit([
        writeOf(second, { outbox: { ...withdrawal, put: [undo] } }),
      ])
      expect(result).toMatchObject({ kind: 'committed', claimed: [false] })
      const mail = { channel: 'mail', dueBy: Number.MAX_SAFE_INTEGER, limit: 9 }
      expect(await other.sharing.claimOutbox(mail)).toEqual([])
      expect(await other.sharing.readWithdrawn('shop')).toEqual([])
      expect(await owner.sharing.readWithdrawn('mail')).toEqual([])
      expect(await owner.sharing.readWithdrawn('shop')).toEqual(['one:1'])
      // Only the owner can let go of it.
      await other.sharing.letGo(['one:1'])
      expect(await other.sharing.claimOutbox(mail)).toEqual([])
      await owner.sharing.letGo(['one:1'])
      expect(await owner.sharing.readWithdrawn('shop')).toEqual([])
      expect(idsOf(await other.sharing.claimOutbox(mail))).toEqual(['one:2'])
    },
  )

  promised('what an owner withdraws itself holds back the others alone', async (subject) => {
    const { owner, other } = await ownerAndOther(subject)
    await owner.commit([writeOf(second, { outbox: withdrawal })])
    await other.commit([writeOf(third, { outbox: { put: [claimedOf('one', 2)] } })])
    expect(await claimAll(other)).toEqual([])
    expect(idsOf(await claimAll(owner))).toEqual(['one:2'])
  })

  promised('what was removed without being withdrawn holds nobody back', async (subject) => {
    const { owner, other } = await ownerAndOther(subject)
    const [result] = await other.commit([
      writeOf(second, { outbox: { remove: ['one:1'], put: [undo] } }),
    ])
    expect(result).toMatchObject({ claimed: [true] })
    expect(await owner.sharing.readWithdrawn('shop')).toEqual([])
  })

  promised('an owner that leaves has let go of everything', async (subject) => {
    const { owner, other } = await ownerAndOther(subject)
    await other.commit([writeOf(second, { outbox: withdrawal })])
    await owner.sharing.leave()
    const [result] = await other.commit([
      writeOf(third, { outbox: { put: [claimedOf('one', 2)] } }),
    ])
    expect(result).toMatchObject({ claimed: [true] })
  })
}

async function ownerAndOther(subject: Parameters<Parameters<SharedPromised>[1]>[0]) {
  const owner = await joinAs(subject, 'a')
  const other = await joinAs(subject, 'b')
  await owner.commit([startOf(executionOf('one'), { outbox: { put: [claimedOf('one', 1)] } })])
  return { owner, other }
}
