import { expect, test } from 'vitest'
import { runSimulation } from './run.ts'
import { tapeOfRecording, tapeOfSeed } from './tape.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8]

test.each(seeds)('seed %i is the same run each time, byte for byte', async (seed) => {
  const first = await runSimulation({ tape: tapeOfSeed(seed), isTold: true })
  const second = await runSimulation({ tape: tapeOfSeed(seed), isTold: true })
  expect(first.story.length).toBeGreaterThan(20)
  expect(second.story.join('\n')).toBe(first.story.join('\n'))
  expect(second.recording).toEqual(first.recording)
})

test('a recording is the run that it was made of', async () => {
  const first = await runSimulation({ tape: tapeOfSeed(11), isTold: true })
  const again = await runSimulation({ tape: tapeOfRecording(first.recording), isTold: true })
  expect(again.story.join('\n')).toBe(first.story.join('\n'))
})

test('two runs at once do not disturb each other', async () => {
  const alone = await runSimulation({ tape: tapeOfSeed(12), isTold: true })
  const [one, other] = await Promise.all([
    runSimulation({ tape: tapeOfSeed(12), isTold: true }),
    runSimulation({ tape: tapeOfSeed(13), isTold: true }),
  ])
  expect(one.story.join('\n')).toBe(alone.story.join('\n'))
  expect(other.story.join('\n')).not.toBe(alone.story.join('\n'))
})
