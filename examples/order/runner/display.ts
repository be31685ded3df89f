import { createPaint } from './paint.ts'
import { countsLine, dashboard, storyLine, type View } from './render.ts'
import type { OrderStory } from './order-story.ts'

/** Where the run is shown. */
export interface Display {
  show(view: View): void
  orderEnded(story: OrderStory): void
  news(text: string): void
  close(): void
}

const enterScreen = '\u001B[?1049h\u001B[?25l'
const leaveScreen = '\u001B[?25h\u001B[?1049l'
const home = '\u001B[H'
const clearLine = '\u001B[K'
const clearBelow = '\u001B[J'

/** A dashboard on a screen of its own; the terminal is as it was before when it closes. */
export function createDashboard(
  output: NodeJS.WriteStream,
  input: NodeJS.ReadStream,
  onKey: (key: string) => void,
): Display {
  const paint = createPaint((process.env['NO_COLOR'] ?? '') === '')
  output.write(enterScreen)
  if (input.isTTY) {
    input.setRawMode(true)
    input.setEncoding('utf8')
    input.on('data', (data) => onKey(String(data)))
  }
  return {
    show: (view) => {
      const size = { columns: output.columns, rows: Math.max(1, output.rows - 1) }
      const lines = dashboard(view, size, paint)
      const text = lines.map((line) => `${line}${clearLine}\n`).join('')
      output.write(`${home}${text}${clearBelow}`)
    },
    orderEnded: () => {},
    news: () => {},
    close: () => {
      if (input.isTTY) {
        input.setRawMode(false)
        input.pause()
      }
      output.write(leaveScreen)
    },
  }
}

const summaryEveryMs = 5_000

/** Lines for logs and pipes: one per order that has ended, and a summary now and then. */
export function createLines(output: NodeJS.WritableStream): Display {
  const paint = createPaint(false)
  let summaryAt = performance.now()
  const say = (line: string): void => void output.write(`${line}\n`)
  return {
    show: ({ counts }) => {
      if (performance.now() - summaryAt < summaryEveryMs) return
      summaryAt = performance.now()
      say(`-- ${countsLine(counts, paint)}`)
    },
    orderEnded: (story) => say(storyLine(story, Date.now(), paint)),
    news: (text) => say(`-- ${text}`),
    close: () => {},
  }
}
